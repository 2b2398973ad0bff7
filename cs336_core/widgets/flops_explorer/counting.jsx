// The conventions of counting, with a sentence on who uses each of them.

import { Choice } from "../../ui/choice.jsx";
import { t } from "../../ui/strings.js";
import { WORK } from "./settings.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {(changes: Partial<State>) => void} Set */

/**
 * A convention and its explanation.
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
const yesOrNo = (value) => (value ? "yes" : "no");

/** The conventions in a few words. @param {State} state */
export function describeCounting({ unit, pairs, head, work, phase, elementwise }) {
  return t("flops.counting.now", {
    unit: t(`flops.unit.${unit}`),
    phase: t(`flops.phase.${phase}`),
    work: t(`flops.work.${work}`),
    pairs: t(`flops.pairs.${pairs}`),
    head: t(`flops.head.${yesOrNo(head)}`),
    elementwise: t(`flops.elementwise.${yesOrNo(elementwise)}`),
  });
}

/** @param {{ state: State, set: Set }} props */
export function Counting({ state, set }) {
  const { unit, pairs, head, work, elementwise, phase } = state;
  /** @param {string} name @param {string[]} options @returns {[value: any, label: string][]} */
  const options = (name, options) =>
    options.map((option) => [option, t(`flops.${name}.${option}`)]);
  return (
    <div class="cs336-flops-counting" role="group" aria-label={t("flops.counting")}>
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
      <Convention why={t(`flops.head.${yesOrNo(head)}.why`)}>
        <Choice
          name={t("flops.head")}
          value={yesOrNo(head)}
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
            : `flops.elementwise.${yesOrNo(elementwise)}.why`,
        )}
      >
        <Choice
          name={t("flops.elementwise")}
          value={yesOrNo(elementwise)}
          options={options("elementwise", unit === "MAC" ? ["no"] : ["no", "yes"])}
          set={(value) => set({ elementwise: value === "yes" })}
        />
      </Convention>
    </div>
  );
}
