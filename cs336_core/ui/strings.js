// The strings that views share, by language. To add a language, add a table; English fills its gaps.

/** @type {Record<string, Record<string, string>>} */
const TABLE = {
  en: {
    "token.bytes": "bytes {hex}",
    "token.id": "id {id}",
    "control.first": "To the start",
    "control.back": "One step back",
    "control.forward": "One step forward",
    "control.last": "To the end",
    "control.play": "Play",
    "control.pause": "Pause",
    "control.number": "{name}, as a number",
    "control.of": "of {n}",
    "number.expected": "Enter a number from {min} to {max}.",
    "number.expected.whole": "Enter a whole number from {min} to {max}.",
    "number.unreadable": "Not a number: {n} stays.",
    "number.min": "The minimum is {n}.",
    "number.max": "The maximum is {n}.",
    "number.whole": "Whole numbers only: rounded to {n}.",
    "tool.reset": "Reset",
    "tool.link": "Copy link",
    "tool.py": "Save as .py",
    "tool.py.title": "Save as .py, a Python file",
    "tool.json": "JSON",
    "tool.csv": "CSV",
    "tool.svg": "SVG",
    "tool.json.title": "Save the data as JSON",
    "tool.csv.title": "Save the data as CSV",
    "tool.svg.title": "Save the picture as SVG",
    "tool.copied": "Copied",
    "tool.copied.status": "Link copied.",
    "tool.copy.failed": "The browser did not allow copying. Copy the link yourself:",
    "tool.saved": "Saved",
    "tool.saved.status": "Saved {name}.",
    "card.again": "Tap the link again to open it.",
    "view.failed": "This figure could not be drawn ({error}). Its contents as a table are above.",
  },
};

/**
 * Adds the strings of one view.
 * @param {Record<string, Record<string, string>>} more
 */
export function addStrings(more) {
  for (const [language, strings] of Object.entries(more))
    TABLE[language] = { ...TABLE[language], ...strings };
}

/** @returns {string} the table's language for this page */
function language() {
  const code = globalThis.document?.documentElement.lang.slice(0, 2) ?? "en";
  return code in TABLE ? code : "en";
}

/**
 * How a language writes numbers and plurals: creating these takes far longer than using them.
 * @type {Map<string, { numbers: Intl.NumberFormat, precise: Intl.NumberFormat, plurals: Intl.PluralRules }>}
 */
const FORMATS = new Map();

/** The formats of the page's language. */
function formats() {
  const code = language();
  const known = FORMATS.get(code) ?? {
    numbers: new Intl.NumberFormat(code),
    precise: new Intl.NumberFormat(code, { maximumFractionDigits: 6 }),
    plurals: new Intl.PluralRules(code),
  };
  FORMATS.set(code, known);
  return known;
}

/**
 * The string for a count, in the plural form of the page's language: `key.one` and so on, or else
 * `key`; `{n}` is the number.
 * @param {string} key
 * @param {number} n
 * @param {Record<string, string | number>} [values] a different text for `{n}`, if any
 */
export function plural(key, n, values = {}) {
  const form = `${key}.${formats().plurals.select(n)}`;
  const named = form in (TABLE[language()] ?? {}) || form in (TABLE.en ?? {});
  return t(named ? form : key, { n: formatNumber(n), ...values });
}

/**
 * A number with the separators of the page's language: 12,345.
 * @param {number | bigint} n
 */
export function formatNumber(n) {
  return formats().numbers.format(n);
}

/** The same with up to six decimals instead of three, as for a number that was typed. @param {number} n */
export const formatPrecisely = (n) => formats().precise.format(n);

/** A number and its unit: 1.2 TFLOPs, 70 billion, 6.3 × 10²⁴. */
const QUANTITY = /^(?:< )?[−-]?[\d.,]+(?: × 10\S+)?(?: \S+)?$/;

/** Keeps a quantity on one line. @param {string} text */
const unbroken = (text) => (QUANTITY.test(text) ? text.replaceAll(" ", "\u00a0") : text);

/**
 * The string called `key` in the page's language, with `{name}` replaced by `values.name`.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const template = TABLE[language()]?.[key] ?? TABLE.en?.[key];
  if (template === undefined) throw new Error(`no string called ${key}`);
  return template.replace(/\{(\w+)\}/g, (whole, name) => unbroken(String(values[name] ?? whole)));
}
