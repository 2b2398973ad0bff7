// The conventions of counting, each with a sentence on who counts so.

import { Choice } from "../../ui/choice.jsx";
import { t } from "../../ui/strings.js";
import { WORK } from "./settings.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {(changes: Partial<State>) => void} Set */

/**
 * A convention and why it is there.
 * @param {{ why: string, children: import("preact").ComponentChildren }} props
 */
function Convention({ why, children }) {
  return (
    <div class="cs336-flops-convention">
      {children}
      <p class="cs336-quiet">{why}</p>
    </div>
  );
}

/** @param {boolean} value */
const yes = (value) => (value ? "yes" : "no");

/** @param {{ state: State, set: Set }} props */
export function Counting({ state, set }) {
  const { unit, pairs, head, work, elementwise, phase } = state;
  /** @param {string} name @param {string[]} options @returns {[value: any, label: string][]} */
  const options = (name, options) => options.map((one) => [one, t(`flops.${name}.${one}`)]);
  return (
    <div class="cs336-flops-counting" role="group" aria-label={t("flops.counting")}>
      <p class="cs336-panel-title">{t("flops.counting")}</p>
      <Convention why={t(`flops.phase.${phase}.why`)}>
        <Choice
          name={t("flops.phase")}
          value={phase}
          options={options("phase", ["prefill", "decode"])}
          set={(value) => set({ phase: value })}
        />
      </Convention>
      <Convention why={t(phase === "decode" ? "flops.work.decode.why" : `flops.work.${work}.why`)}>
        <Choice
          name={t("flops.work")}
          value={work}
          options={options("work", phase === "decode" ? ["forward"] : Object.keys(WORK))}
          set={(value) => set({ work: value })}
        />
      </Convention>
      <Convention why={t(`flops.pairs.${pairs}.why`)}>
        <Choice
          name={t("flops.pairs")}
          value={pairs}
          options={options("pairs", ["all", "attended"])}
          set={(value) => set({ pairs: value })}
        />
      </Convention>
      <Convention why={t(`flops.head.${yes(head)}.why`)}>
        <Choice
          name={t("flops.head")}
          value={yes(head)}
          options={options("head", ["yes", "no"])}
          set={(value) => set({ head: value === "yes" })}
        />
      </Convention>
      <Convention why={t(`flops.unit.${unit}.why`)}>
        <Choice
          name={t("flops.unit")}
          value={unit}
          options={options("unit", ["FLOP", "MAC"])}
          set={(value) => set({ unit: value })}
        />
      </Convention>
      <Convention
        why={t(
          unit === "MAC"
            ? "flops.elementwise.mac.why"
            : `flops.elementwise.${yes(elementwise)}.why`,
        )}
      >
        <Choice
          name={t("flops.elementwise")}
          value={yes(elementwise)}
          options={options("elementwise", unit === "MAC" ? ["no"] : ["no", "yes"])}
          set={(value) => set({ elementwise: value === "yes" })}
        />
      </Convention>
    </div>
  );
}
