// Full-text search over the sections of the site, without a document: page.js shows the results.

import MiniSearch from "minisearch";
import { stem, stopWords } from "./language.en.js";
import { fold, WORD, words } from "./text.js";

/**
 * @typedef {object} Section a section of a page, or a term of the glossary
 * @property {string} page the title of its page
 * @property {string} title its own heading
 * @property {string} href its address from the top of the site, without the fragment
 * @property {string} anchor the id of the section on its page
 * @property {string} text
 *
 * @typedef {{ text: string, found: boolean }} Run a stretch of an excerpt, matched or not
 * @typedef {{ section: Section, excerpt: Run[], words: string[] }} Result with `words` as spelled in the text
 */

const MAX_WORD = 40; // characters; no longer word is worth a search
const MAX_WORDS = 12; // of a query
const EXCERPT = 240; // characters
const BEFORE = 60; // of them, before the first match
const MAX_SPELLINGS = 12; // that a link passes on to be highlighted

/**
 * Tried in turn until one finds something: every word, then misspelled words too, then any word.
 * @type {import("minisearch").SearchOptions[]}
 */
const ATTEMPTS = [
  { combineWith: "AND" },
  { combineWith: "AND", fuzzy: (term) => (term.length > 3 ? 0.25 : false), maxFuzzy: 2 },
  { combineWith: "OR" },
];

/** The term that the index has for a word; null for a word it leaves out. @param {string} word */
const term = (word) => (word.length > MAX_WORD ? null : stem(fold(word)));

/**
 * A function from a query to its results, best first.
 * @param {Section[]} sections
 * @returns {(query: string) => Result[]}
 */
export function searcher(sections) {
  const index = new MiniSearch({
    fields: ["title", "text"],
    tokenize: words,
    processTerm: term,
    searchOptions: { boost: { title: 4 }, prefix: (word) => word.length > 2 },
  });
  index.addAll(sections.map(({ title, text }, id) => ({ id, title, text })));

  return (query) => {
    const all = words(query).slice(0, MAX_WORDS);
    if (all.some((word) => word.length > MAX_WORD)) return [];
    const significant = all.filter((word) => !stopWords.has(word.toLowerCase()));
    const terms = (significant.length ? significant : all).join(" ");
    if (!terms) return [];
    for (const attempt of ATTEMPTS) {
      const found = index.search(terms, attempt);
      if (found.length) {
        return found.flatMap(({ id, match }) => {
          const section = sections[id];
          return section
            ? [{ section, ...excerpt(section.text, new Set(Object.keys(match))) }]
            : [];
        });
      }
    }
    return [];
  };
}

/**
 * The part of a text with most of the terms close together, cut at spaces.
 * @param {string} text
 * @param {Set<string>} terms
 */
function excerpt(text, terms) {
  const hits = [...text.matchAll(WORD)].flatMap(({ 0: word, index }) => {
    const found = term(word);
    return found !== null && terms.has(found) ? [{ word, index, found }] : [];
  });
  let best = 0;
  let most = 0;
  for (const [number, { index }] of hits.entries()) {
    const near = new Set();
    for (let next = number; next < hits.length; next++) {
      const hit = hits[next];
      if (!hit || hit.index + hit.word.length > index + EXCERPT - BEFORE) break;
      near.add(hit.found);
    }
    if (near.size > most) [best, most] = [index, near.size];
  }
  const start = best > BEFORE ? text.indexOf(" ", best - BEFORE - 1) + 1 : 0;
  const from = start > best || start === 0 ? Math.max(0, best - BEFORE) : start;
  const cut = text.lastIndexOf(" ", from + EXCERPT);
  const to = text.length <= from + EXCERPT ? text.length : cut > best ? cut : from + EXCERPT;

  /** @type {Run[]} */
  const runs = [{ text: from > 0 ? "… " : "", found: false }];
  let position = from;
  for (const { word, index } of hits) {
    if (index < from || index + word.length > to) continue;
    runs.push({ text: text.slice(position, index), found: false }, { text: word, found: true });
    position = index + word.length;
  }
  runs.push({ text: text.slice(position, to) + (to < text.length ? " …" : ""), found: false });
  const spellings = [...new Set(hits.map(({ word }) => word.toLowerCase()))];
  return { excerpt: runs.filter((run) => run.text), words: spellings.slice(0, MAX_SPELLINGS) };
}
