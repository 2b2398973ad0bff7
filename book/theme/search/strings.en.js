// All strings of the search, in English.

const plural = new Intl.PluralRules("en");
const number = new Intl.NumberFormat("en");

export const strings = {
  searching: "Searching …",
  /** @param {string} query */
  none: (query) => `Nothing found for “${query}”. Check the spelling, or try fewer words.`,
  /** @param {number} count */
  found: (count) =>
    `${number.format(count)} ${plural.select(count) === "one" ? "section" : "sections"} found.`,
  /** @param {number} shown @param {number} count */
  foundMore: (shown, count) =>
    `${number.format(count)} sections found; these are the first ${number.format(shown)}.`,
  /** @param {number} count */
  highlighted: (count) =>
    `${number.format(count)} ${plural.select(count) === "one" ? "match" : "matches"} highlighted`,
  hide: "Hide",
};
