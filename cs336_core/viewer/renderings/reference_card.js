// What the card of a reference shows.

import { plural } from "../../ui/strings.js";
import { shortName } from "./addresses.js";

/** Characters of a text, and names of authors, that are shown. */
const MAX_LENGTH = 700;
const MAX_AUTHORS = 6;

/** @typedef {import("../trace/types.js").Reference} Reference */

/**
 * Whether a reference has information beyond the label of its link.
 * @param {Reference} reference
 * @param {string} label
 */
export function hasMore({ title, authors, organization, date, description, notes }, label) {
  if (authors?.length || organization || date || description || notes) return true;
  return Boolean(title) && !label.includes(title?.trim() ?? "");
}

/**
 * The parts of a card, in order: the class and the text of each.
 * @param {Reference} reference
 * @returns {import("../../ui/card.js").Lines}
 */
export function cardParts({ title, authors, organization, date, description, notes, url }) {
  const shown = (authors ?? []).slice(0, MAX_AUTHORS).map((name) => name.slice(0, 80));
  const others = (authors?.length ?? 0) - shown.length;
  const names = shown.join(", ");
  /** @type {[string, string | undefined][]} */
  const parts = [
    ["title", title],
    ["authors", others > 0 ? plural("rendering.reference.authors", others, { names }) : names],
    ["source", [organization, date && day(date)].filter(Boolean).join(", ")],
    ["description", description],
    ["notes", notes],
    ["address", url && shortName(url)],
  ];
  return parts.flatMap(([part, text]) => (text ? [[part, truncate(text.trim())]] : []));
}

/** The day of a date with or without a time, such as 2023-03-15T17:15:04Z. @param {string} date */
function day(date) {
  return date.trim().replace(/^(\d{4}-\d\d-\d\d)[T ]\d\d:.*$/s, "$1");
}

/** @param {string} text */
function truncate(text) {
  const characters = [...text];
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH).join("")}…` : text;
}
