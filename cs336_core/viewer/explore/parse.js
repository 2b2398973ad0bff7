// Reads an expression over recorded values: Python's syntax for names, attributes, items, slices,
// comparisons, arithmetic and a few functions. Nothing is ever executed.

import { t } from "../../ui/strings.js";
import { problem, SyntaxProblem, tokensOf } from "./tokens.js";

/** @typedef {import("../trace/types.js").Value} Value */
/** @typedef {import("./tokens.js").Token} Token */

/**
 * @typedef {{ kind: "literal", value: Value }
 *   | { kind: "name", name: string }
 *   | { kind: "attribute", of: Expression, name: string }
 *   | { kind: "item", of: Expression, index: Expression[] }
 *   | { kind: "slice", of: Expression, start: Expression | null, stop: Expression | null }
 *   | { kind: "call", name: Call, inputs: Expression[] }
 *   | { kind: "display", type: "list" | "tuple", items: Expression[] }
 *   | { kind: "unary", operator: "-" | "not", operand: Expression }
 *   | { kind: "binary", operator: string, left: Expression, right: Expression }
 *   | { kind: "comparison", first: Expression, rest: [operator: string, right: Expression][] }} Expression
 *   `index`: several for `x[i, j]`
 */

/** @typedef {"len" | "abs" | "sum" | "min" | "max"} Call */

export const CALLS = /** @type {readonly Call[]} */ (["len", "abs", "sum", "min", "max"]);
/** Characters of an expression; a longer one is refused, which also limits its nesting. */
export const MAX_LENGTH = 200;

const COMPARISONS = new Set(["<", "<=", ">", ">=", "==", "!=", "in", "not in", "is", "is not"]);
const WORDS = new Set(["and", "or", "not", "in", "is", "if", "else", "for", "lambda"]);
/** @type {Record<string, Value>} */
const CONSTANTS = { None: null, True: true, False: false };
/** @type {Record<string, string>} */
const ESCAPES = { n: "\n", t: "\t", r: "\r", 0: "\0" };

class Parser {
  /** @param {string} text */
  constructor(text) {
    this.tokens = tokensOf(text);
    this.i = 0;
  }

  get next() {
    return /** @type {Token} */ (this.tokens[this.i]);
  }

  /** Whether the next token is a sign or word, which is then consumed. @param {string} text */
  take(text) {
    const { kind, text: found } = this.next;
    if (found !== text || (kind !== "sign" && kind !== "word")) return false;
    this.i++;
    return true;
  }

  /** @param {string} text */
  expect(text) {
    if (!this.take(text)) throw this.unexpected(`“${text}”`);
  }

  /** The error for the next token. @param {string} expected */
  unexpected(expected) {
    const { kind, text, start } = this.next;
    return kind === "end"
      ? problem("trace.expression.end", start, { expected })
      : problem("trace.expression.expected", start, { expected, found: text });
  }

  /** @returns {Expression} */
  whole() {
    const expression = this.disjunction();
    if (this.next.kind !== "end") throw this.unexpected(t("trace.expression.operator"));
    return expression;
  }

  /** @returns {Expression} */
  disjunction() {
    return this.chain(["or"], () => this.chain(["and"], () => this.negation()));
  }

  /** @returns {Expression} */
  negation() {
    return this.take("not")
      ? { kind: "unary", operator: "not", operand: this.negation() }
      : this.comparison();
  }

  /** @returns {Expression} */
  comparison() {
    const first = this.sum();
    /** @type {[string, Expression][]} */
    const rest = [];
    for (let operator = this.operator(); operator; operator = this.operator())
      rest.push([operator, this.sum()]);
    return rest.length ? { kind: "comparison", first, rest } : first;
  }

  /** The next comparison operator, which may have two words, or undefined. */
  operator() {
    const { text } = this.next;
    const two = `${text} ${this.tokens[this.i + 1]?.text}`;
    const found = COMPARISONS.has(two) ? two : COMPARISONS.has(text) ? text : undefined;
    if (found) this.i += found === two ? 2 : 1;
    return found;
  }

  /** @returns {Expression} */
  sum() {
    return this.chain(["+", "-"], () => this.chain(["*", "/", "//", "%"], () => this.signed()));
  }

  /** @returns {Expression} */
  signed() {
    return this.take("-")
      ? { kind: "unary", operator: "-", operand: this.signed() }
      : this.postfix();
  }

  /**
   * Operands joined by left-associative operators.
   * @param {string[]} operators
   * @param {() => Expression} operand
   */
  chain(operators, operand) {
    let left = operand();
    for (;;) {
      const operator = operators.find((candidate) => this.take(candidate));
      if (!operator) return left;
      left = { kind: "binary", operator, left, right: operand() };
    }
  }

