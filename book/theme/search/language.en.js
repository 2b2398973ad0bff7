// Stop words and stems of English, for the search.

/** Words in nearly every section; the search ignores them unless a query has no others. */
export const stopWords = new Set(
  (
    "a an and are as at be but by for from has how if in into is it its no not of on or so that the then " +
    "there these they this to was what when which will with"
  ).split(" "),
);

/** Removes the ending of a plural or a tense: "encodes" and "encoding" become "encod". @param {string} word */
export const stem = (word) =>
  word.replace(/ies$/, "y").replace(/(?<=.{4})(?:ing|ed)$|(?<=.{3})(?:es|e|(?<!s)s)$/, "");
