// Finds steps: those at which a condition holds, and those that print a text.

import { t } from "../../ui/strings.js";
import { lastUpTo } from "../trace/trace_index.js";
import { holds } from "./evaluate.js";
import { namesIn, readExpression } from "./parse.js";
import { Scope } from "./scope.js";

/** @typedef {import("../trace/trace_index.js").TraceIndex} TraceIndex */

/**
 * The steps that were found, in ascending order, or why nothing was found.
 * @typedef {{ steps: number[], problem: string }} FoundSteps
 */

/**
 * The steps at which a condition begins to hold, or holds of new values: while nothing changes that
 * it depends on, it is found once.
 * @param {TraceIndex} index
 * @param {string} condition
 * @returns {FoundSteps}
 */
export function stepsWhere(index, condition) {
  /** @type {number[]} */
  const steps = [];
  const { expression, problem: unreadable } = readExpression(condition);
  if (!expression) return { steps, problem: unreadable };
  const scope = new Scope(index);
  const names = [...namesIn(expression)];
  const variables = names.filter((name) => scope.knows(name));
  const unknown = names.find((name) => !name.includes(".") && !isKnown(name, variables));
  if (unknown) return { steps, problem: t("trace.find.unknown", { name: unknown }) };
  let problem = "";
  /** @type {unknown[]} */
  let before = [];
  const { chains } = index;
  const isChange = changesOfAny(index, variables);
  for (let step = 0; step < chains.length; step++) {
    if (step > 0 && chains[step] === chains[step - 1] && !isChange[step]) continue;
    const values = variables.map((name) => scope.valueAt(name, step));
    if (step > 0 && values.every((value, i) => value === before[i])) continue;
    before = values;
    const result = holds(expression, (name) => values[variables.indexOf(name)]);
    if (result.value) steps.push(step);
    if (result.problem && !result.isMissing)
      problem ||= t("trace.find.problem", { step, problem: result.problem });
  }
  return { steps, problem: steps.length ? "" : problem || t("trace.find.never") };
}

/** Whether a variable has a name, or a name that begins with it (`self.loss`). @param {string} name @param {string[]} variables */
function isKnown(name, variables) {
  return variables.some((known) => known === name || known.startsWith(`${name}.`));
}

/** For each step, 1 if it changes one of the variables in any call. @param {TraceIndex} index @param {string[]} names */
function changesOfAny({ chains, calls }, names) {
  const isChange = new Uint8Array(chains.length);
  for (const { variables } of calls) {
    for (const name of names)
      for (const step of variables.get(name)?.steps ?? []) isChange[step] = 1;
  }
  return isChange;
}

/**
 * The steps that print a text, ignoring case. What is printed in pieces is found at the first piece.
 * @param {TraceIndex} index
 * @param {string} text
 * @returns {FoundSteps}
 */
export function stepsPrinting({ trace }, text) {
  const query = text.toLowerCase();
  if (!query.trim()) return { steps: [], problem: "" };
  /** @type {Set<number>} */
  const found = new Set();
  for (const stream of /** @type {const} */ (["stdout", "stderr"])) {
    /** @type {number[]} */
    const writers = [];
    /** @type {number[]} */
    const offsets = [];
    let written = "";
    trace.steps.forEach((step, i) => {
      if (!step[stream]) return;
      writers.push(i);
      offsets.push(written.length);
      written += step[stream].toLowerCase();
    });
    for (let at = written.indexOf(query); at >= 0; at = written.indexOf(query, at + query.length))
      found.add(/** @type {number} */ (writers[lastUpTo(offsets, at)]));
  }
  const steps = [...found].sort((a, b) => a - b);
  return { steps, problem: steps.length ? "" : t("trace.find.unprinted") };
}
