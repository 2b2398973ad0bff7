// Words, as the search and the highlighting define them.

export const WORD = /\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}_])+/gu;

/** @param {string} text @returns {string[]} */
export const words = (text) => text.match(WORD) ?? [];

/** Removes accents and case, so that "naive" finds "Naïve". @param {string} word */
export const fold = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
