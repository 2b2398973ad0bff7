// The reader's settings: the traits of Python, with known models, machines and precisions.

import { schema } from "#schema/training_calculator";
import { boundedBy } from "../../ui/state.js";
import { powersOfTwo, roundNumbers } from "../../ui/stops.js";
import { t } from "../../ui/strings.js";
import "./strings.en.js";

/**
 * @typedef {{ name: string, title: string, params: number, active_params: number,
 *   reported?: import("./run.js").Reported | null }} Model
 * @typedef {{ key: string, name: string, flops_per_second: Record<string, number>,
 *   bytes_per_second: number, memory_bytes: number }} Machine
 */

/** @typedef {import("#schema/training_calculator").Traits & { models: Model[], machines: Machine[] }} State */

export { schema };

/** The stops of a slider: round numbers. @param {{ min: number, max: number }} trait */
const roundStops = ({ min, max }) => roundNumbers(min, max);

export const PARAMS = roundStops(schema.billion_params);
export const TOKENS = roundStops(schema.billion_tokens);
export const MACHINES = powersOfTwo(schema.n_machines.max);
const BILLION = 1e9;

/**
 * The state within its bounds, its machine and numbers, and a sentence about each unknown name.
 * @param {State} given
 */
export function bounded(given) {
  const problems = [];
  const model = given.models.find(({ name }) => name === given.model);
  if (given.model && !model)
    problems.push(t("calculator.unknown.model", { name: given.model.slice(0, 40) }));
  const found = given.machines.find(({ key }) => key === given.machine);
  const machine = /** @type {Machine} */ (found ?? given.machines[0]);
  if (!found)
    problems.push(
      t("calculator.unknown.machine", { name: given.machine.slice(0, 40), machine: machine.name }),
    );
  const precision =
    given.precision in machine.flops_per_second
      ? given.precision
      : /** @type {string} */ (Object.keys(machine.flops_per_second)[0]);
  if (found && precision !== given.precision) {
    problems.push(
      t("calculator.unknown.precision", {
        name: given.precision.slice(0, 40),
        machine: machine.name,
        precision,
      }),
    );
  }
  /** @type {State} */
  const state = {
    ...boundedBy(schema, given),
    model: model?.name ?? "",
    machine: machine.key,
    precision: /** @type {State["precision"]} */ (precision),
  };
  const own = Math.round(state.billion_params * BILLION);
  return {
    state,
    machine,
    problem: problems.join(" "),
    params: model?.params ?? own,
    activeParams: model?.active_params ?? own,
    tokens: Math.round(state.billion_tokens * BILLION),
    known: model,
  };
}
