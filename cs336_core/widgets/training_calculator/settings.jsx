// The settings: the model, its tokens, the machines, and their price per hour.

import { Choice } from "../../ui/choice.jsx";
import { useUniqueId } from "../../ui/id.js";
import { NumberBox } from "../../ui/number_box.jsx";
import { worded } from "../../ui/quantities.js";
import { Select } from "../../ui/select.jsx";
import { Slider } from "../../ui/slider.jsx";
import { StopSlider } from "../../ui/stop_slider.jsx";
import { formatNumber, t } from "../../ui/strings.js";
import { MACHINES, PARAMS, schema, TOKENS } from "./state.js";
import { percent } from "./text.js";

/** @typedef {import("./state.js").State} State */

/** A number in billions, to four significant digits. @param {number} value */
const billions = (value) => Number((value / 1e9).toPrecision(4));

/**
 * @param {{ state: State, params: number, machine: import("./state.js").Machine,
 *   set: (changes: Partial<State>) => void }} props
 */
export function Settings({ state, params, machine, set }) {
  const { model, billion_tokens: tokens, n_machines: machines, mfu, price, precision } = state;
  const id = useUniqueId();
  const precisions = Object.keys(machine.flops_per_second);
  return (
    <div class="cs336-calculator-settings">
      <div class="cs336-calculator-choices">
        <Select
          name={t("calculator.model")}
          value={model}
          set={(name) => set({ model: name })}
          options={[
            ["", t("calculator.model.own")],
            ...state.models.map(({ name, title }) => /** @type {const} */ ([name, title])),
          ]}
        />
        <Select
          name={t("calculator.machine")}
          value={machine.key}
          set={(key) => set({ machine: key })}
          options={state.machines.map(({ key, name }) => /** @type {const} */ ([key, name]))}
        />
        {precisions.length > 1 && (
          <Choice
            name={t("calculator.precision")}
            value={precision}
            set={(to) => set({ precision: to })}
            options={/** @type {State["precision"][]} */ (precisions).map((name) => [name, name])}
          />
        )}
      </div>
      <StopSlider
        name={t("calculator.params")}
        value={billions(params)}
        stops={PARAMS}
        whole={false}
        valueText={worded(params)}
        set={(to) => set({ model: "", billion_params: to })}
      />
      <StopSlider
        name={t("calculator.tokens")}
        value={tokens}
        stops={TOKENS}
        whole={false}
        valueText={worded(1e9 * tokens)}
        set={(to) => set({ billion_tokens: to })}
      />
      <StopSlider
        name={t("calculator.machines")}
        value={machines}
        stops={MACHINES}
        valueText={formatNumber(machines)}
        set={(to) => set({ n_machines: to })}
      />
      <Slider
        name={t("calculator.mfu")}
        value={Number(percent(mfu))}
        min={1}
        max={100}
        valueText={`${percent(mfu)} %`}
        set={(to) => set({ mfu: to / 100 })}
      />
      <div class="cs336-calculator-price">
        <label for={id}>{t("calculator.price")}</label>
        <NumberBox
          id={id}
          name={t("calculator.price")}
          value={price}
          min={0}
          max={schema.price.max}
          whole={false}
          set={(to) => set({ price: to })}
        />
      </div>
    </div>
  );
}
