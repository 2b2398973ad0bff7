// The reader's settings: the traits of Python, with known models, machines and precisions.

import { schema } from "#schema/roofline";
import { boundedBy } from "../../ui/state.js";
import { powersOfTwo } from "../../ui/stops.js";
import { t } from "../../ui/strings.js";
import "./strings.en.js";

/** @typedef {import("../../browser/accounting/roofline.js").Machine} Machine */
/** @typedef {import("#schema/roofline").Traits} Traits */
/** @typedef {Traits["phase"]} Phase */
/** @typedef {Traits["operation"]} Kind */
/** @typedef {Exclude<Kind, "whole">} Part */
/** @typedef {Traits["moved"]} Moved */
/** @typedef {{ name: string, title: string, config: import("../../browser/accounting/config.js").GivenConfig }} Model */

/**
 * @typedef {Traits & { models: Model[], machines: Machine[], bytes_per_value: Record<string, number> }} State
 *   `bytes_per_value`: of each precision
 */

export { schema };

export const PHASES = schema.phase.choices;
export const KINDS = schema.operation.choices;
export const PARTS = /** @type {Part[]} */ (KINDS.filter((kind) => kind !== "whole"));
export const MOVED = schema.moved.choices;
export const BATCHES = powersOfTwo(schema.batch.max);

/** How many tokens a model can read before the next one: learned positions run out. @param {Model} model */
export const longestOf = ({ config }) =>
  config.positions === "learned" ? config.context_length - 1 : schema.context.max;

/** The lengths of context that a model's slider stops at. @param {Model} model */
export const contextsOf = (model) => [
  ...new Set([...powersOfTwo(longestOf(model)), longestOf(model)]),
];

/** @param {string} name */
const short = (name) => name.slice(0, 40);

/**
 * The state within its bounds, its model and machine, and a sentence about each unknown name.
 * @param {State} given
 */
export function bounded(given) {
  const problems = [];
  const foundModel = given.models.find(({ name }) => name === given.model);
  const model = /** @type {Model} */ (foundModel ?? given.models[0]);
  if (!foundModel)
    problems.push(t("roofline.unknown.model", { name: short(given.model), model: model.title }));
  const foundMachine = given.machines.find(({ key }) => key === given.machine);
  const machine = /** @type {Machine} */ (foundMachine ?? given.machines[0]);
  if (!foundMachine)
    problems.push(
      t("roofline.unknown.machine", { name: short(given.machine), machine: machine.name }),
    );
  const precision =
    given.precision in machine.flops_per_second
      ? given.precision
      : /** @type {string} */ (Object.keys(machine.flops_per_second)[0]);
  if (precision !== given.precision) {
    problems.push(
      t("roofline.unknown.precision", {
        name: short(given.precision),
        machine: machine.name,
        precision,
      }),
    );
  }
  const within = boundedBy(schema, given);
  /** @type {State} */
  const state = {
    ...within,
    model: model.name,
    machine: machine.key,
    precision: /** @type {State["precision"]} */ (precision),
    context: Math.min(longestOf(model), within.context),
  };
  return { state, model, machine, problem: problems.join(" ") };
}
