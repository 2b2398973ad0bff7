// What the search knows about English. For another language: another file like this one.

/** Words that nearly every section has; a query of nothing else is looked up all the same. */
export const stopWords = new Set(
  (
    "a an and are as at be but by for from has how if in into is it its no not of on or so that the then " +
    "there these they this to was what when which will with"
  ).split(" "),
);

/** A word without the ending of a plural or a tense: "encodes", "encoding" and "encode" give "encod". @param {string} word */
export const stem = (word) =>
  word.replace(/ies$/, "y").replace(/(?<=.{4})(?:ing|ed)$|(?<=.{3})(?:es|e|(?<!s)s)$/, "");
