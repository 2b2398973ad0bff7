// Finds the first error in JSON. Each browser reports it in its own words, and some not at all.

const SPACE = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR =
  /(?:true|false|null|NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.+-])/y;
/** The beginning of a number or an escape; a constant is recognized by its first letters. */
const PARTIAL = /^(?:-|-?\d+\.|-?\d+(?:\.\d+)?[eE][-+]?|\\(?:u[0-9a-fA-F]{0,3})?)$/;
const CONSTANTS = ["true", "false", "null", "NaN", "Infinity", "-Infinity"];
const MAX_NUMBER_LENGTH = 400; // characters; no meaningful number has more digits

/**
 * The offset of the first error in JSON as Python writes it (with NaN and Infinity): the length of
 * the text if it is truncated, -1 if there is no error.
 * @param {string} text
 */
export function findJsonError(text) {
  const scanner = new Scanner(text);
  return scanner.passAll() ? -1 : scanner.at;
}

/** Scans a text; it passes what is JSON and stops at the first error. */
class Scanner {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
    /** @type {string[]} the closing brackets still to come */
    this.open = [];
  }

  passAll() {
    /** @type {"value" | "first" | "name" | "colon" | "after"} what may come next */
    let next = "value";
    for (;;) {
      this.pass(SPACE);
      const closes = this.open.at(-1);
      const c = this.text[this.at];
      if (c === undefined) return next === "after" && !closes;
      if ((next === "first" || next === "after") && c === closes) {
        this.open.pop();
        this.at++;
        next = "after";
      } else if (next === "after") {
        if (c !== "," || !closes) return false;
        this.at++;
        next = closes === "}" ? "name" : "value";
      } else if (next === "colon") {
        if (c !== ":") return false;
        this.at++;
        next = "value";
      } else if (next === "name" || (next === "first" && closes === "}")) {
        if (!this.passString()) return false;
        next = "colon";
      } else if (c === "[" || c === "{") {
        this.open.push(c === "[" ? "]" : "}");
        this.at++;
        next = "first";
      } else {
        if (!(c === '"' ? this.passString() : this.passOrEnd(SCALAR))) return false;
        next = "after";
      }
    }
  }

  passString() {
    if (this.text[this.at] !== '"') return false;
    this.at++;
    for (;;) {
      this.pass(PLAIN);
      if (this.text[this.at] === '"') {
        this.at++;
        return true;
      }
      if (this.text[this.at] !== "\\" || !this.passOrEnd(ESCAPE)) return false;
    }
  }

  /**
   * Passes a match of a pattern, if there is one at this offset.
   * @param {RegExp} pattern with the sticky flag
   */
  pass(pattern) {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  /**
   * Passes a match of a pattern; if the end of the text truncates the match, moves to the end.
   * @param {RegExp} pattern with the sticky flag
   */
  passOrEnd(pattern) {
    if (this.pass(pattern)) return true;
    const rest = this.text.slice(this.at, this.at + MAX_NUMBER_LENGTH).trimEnd();
    const isLast = this.text.slice(this.at + rest.length).trim() === "";
    if (isLast && (PARTIAL.test(rest) || CONSTANTS.some((word) => word.startsWith(rest)))) {
      this.at = this.text.length;
    }
    return false;
  }
}
