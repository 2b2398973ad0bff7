// The strings that views share, by language. English is complete; another language is one more table.

/** @type {Record<string, Record<string, string>>} */
const TABLE = {
  en: {
    "bpe.title": "Byte pair encoding, merge by merge",
    "bpe.sequence": "The text as {n} tokens",
    "bpe.pairs": "Pairs in this sequence",
    "bpe.pairs.none": "One token is left. There is no pair to merge.",
    "bpe.pairs.more": "and {n} more pairs",
    "bpe.pairs.more.one": "and 1 more pair",
    "bpe.pair.next": "merges next",
    "bpe.pair.tied": "tied",
    "bpe.times": "{n}×",
    "bpe.vocab": "Vocabulary: {n} tokens",
    "bpe.vocab.bytes": "the single bytes",
    "bpe.ratio": "Bytes per token",
    "bpe.ratio.title": "Bytes per token after each merge; now {ratio} after {step}",
    "bpe.merges": "Merges",
    "bpe.status.start": "No merge yet: {n} tokens, one per byte.",
    "bpe.status.start.one": "No merge yet: the text is a single byte, and one token.",
    "bpe.status.step":
      "Merge {step} of {last}: “{left}” + “{right}” became “{token}”, id {id}. {n} tokens, {ratio} bytes per token.",
    "bpe.status.step.one":
      "Merge {step} of {last}: “{left}” + “{right}” became “{token}”, id {id}. One token is left, of {ratio} bytes.",
    "bpe.status.tie": "{n} pairs were tied at {count}×; the one seen first won.",
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
    "number.expected": "Enter a number from {least} to {most}.",
    "number.expected.whole": "Enter a whole number from {least} to {most}.",
    "number.unreadable": "Not a number: {n} stays.",
    "number.least": "The minimum is {n}.",
    "number.most": "The maximum is {n}.",
    "number.whole": "Whole numbers only: rounded to {n}.",
    "tool.reset": "Reset",
    "tool.link": "Copy link",
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
  const wanted = globalThis.document?.documentElement.lang.slice(0, 2) ?? "en";
  return wanted in TABLE ? wanted : "en";
}

/**
 * The string for a count, in the plural form of the page's language: `key.one` and so on, or `key`
 * itself; `{n}` is the number.
 * @param {string} key
 * @param {number} n
 * @param {Record<string, string | number>} [values] `n` among them where the number is written in words of its own
 */
export function plural(key, n, values = {}) {
  const form = `${key}.${new Intl.PluralRules(language()).select(n)}`;
  const named = form in (TABLE[language()] ?? {}) || form in (TABLE.en ?? {});
  return t(named ? form : key, { n: n.toLocaleString(language()), ...values });
}

/**
 * The string called `key` in the page's language, with `{name}` replaced by `values.name`.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const template = TABLE[language()]?.[key] ?? TABLE.en?.[key];
  if (template === undefined) throw new Error(`no string called ${key}`);
  return template.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
