// What the reader sets, as Python's traits have it; what comes from an address is kept within bounds.

import { powersOfTwo, roundNumbers } from "../../ui/stops.js";
import { t } from "../../ui/strings.js";
import "./strings.en.js";

/**
 * @typedef {{ name: string, title: string, params: number, active_params: number }} Model
 * @typedef {{ key: string, name: string, flops_per_second: Record<string, number>,
 *   bytes_per_second: number, memory_bytes: number }} Machine
 */

/**
 * @typedef {object} State
 * @property {string} model a preset, or nothing
 * @property {number} billion_params where no preset is chosen
 * @property {number} billion_tokens
 * @property {string} machine its key
 * @property {string} precision
 * @property {number} n_machines
 * @property {number} mfu from 0 to 1
 * @property {number} price of an hour of one machine
 * @property {Model[]} models
 * @property {Machine[]} machines
 */

/** @type {(keyof State & string)[]} */
export const URL_TRAITS = [
  "model",
  "billion_params",
  "billion_tokens",
  "machine",
  "precision",
  "n_machines",
  "mfu",
  "price",
];
/** @type {(keyof State & string)[]} */
export const FRACTIONS = ["billion_params", "billion_tokens", "mfu", "price"];
/** @type {(keyof State & string)[]} */
export const TRAITS = [...URL_TRAITS, "models", "machines"];

export const PARAMS = roundNumbers(0.001, 100_000);
export const TOKENS = roundNumbers(0.001, 1_000_000);
export const MACHINES = powersOfTwo(2 ** 20);
export const LEAST_MFU = 0.01;
export const HIGHEST_PRICE = 1000;
const BILLION = 1e9;

/** @param {number} value @param {readonly number[]} stops */
const within = (value, stops) =>
  Math.min(stops.at(-1) ?? value, Math.max(stops[0] ?? value, value));

/**
 * The state within its bounds, what it names, and what it names in vain, as sentences.
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
    ...given,
    model: model?.name ?? "",
    billion_params: within(given.billion_params, PARAMS),
    billion_tokens: within(given.billion_tokens, TOKENS),
    machine: machine.key,
    precision,
    n_machines: within(given.n_machines, MACHINES),
    mfu: within(given.mfu, [LEAST_MFU, 1]),
    price: within(given.price, [0, HIGHEST_PRICE]),
  };
  const own = Math.round(state.billion_params * BILLION);
  return {
    state,
    machine,
    problem: problems.join(" "),
    params: model?.params ?? own,
    activeParams: model?.active_params ?? own,
    tokens: Math.round(state.billion_tokens * BILLION),
  };
}
