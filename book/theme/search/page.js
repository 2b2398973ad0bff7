// The search page: lists the sections that match `?q=`. The index is a script beside the page, so that
// the search also works in a page opened from disk.

import { searcher } from "./search.js";
import { strings } from "./strings.en.js";

const MAX_RESULTS = 50;
const MAX_QUERY = 200; // characters that the status repeats

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} children
 */
function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** @param {import("./search.js").Result} result */
function item({ section, excerpt, words }) {
  const highlight = words.length ? `?${new URLSearchParams({ highlight: words.join(" ") })}` : "";
  const href = `${section.href}${highlight}${section.anchor ? `#${section.anchor}` : ""}`;
  const title =
    section.title === section.page ? section.page : `${section.page} › ${section.title}`;
  const runs = excerpt.map(({ text, found }) => (found ? element("mark", {}, text) : text));
  return element("li", {}, element("a", { href }, title), element("p", {}, ...runs));
}

/** @param {string} query */
function fillField(query) {
  const field = /** @type {HTMLInputElement | null} */ (
    document.querySelector("main input[name=q]")
  );
  if (!field) return;
  field.value = query;
  field.focus();
}

/** @param {HTMLElement} output @param {HTMLElement} status @param {string} query */
function show(output, status, query) {
  const { cs336SearchSections } =
    /** @type {{ cs336SearchSections?: import("./search.js").Section[] }} */ (globalThis);
  const results = searcher(cs336SearchSections ?? [])(query);
  const shown = results.slice(0, MAX_RESULTS);
  status.textContent = !results.length
    ? strings.none(query.length > MAX_QUERY ? `${query.slice(0, MAX_QUERY)}…` : query)
    : shown.length < results.length
      ? strings.foundMore(shown.length, results.length)
      : strings.found(results.length);
  if (shown.length) output.append(element("ol", {}, ...shown.map(item)));
}

const query = (new URLSearchParams(location.search).get("q") ?? "").trim();
fillField(query);
const output = document.getElementById("search-results");
if (output && query) {
  const status = element("p", { role: "status" }, strings.searching);
  output.append(status);
  // The index is the next script, and large.
  addEventListener("DOMContentLoaded", () => show(output, status, query));
}
