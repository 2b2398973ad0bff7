// Links in a trace: to a reference, with a card that describes it, or to code of the program.

import { linkAddress, shortName } from "./addresses.js";
import { setAddress } from "./markdown.js";
import { cardParts, hasMore } from "./reference_card.js";
import { referenceLabel, singleBrackets } from "./references.js";

/**
 * @param {import("../trace/types.js").Rendering} rendering
 * @param {import("./rendering.js").Context} context
 * @returns {HTMLElement}
 */
export function link({ data, external, internal }, context) {
  const label = typeof data === "string" ? singleBrackets(data) : "";
  if (internal) return codeLink(label, internal, context);
  const reference = external ?? (label ? { url: label } : {});
  return referenceLink(label || referenceLabel(reference), reference, context);
}

/**
 * A link into the program: a button, since it does not lead to a page.
 * @param {string} label
 * @param {{ path: string, line: number }} location
 * @param {import("./rendering.js").Context} context
 */
function codeLink(label, { path, line }, { goTo, t }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cs336-code-link";
  button.title = t("rendering.link.code", { path: shortName(path), line });
  button.textContent = label || `${shortName(path)}:${line}`;
  button.addEventListener("click", () => goTo(path, line));
  return button;
}

/**
 * @param {string} label
 * @param {import("../trace/types.js").Reference} reference
 * @param {import("./rendering.js").Context} context
 */
function referenceLink(label, reference, { card, t }) {
  const wrapper = document.createElement("span");
  const anchor = document.createElement("a");
  anchor.textContent = label;
  wrapper.append(anchor);
  const address = reference.url ? linkAddress(reference.url) : null;
  if (address) setAddress(anchor, address);
  else anchor.tabIndex = 0; // so that the keyboard reaches its card
  if (reference.url && !address) {
    anchor.title = t("rendering.link.nowhere", { address: shortName(reference.url) });
  }
  if (hasMore(reference, label)) card.attach(anchor, cardParts(reference));
  return wrapper;
}
