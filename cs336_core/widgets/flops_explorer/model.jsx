// The choice of the model, and the reader's changes to it.

import { Choice } from "../../ui/choice.jsx";
import { useUniqueId } from "../../ui/id.js";
import { digits } from "../../ui/quantities.js";
import { StopSlider } from "../../ui/stop_slider.jsx";
import { formatNumber, t } from "../../ui/strings.js";
import { Fold } from "./fold.jsx";
import { families } from "./presets.js";
import { isChanged, schema, UNCHANGED } from "./state.js";
import { KNOBS, knobValue, settle, stopsOf } from "./stops.js";
import { describeProblem } from "./text.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("../../browser/accounting/config.js").Config} Config */
/** @typedef {(changes: Partial<State>) => void} Set */

const FAMILIES = families();

/** @param {{ state: State, set: Set }} props */
export function ModelSelect({ state, set }) {
  const id = useUniqueId();
  return (
    <div class="cs336-select cs336-flops-model">
      <label for={id}>{t("flops.model")}</label>
      <select
        id={id}
        value={state.preset}
        onChange={(event) => set({ ...UNCHANGED, preset: event.currentTarget.value })}
      >
        {"d_model" in state.own && (
          <option value="" selected={state.preset === ""}>
            {t("flops.own")}
          </option>
        )}
        {FAMILIES.map(([family, members]) => (
          <optgroup key={family} label={family}>
            {members.map(([name, title]) => (
              <option key={name} value={name} selected={name === state.preset}>
                {title}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </div>
  );
}

/** The explanation below a number. @param {import("./stops.js").Knob} name @param {Config} config */
function noteOf(name, { d_model, d_head, n_heads, n_kv_heads, d_ff, experts }) {
  if (name === "n_heads")
    return d_model % n_heads && d_model > d_head * n_heads
      ? undefined
      : t("flops.note.d_head", { n: formatNumber(d_head) });
  if (name === "n_kv_heads" && n_heads % n_kv_heads) return undefined;
  if (name === "n_kv_heads")
    return n_kv_heads === n_heads
      ? t("flops.note.kv.all")
      : t("flops.note.kv.shared", { n: digits(n_heads / n_kv_heads) });
  if (name === "d_ff")
    return t("flops.note.d_ff", { n: digits((experts ? experts.d_ff : d_ff) / d_model) });
  if (name === "n_experts" && !experts) return t("flops.note.experts.none");
  return undefined;
}

/** The number below which a problem is reported. */
const PROBLEM_AT = /** @type {const} */ ({
  heads: "n_heads",
  kv_heads: "n_kv_heads",
  rotary: "n_heads",
  active: "n_active",
});

/**
 * The sliders. `model`: the settings, valid or not; `problem`: why they are invalid.
 * @param {{ state: State, model: Config, problem: ReturnType<typeof import("../../browser/accounting/config.js").problemOf>, set: Set }} props
 */
export function ModelSettings({ state, model, problem, set }) {
  const latent = model.latent;
  const isMoreChanged = Boolean(state.vocab_size || state.mlp);
  /** @param {import("./stops.js").Knob} name */
  const knob = (name) => {
    const label = t(name === "d_ff" && model.experts ? "flops.d_ff.experts" : `flops.${name}`);
    const value = knobValue(model, name);
    const note = noteOf(name, model);
    return (
      <div key={name} class="cs336-flops-knob">
        <StopSlider
          name={label}
          value={value}
          stops={stopsOf(name, model)}
          valueText={note ? `${formatNumber(value)}, ${note}` : formatNumber(value)}
          min={1}
          max={schema[name].max}
          set={(to) => set(settle(state, name, to))}
        />
        {problem && PROBLEM_AT[problem.why] === name ? (
          <p class="cs336-flops-note cs336-flops-problem">{describeProblem(problem)}</p>
        ) : (
          note && <p class="cs336-flops-note">{note}</p>
        )}
      </div>
    );
  };
  return (
    <div class="cs336-flops-settings" role="group" aria-label={t("flops.settings")}>
      <p class="cs336-panel-title">{t("flops.settings")}</p>
      {KNOBS.filter(
        (name) => !(name === "n_kv_heads" && latent) && !(name === "n_active" && !model.experts),
      ).map(knob)}
      {latent && (
        <p class="cs336-quiet">
          {t("flops.note.kv.latent", { n: formatNumber(latent.kv_rank + latent.rope_head_dim) })}
        </p>
      )}
      <Fold title={t("flops.settings.more")} open={isMoreChanged}>
        {knob("vocab_size")}
        <div class="cs336-flops-knob">
          <Choice
            name={t("flops.mlp.kind")}
            value={model.gated ? "gated" : "plain"}
            options={[
              ["plain", t("flops.mlp.plain")],
              ["gated", t("flops.mlp.gated")],
            ]}
            set={(mlp) => set(settle(state, "mlp", mlp))}
          />
          <p class="cs336-flops-note">{t(model.gated ? "flops.note.gated" : "flops.note.plain")}</p>
        </div>
      </Fold>
      {isChanged(state) && (
        <button type="button" class="cs336-flops-undo" onClick={() => set(UNCHANGED)}>
          {t("flops.undo")}
        </button>
      )}
    </div>
  );
}
