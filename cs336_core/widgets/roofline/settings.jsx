// The settings: the model, the machine, and the workload.

import { Choice } from "../../ui/choice.jsx";
import { Select } from "../../ui/select.jsx";
import { StopSlider } from "../../ui/stop_slider.jsx";
import { formatNumber, t } from "../../ui/strings.js";
import { BATCHES, contextsOf, MOVED, PHASES } from "./state.js";

/** @typedef {import("./state.js").State} State */

/**
 * @param {{ state: State, model: import("./state.js").Model, machine: import("../../browser/accounting/roofline.js").Machine,
 *   set: (changes: Partial<State>) => void }} props
 */
export function Settings({ state, model, machine, set }) {
  const precisions = Object.keys(machine.flops_per_second);
  return (
    <div class="cs336-roofline-settings">
      <div class="cs336-roofline-choices">
        <Choice
          name={t("roofline.phase")}
          value={state.phase}
          set={(phase) => set({ phase })}
          options={PHASES.map((phase) => [phase, t(`roofline.phase.${phase}`)])}
        />
        <Select
          name={t("roofline.model")}
          value={model.name}
          set={(name) => set({ model: name })}
          options={state.models.map(({ name, title }) => /** @type {const} */ ([name, title]))}
        />
        <Select
          name={t("roofline.machine")}
          value={machine.key}
          set={(key) => set({ machine: key })}
          options={state.machines.map(({ key, name }) => /** @type {const} */ ([key, name]))}
        />
        <Choice
          name={t("roofline.precision")}
          value={state.precision}
          set={(precision) => set({ precision })}
          options={/** @type {State["precision"][]} */ (precisions).map((name) => [name, name])}
        />
        <Choice
          name={t("roofline.moved")}
          value={state.moved}
          set={(moved) => set({ moved })}
          options={MOVED.map((name) => [name, t(`roofline.moved.${name}`)])}
        >
          <span class="cs336-quiet">{t(`roofline.moved.${state.moved}.how`)}</span>
        </Choice>
      </div>
      <StopSlider
        name={t("roofline.batch")}
        value={state.batch}
        stops={BATCHES}
        valueText={formatNumber(state.batch)}
        set={(batch) => set({ batch })}
      />
      <StopSlider
        name={t("roofline.context")}
        value={state.context}
        stops={contextsOf(model)}
        valueText={formatNumber(state.context)}
        set={(context) => set({ context })}
      />
    </div>
  );
}
