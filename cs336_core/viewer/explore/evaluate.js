// The value of an expression, from recorded values.

import { typeName } from "../trace/repr.js";
import { contains, equal, order, truth } from "./operators.js";
import { dottedName } from "./parse.js";
import {
  float,
  isArray,
  isFloat,
  itemsOf,
  lengthOf,
  numberOf,
  problem,
  ValueProblem,
} from "./python_values.js";
import { attribute, item, slice } from "./subscripts.js";

/** @typedef {import("../trace/types.js").Value} Value */
/** @typedef {import("./parse.js").Expression} Expression */
/** @typedef {(name: string) => Value | undefined} Lookup the value of a name; undefined if it has none */

/**
 * The value of an expression or, if it has none, why. `isMissing`: it reads a variable that is not in
 * view.
 * @typedef {{ value: Value | undefined, problem: string, isMissing: boolean }} Result
 */

/**
 * @param {Expression} expression
 * @param {Lookup} lookup
 * @returns {Result}
 */
export function resultOf(expression, lookup) {
  return attempt(() => evaluate(expression, lookup));
}

/**
 * Whether a condition holds.
 * @param {Expression} condition
 * @param {Lookup} lookup
 * @returns {Result}
 */
export function holds(condition, lookup) {
  return attempt(() => truth(evaluate(condition, lookup)));
}

/** @param {() => Value} compute @returns {Result} */
function attempt(compute) {
  try {
    return { value: compute(), problem: "", isMissing: false };
  } catch (error) {
    if (!(error instanceof ValueProblem)) throw error;
    return { value: undefined, problem: error.message, isMissing: error.isMissing };
  }
}

/**
 * @param {Expression} expression
 * @param {Lookup} lookup
 * @returns {Value}
 */
function evaluate(expression, lookup) {
  const of = (/** @type {Expression} */ part) => evaluate(part, lookup);
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "name":
    case "attribute":
      return named(expression, lookup);
    case "item":
      return subscript(of(expression.of), expression.index.map(of));
    case "slice": {
      const { start, stop } = expression;
      return slice(
        of(expression.of),
        start ? whole(of(start)) : 0,
        stop ? whole(of(stop)) : undefined,
      );
    }
    case "call":
      return call(expression.name, expression.inputs.map(of));
    case "display": {
      const items = expression.items.map(of);
      return expression.type === "list" ? items : { type: "tuple", items };
    }
    case "unary":
      return expression.operator === "not"
        ? !truth(of(expression.operand))
        : arithmetic("-", 0, of(expression.operand));
    case "binary": {
      const { operator } = expression;
      const left = of(expression.left);
      if (operator === "and") return truth(left) ? of(expression.right) : left;
      if (operator === "or") return truth(left) ? left : of(expression.right);
      return arithmetic(operator, left, of(expression.right));
    }
    case "comparison": {
      let left = of(expression.first);
      for (const [operator, part] of expression.rest) {
        const right = of(part);
        if (!compare(operator, left, right)) return false;
        left = right;
      }
      return true;
    }
  }
}

/** @param {Extract<Expression, { kind: "name" | "attribute" }>} expression @param {Lookup} lookup */
function named(expression, lookup) {
  const name = dottedName(expression);
  const value = name === undefined ? undefined : lookup(name);
  if (value !== undefined) return value;
  if (expression.kind === "attribute")
    return attribute(evaluate(expression.of, lookup), expression.name);
  throw problem("missing", { name: expression.name });
}

/** What `value[i, j]` is: an entry of an array, or a dict's value for a tuple. @param {Value} value @param {Value[]} indexes @returns {Value} */
function subscript(value, indexes) {
  const [only] = indexes;
  if (only !== undefined && indexes.length === 1) return item(value, only);
  return isArray(value)
    ? indexes.reduce(item, value)
    : item(value, { type: "tuple", items: indexes });
}

/** An index. @param {Value} value */
function whole(value) {
  const number = Number(numberOf(value));
  if (!Number.isInteger(number)) throw problem("index", { type: typeName(value) });
  return number;
}

/** @param {string} operator @param {Value} left @param {Value} right */
function compare(operator, left, right) {
  switch (operator) {
    case "==":
      return equal(left, right);
    case "!=":
      return !equal(left, right);
    case "is":
    case "is not":
      if (left !== null && right !== null && typeof right !== "boolean") throw problem("identity");
      return (left === right) === (operator === "is");
    case "in":
      return contains(right, left);
    case "not in":
      return !contains(right, left);
  }
  const difference = order(left, right);
  if (operator === "<") return difference < 0;
  if (operator === "<=") return difference <= 0;
  return operator === ">" ? difference > 0 : difference >= 0;
}

/** @type {Record<string, (a: number, b: number) => number>} */
const ARITHMETIC = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "//": (a, b) => Math.floor(a / b),
  "%": (a, b) => a - b * Math.floor(a / b),
};

/** @param {string} operator @param {Value} left @param {Value} right @returns {Value} */
function arithmetic(operator, left, right) {
  const [a, b] = [numberOf(left), numberOf(right)];
  const compute = ARITHMETIC[operator];
  if (a === undefined || b === undefined || !compute)
    throw problem("arithmetic", { operator, left: typeName(left), right: typeName(right) });
  if (Number(b) === 0 && /[/%]/.test(operator)) throw problem("zero");
  const result = compute(Number(a), Number(b));
  return operator === "/" || isFloat(left) || isFloat(right) ? float(result) : result;
}

/** @param {import("./parse.js").Call} name @param {Value[]} inputs @returns {Value} */
function call(name, inputs) {
  const [only] = inputs;
  if (name === "len" || name === "abs") {
    if (only === undefined || inputs.length > 1) throw problem("inputs", { name });
    if (name === "len") return lengthOf(only);
    return order(only, 0) < 0 ? arithmetic("-", 0, only) : only;
  }
  const items = only !== undefined && inputs.length === 1 ? itemsOf(only) : inputs;
  if (!items) throw problem("items", { name, type: typeName(/** @type {Value} */ (only)) });
  const recorded = only !== undefined && inputs.length === 1 ? slice(only, 0) : inputs; // all of it
  const values = /** @type {Value[]} */ (itemsOf(recorded));
  if (name === "sum") return values.reduce((sum, value) => arithmetic("+", sum, value), 0);
  if (!values.length) throw problem("empty", { name });
  const sign = name === "min" ? 1 : -1;
  return values.reduce((best, value) => (sign * order(value, best) < 0 ? value : best));
}
