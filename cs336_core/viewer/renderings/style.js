// The CSS that a trace may set on a rendering, within limits. The trace may come from anyone, so its
// style must not cover the page or load anything.

/** Characters of a value. */
const MAX_LENGTH = 100;

const NUMBER = String.raw`(?:\d{1,6}(?:\.\d{0,6})?|\.\d{1,6})`;
const UNIT = "(?:px|r?em|ch|ex|pt|%|vw|vh|in|cm|mm)";
const LENGTH = `(?:0|${NUMBER}${UNIT})`;
/** The lengths in a valid value. */
const LENGTHS = new RegExp(String.raw`(?<![\w.#(,])[\d.]+${UNIT}(?![\w.])`, "gi");
const COLOR = String.raw`(?:#[\da-f]{3,8}|(?:rgb|hsl|hwb|lab|lch|oklab|oklch)a?\([\d\s.,%/]*(?:deg|turn)?[\d\s.,%/]*\)|[a-z]{3,24})`;
const LINE = "(?:none|solid|dashed|dotted|double|groove|ridge|inset|outset)";
const BORDER = `(?:${LENGTH}|${LINE}|thin|medium|thick|${COLOR})`;

/**
 * One to four values of a kind.
 * @param {string} kind
 */
const upTo4 = (kind) => pattern(`${kind}(?: +${kind}){0,3}`);

/** @param {string} source */
function pattern(source) {
  return new RegExp(`^(?:${source})$`, "i");
}

/**
 * The rule for a property: the pattern of its value, and a limit for the lengths in it.
 * @typedef {{ value: RegExp, max?: string, unitless?: true }} Rule
 */

/** @type {Rule} */
const SPACE = { value: upTo4(LENGTH), max: "8rem" };
/** @type {Rule} */
const MARGIN = { value: upTo4(`(?:${LENGTH}|auto)`), max: "8rem" };
/** @type {Rule} */
const WIDTH = { value: pattern(`${LENGTH}|auto|none`), max: "100%" };
/** @type {Rule} */
const HEIGHT = { value: pattern(`${LENGTH}|auto|none`), max: "90vh" };
/** @type {Rule} */
const EDGE = { value: pattern(`${BORDER}(?: +${BORDER}){0,2}`), max: "1rem" };
/** @type {Rule} */
const TINT = { value: pattern(COLOR) };

/** @type {Record<string, Rule>} */
const RULES = {
  color: TINT,
  background: TINT,
  backgroundColor: TINT,
  fontSize: {
    value: pattern(`${LENGTH}|(?:x{1,2}-)?(?:small|large)|medium|smaller|larger`),
    max: "4rem",
  },
  fontWeight: {
    value: pattern(String.raw`[1-9]\d{0,2}|1000|normal|bold|bolder|lighter`),
    unitless: true,
  },
  fontStyle: { value: pattern("normal|italic|oblique") },
  fontFamily: { value: pattern(String.raw`[\w\s,"'-]+`) },
  lineHeight: { value: pattern(String.raw`normal|[1-3](?:\.\d{1,4})?`), unitless: true },
  letterSpacing: { value: pattern(`normal|${LENGTH}`), max: "1rem" },
  whiteSpace: { value: pattern("normal|nowrap|pre|pre-wrap|pre-line|break-spaces") },
  textAlign: { value: pattern("left|right|center|justify|start|end") },
  textDecoration: { value: pattern(`(?:none|underline|overline|line-through)(?: +${COLOR})?`) },
  textTransform: { value: pattern("none|uppercase|lowercase|capitalize") },
  verticalAlign: { value: pattern("baseline|top|middle|bottom|sub|super") },
  opacity: { value: pattern(String.raw`0?\.\d{1,6}|0|1(?:\.0+)?`), unitless: true },
  width: WIDTH,
  maxWidth: WIDTH,
  height: HEIGHT,
  maxHeight: HEIGHT,
  border: EDGE,
  borderColor: { value: upTo4(COLOR) },
  borderStyle: { value: upTo4(LINE) },
  borderWidth: { value: upTo4(`(?:${LENGTH}|thin|medium|thick)`), max: "1rem" },
  borderRadius: { value: upTo4(LENGTH), max: "4rem" },
};
for (const side of ["", "Top", "Right", "Bottom", "Left", "Block", "Inline"]) {
  RULES[`margin${side}`] = MARGIN;
  RULES[`padding${side}`] = SPACE;
  if (side) RULES[`border${side}`] = EDGE;
}

/**
 * The part of a style that is allowed: CSS properties and values, with numbers in pixels as in React.
 * @param {Record<string, unknown>} style
 * @returns {[property: string, value: string][]}
 */
export function safeStyle(style) {
  /** @type {[string, string][]} */
  const safe = [];
  for (const [name, raw] of Object.entries(style)) {
    const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
    const value = rule && cssValue(raw, rule);
    if (!value || value.length > MAX_LENGTH || !rule.value.test(value)) continue;
    safe.push([property(name), rule.max ? limitLengths(value, rule.max) : value]);
  }
  return safe;
}

/**
 * @param {unknown} raw
 * @param {Rule} rule
 */
function cssValue(raw, { unitless }) {
  if (typeof raw === "string") return raw.trim();
  if (typeof raw !== "number" || !Number.isFinite(raw)) return null;
  return unitless || raw === 0 ? String(raw) : `${raw}px`;
}

/**
 * The value with every length limited to `max`.
 * @param {string} value
 * @param {string} max
 */
function limitLengths(value, max) {
  return value.replace(LENGTHS, (length) => `min(${length}, ${max})`);
}

/** @param {string} name as in JavaScript */
function property(name) {
  if (name === "background") return "background-color";
  return name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
}

/**
 * Whether a text is verbatim output of a program, not Markdown.
 * @param {Record<string, unknown>} style
 */
export function isVerbatim(style) {
  return style.fontFamily === "monospace" && style.whiteSpace === "pre";
}

/**
 * Applies the allowed part of a style to an element.
 * @param {HTMLElement | SVGElement} element
 * @param {Record<string, unknown>} style
 */
export function setStyle(element, style) {
  for (const [name, value] of safeStyle(style)) element.style.setProperty(name, value);
}
