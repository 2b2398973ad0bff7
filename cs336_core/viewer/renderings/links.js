// Links of a trace: to a source outside, with a card that tells of it, or to code of the program.

import { linkAddress, shortName } from "./addresses.js";
import { setAddress } from "./markdown.js";
import { hasMore } from "./reference_card.js";
import { referenceLabel, singleBrackets } from "./references.js";

/**
 * @param {import("../trace/types.js").Rendering} rendering
 * @param {import("./rendering.js").Context} context
 * @returns {HTMLElement}
 */
export function link({ data, external, internal }, context) {
  const given = typeof data === "string" ? singleBrackets(data) : "";
  if (internal) return codeLink(given, internal, context);
  const reference = external ?? (given ? { url: given } : {});
  return referenceLink(given || referenceLabel(reference), reference, context);
}

/**
 * A link into the program: a button, since it leads to no page.
 * @param {string} label
 * @param {{ path: string, line: number }} place
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
  const whole = document.createElement("span");
  const anchor = document.createElement("a");
  anchor.textContent = label;
  whole.append(anchor);
  const address = reference.url ? linkAddress(reference.url) : null;
  if (address) setAddress(anchor, address);
  else anchor.tabIndex = 0; // its card is there to be read
  if (reference.url && !address) {
    anchor.title = t("rendering.link.nowhere", { address: shortName(reference.url) });
  }
  if (hasMore(reference, label)) card.serve(anchor, reference);
  return whole;
}
