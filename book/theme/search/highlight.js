// Highlights the words of `?highlight=`, which the search page puts into its links. CSS custom
// highlights leave the document unchanged, so figures are safe; browsers without them highlight
// nothing.

import { strings } from "./strings.en.js";
import { fold, WORD, words } from "./text.js";

const NAME = "cs336-search";
const MAX_WORDS = 20;
const LEFT_OUT =
  "script, style, button, select, textarea, [data-widget], .katex-mathml, .visually-hidden";

/** @param {Element} article @param {Set<string>} targets */
function ranges(article, targets) {
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
      if (!targets.has(fold(word))) continue;
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      found.push(range);
    }
  }
  return found;
}

/** Returns the words of the address, and removes them so that copied links are clean. */
function takeWords() {
  const url = new URL(location.href);
  const query = url.searchParams.get("highlight");
  if (query === null) return new Set();
  url.searchParams.delete("highlight");
  history.replaceState(history.state, "", url);
  return new Set(words(query).slice(0, MAX_WORDS).map(fold));
}

const targets = takeWords();
const article = document.querySelector("article");
if (article && targets.size && globalThis.CSS?.highlights) {
  const found = ranges(article, targets);
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
