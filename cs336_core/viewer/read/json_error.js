// Where a text stops being JSON. Browsers tell it in words of their own, and some not at all.

const SPACE = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR =
  /(?:true|false|null|NaN|-?Infinity|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.+-])/y;
/** How a number or an escape may begin; words are told by their first letters. */
const BEGUN = /^(?:-|-?\d+\.|-?\d+(?:\.\d+)?[eE][-+]?|\\(?:u[0-9a-fA-F]{0,3})?)$/;
const WORDS = ["true", "false", "null", "NaN", "Infinity", "-Infinity"];
const LONGEST = 400; // characters of a number: more digits than any has that means something

/**
 * Where a text stops being JSON as Python writes it (with NaN and Infinity): its length where it is
 * cut off, -1 where all of it is JSON.
 * @param {string} text
 */
export function findFault(text) {
  const scanner = new Scanner(text);
  return scanner.passAll() ? -1 : scanner.at;
}

/** Goes through a text; what it passes is JSON, and where it cannot pass, it stays. */
class Scanner {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
    /** @type {string[]} the brackets that close what is open */
    this.open = [];
  }

  passAll() {
    /** @type {"value" | "first" | "name" | "colon" | "after"} what is to come */
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
   * Passes what a pattern finds here, if anything.
   * @param {RegExp} pattern a sticky one
   */
  pass(pattern) {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  /**
   * Passes what a pattern finds here; where the end of the text cuts it off, goes to the end.
   * @param {RegExp} pattern a sticky one
   */
  passOrEnd(pattern) {
    if (this.pass(pattern)) return true;
    const rest = this.text.slice(this.at, this.at + LONGEST).trimEnd();
    const isLast = this.text.slice(this.at + rest.length).trim() === "";
    if (isLast && (BEGUN.test(rest) || WORDS.some((word) => word.startsWith(rest)))) {
      this.at = this.text.length;
    }
    return false;
  }
}