  /** @returns {Expression} */
  postfix() {
    let of = this.atom();
    for (;;) {
      if (this.take(".")) of = { kind: "attribute", of, name: this.word() };
      else if (this.take("[")) of = this.subscript(of);
      else return of;
    }
  }

  /** An item or a slice, after the bracket. @param {Expression} of @returns {Expression} */
  subscript(of) {
    const start = this.next.text === ":" ? null : this.disjunction();
    if (this.take(":")) {
      const stop = this.next.text === "]" ? null : this.disjunction();
      this.expect("]");
      return { kind: "slice", of, start, stop };
    }
    const index = [/** @type {Expression} */ (start)];
    while (this.take(",")) index.push(this.disjunction());
    this.expect("]");
    return { kind: "item", of, index };
  }

  /** A name. */
  word() {
    const { kind, text } = this.next;
    if (kind !== "word" || WORDS.has(text)) throw this.unexpected(t("trace.expression.name"));
    this.i++;
    return text;
  }

  /** @returns {Expression} */
  atom() {
    const { kind, text, start } = this.next;
    if (kind === "number" || kind === "string") {
      this.i++;
      return { kind: "literal", value: kind === "number" ? numberOf(text) : stringOf(text) };
    }
    if (this.take("[")) return { kind: "display", type: "list", items: this.items("]").items };
    if (this.take("(")) {
      const { items, isTuple } = this.items(")");
      const [only] = items;
      return only && !isTuple ? only : { kind: "display", type: "tuple", items };
    }
    if (kind !== "word" || WORDS.has(text)) throw this.unexpected(t("trace.expression.value"));
    this.i++;
    if (Object.hasOwn(CONSTANTS, text))
      return { kind: "literal", value: /** @type {Value} */ (CONSTANTS[text]) };
    if (!this.take("(")) return { kind: "name", name: text };
    const call = CALLS.find((name) => name === text);
    if (!call)
      throw problem("trace.expression.call", start, { name: text, calls: CALLS.join(", ") });
    return { kind: "call", name: call, inputs: this.items(")").items };
  }

  /** Items up to a closing bracket. @param {string} closing */
  items(closing) {
    /** @type {Expression[]} */
    const items = [];
    let isTuple = this.next.text === closing;
    while (!this.take(closing)) {
      items.push(this.disjunction());
      if (this.take(",")) isTuple = true;
      else if (this.next.text !== closing) throw this.unexpected(`“${closing}”`);
    }
    return { items, isTuple };
  }
}

/** @param {string} text @returns {Value} */
function numberOf(text) {
  const value = Number(text.replaceAll("_", ""));
  return Number.isInteger(value) && /[.eE]/.test(text)
    ? { type: "float", text: `${value}.0` }
    : value;
}

/** @param {string} text with its quotes @returns {Value} */
function stringOf(text) {
  const isBytes = /^[bB]/.test(text);
  const inner = text.slice(isBytes ? 2 : 1, -1);
  const contents = inner.replace(/\\(?:x([\da-fA-F]{2})|(.))/gs, (_, code, character) =>
    code ? String.fromCharCode(Number.parseInt(code, 16)) : (ESCAPES[character] ?? character),
  );
  return isBytes ? { type: "bytes", text: contents } : contents;
}

/**
 * Reads an expression, or says what is wrong with the text and where.
 * @param {string} text
 * @returns {{ expression: Expression, problem: "" } | { expression: null, problem: string }}
 */
export function readExpression(text) {
  try {
    if (text.length > MAX_LENGTH)
      throw problem("trace.expression.long", MAX_LENGTH, { max: MAX_LENGTH });
    return { expression: new Parser(text).whole(), problem: "" };
  } catch (error) {
    if (error instanceof SyntaxProblem) return { expression: null, problem: error.message };
    throw error;
  }
}

/**
 * The names that an expression reads: of variables, and of attributes that a program may show as
 * variables of their own (`self.loss`).
 * @param {Expression} expression
 * @returns {Set<string>}
 */
export function namesIn(expression) {
  /** @type {Set<string>} */
  const names = new Set();
  /** @param {unknown} node */
  const visit = (node) => {
    if (typeof node !== "object" || node === null) return;
    const dotted = dottedName(/** @type {Expression} */ (node));
    if (dotted) names.add(dotted);
    for (const part of Object.values(node)) visit(part);
  };
  visit(expression);
  return names;
}

/**
 * A name, or an attribute of a name, as it is written; undefined for other expressions.
 * @param {Expression} expression
 * @returns {string | undefined}
 */
export function dottedName(expression) {
  if (expression.kind === "name") return expression.name;
  if (expression.kind !== "attribute") return undefined;
  const outer = dottedName(expression.of);
  return outer && `${outer}.${expression.name}`;
}
