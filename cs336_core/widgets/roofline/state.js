// What the reader sets, as Python's traits have it; what comes from an address is kept within bounds.

import { powersOfTwo } from "../../ui/stops.js";
import { t } from "../../ui/strings.js";
import "./strings.en.js";

/** @typedef {import("../../browser/accounting/roofline.js").Machine} Machine */
/** @typedef {"prefill" | "decode"} Phase */
/** @typedef {"projections" | "scores" | "mlp" | "head"} Part */
/** @typedef {Part | "whole"} Kind */

/** What is counted as moved: weights and caches; vectors, too; the scores of attention, too. @typedef {"weights" | "vectors" | "scores"} Moved */
/** @typedef {{ name: string, title: string, config: import("../../browser/accounting/config.js").GivenConfig }} Model */

/**
 * @typedef {object} State
 * @property {string} model
 * @property {string} machine its key
 * @property {string} precision
 * @property {number} batch sequences at once
 * @property {number} context tokens of each
 * @property {Phase} phase
 * @property {Kind} operation the one that is told in detail
 * @property {Moved} moved
 * @property {Model[]} models
 * @property {Machine[]} machines
 * @property {Record<string, number>} bytes_per_value of each precision
 */

/** @type {(keyof State & string)[]} */
export const URL_TRAITS = [
  "model",
  "machine",
  "precision",
  "batch",
  "context",
  "phase",
  "operation",
  "moved",
];
/** @type {(keyof State & string)[]} */
export const TRAITS = [...URL_TRAITS, "models", "machines", "bytes_per_value"];

/** @type {Phase[]} */
export const PHASES = ["prefill", "decode"];
/** @type {Part[]} */
export const PARTS = ["projections", "scores", "mlp", "head"];
/** @type {Kind[]} */
export const KINDS = [...PARTS, "whole"];
/** @type {Moved[]} */
export const MOVED = ["weights", "vectors", "scores"];
export const BATCHES = powersOfTwo(4096);
const LONGEST = 131_072;

/** Tokens that a model can have read before the next one: a table of positions may end. @param {Model} model */
export const longestOf = ({ config }) =>
  config.positions === "learned" ? config.context_length - 1 : LONGEST;

/** The lengths of context that a model's slider stops at. @param {Model} model */
export const contextsOf = (model) => [
  ...new Set([...powersOfTwo(longestOf(model)), longestOf(model)]),
];

/** @param {string} name */
const short = (name) => name.slice(0, 40);

/**
 * The state within its bounds, what it names, and what it names in vain, as sentences.
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
  /** @type {State} */
  const state = {
    ...given,
    model: model.name,
    machine: machine.key,
    precision,
    batch: Math.min(BATCHES.at(-1) ?? 1, Math.max(1, given.batch)),
    context: Math.min(longestOf(model), Math.max(1, given.context)),
    phase: PHASES.includes(given.phase) ? given.phase : "decode",
    operation: KINDS.includes(given.operation) ? given.operation : "whole",
    moved: MOVED.includes(given.moved) ? given.moved : "weights",
  };
  return { state, model, machine, problem: problems.join(" ") };
}
