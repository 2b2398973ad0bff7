// Highlights the words of `?highlight=`, which the search page puts into its links. The document is
// left as it is (CSS custom highlights), so figures are safe; a browser that lacks them shows the
// page without.

import { strings } from "./strings.en.js";
import { fold, WORD, words } from "./text.js";

const NAME = "cs336-search";
const MOST_WORDS = 20;
const LEFT_OUT =
  "script, style, button, select, textarea, [data-widget], .katex-mathml, .visually-hidden";

/** @param {Element} article @param {Set<string>} wanted */
function ranges(article, wanted) {
  const walker = document.createTreeWalker(
    article,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
    (node) =>
      node instanceof Element && node.matches(LEFT_OUT)
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_ACCEPT,
  );
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!(node instanceof Text)) continue;
    for (const { 0: word, index } of node.data.matchAll(WORD)) {
      if (!wanted.has(fold(word))) continue;
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      found.push(range);
    }
  }
  return found;
}

/** Takes the parameter out of the address: a link that is copied from it is clean. */
function wordsOfAddress() {
  const url = new URL(location.href);
  const wanted = url.searchParams.get("highlight");
  if (wanted === null) return new Set();
  url.searchParams.delete("highlight");
  history.replaceState(history.state, "", url);
  return new Set(words(wanted).slice(0, MOST_WORDS).map(fold));
}

const wanted = wordsOfAddress();
const article = document.querySelector("article");
if (article && wanted.size && globalThis.CSS?.highlights) {
  const found = ranges(article, wanted);
  if (found.length) {
    CSS.highlights.set(NAME, new Highlight(...found));
    const note = document.createElement("p");
    const hide = document.createElement("button");
    note.className = "search-note";
    hide.type = "button";
    hide.textContent = strings.hide;
    hide.addEventListener("click", () => {
      CSS.highlights.delete(NAME);
      note.remove();
    });
    note.append(strings.highlighted(found.length), hide);
    article.before(note);
  }
}
