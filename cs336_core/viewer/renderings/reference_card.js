// The card of a reference, shown while its link is hovered or focused. All links share one card.

import { plural } from "../../ui/strings.js";
import { shortName } from "./addresses.js";

/** Characters of a text, and names of authors, that are shown. */
const MAX_LENGTH = 700;
const MAX_AUTHORS = 6;

/** Milliseconds for the pointer to move from the link to the card. */
const CLOSE_DELAY = 150;

/** Pixels between the link and the card, and between the card and the edge of the window. */
const GAP = 6;
const EDGE = 8;

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
 * @returns {[part: string, text: string][]}
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

export class ReferenceCard {
  /** @param {(key: string, values?: Record<string, string | number>) => string} t */
  constructor(t) {
    this.t = t;
    this.card = document.createElement("span");
    this.card.className = "cs336-card";
    this.card.id = `cs336-card-${Math.random().toString(36).slice(2)}`;
    this.card.setAttribute("role", "tooltip");
    if ("popover" in this.card) this.card.popover = "manual";
    this.card.addEventListener("pointerenter", () => clearTimeout(this.timer));
    this.card.addEventListener("pointerleave", () => this.closeSoon());
    /** @type {HTMLElement | null} the link whose card is open */
    this.link = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.watch = new AbortController();
  }

  /**
   * Attaches the card to a link. Hovering or focusing the link opens it; on a touch screen, the first
   * tap opens the card and the second follows the link.
   * @param {HTMLElement} link
   * @param {Reference} reference
   */
  attach(link, reference) {
    let isFollowing = true;
    link.addEventListener("pointerenter", (event) => {
      if (event.pointerType !== "touch") this.open(link, reference);
    });
    link.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") this.closeSoon();
    });
    link.addEventListener("pointerdown", (event) => {
      isFollowing = event.pointerType !== "touch" || this.link === link;
    });
    link.addEventListener("focus", () => this.open(link, reference));
    link.addEventListener("blur", () => this.close());
    link.addEventListener("click", (event) => {
      if (isFollowing) return;
      isFollowing = true;
      event.preventDefault();
      this.open(link, reference, this.t("rendering.reference.again"));
    });
  }

  /**
   * @param {HTMLElement} link
   * @param {Reference} reference
   * @param {string} [hint] what to do next
   */
  open(link, reference, hint) {
    clearTimeout(this.timer);
    if (this.link === link && !hint) return;
    this.close();
    const parts = cardParts(reference);
    if (hint) parts.push(["hint", hint]);
    this.card.replaceChildren(...parts.map(([part, text]) => line(part, text)));
    link.after(this.card);
    link.setAttribute("aria-describedby", this.card.id);
    this.link = link;
    if (this.card.popover) this.card.showPopover();
    this.place(link);
    this.watchPage(link);
  }

  close() {
    clearTimeout(this.timer);
    this.watch.abort();
    this.link?.removeAttribute("aria-describedby");
    this.link = null;
    this.card.remove();
  }

  closeSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.close(), CLOSE_DELAY);
  }

  /**
   * Places the card below the link, or above it if there is no room, within the window.
   * @param {HTMLElement} link
   */
  place(link) {
    const { style } = this.card;
    Object.assign(style, { left: "0", top: "0" });
    const origin = this.card.getBoundingClientRect();
    const [target = link.getBoundingClientRect()] = link.getClientRects();
    const { clientWidth, clientHeight } = document.documentElement;
    const left = Math.min(target.left, clientWidth - origin.width - EDGE);
    const below = target.bottom + GAP;
    const above = target.top - GAP - origin.height;
    const fits = below + origin.height <= clientHeight - EDGE || above < EDGE;
    const top = fits ? Math.min(below, Math.max(EDGE, clientHeight - EDGE - origin.height)) : above;
    // Without popovers, the card may be positioned relative to an element around it.
    style.left = `${Math.max(EDGE, left) - origin.left}px`;
    style.top = `${top - origin.top}px`;
  }

  /**
   * Closes the card on Escape, on scrolling, and on a press elsewhere.
   * @param {HTMLElement} link
   */
  watchPage(link) {
    this.watch = new AbortController();
    const { signal } = this.watch;
    const options = { signal, capture: true };
    const closeIfElsewhere = (/** @type {Event} */ event) => {
      const target = /** @type {Node} */ (event.target);
      if (!link.contains(target) && !this.card.contains(target)) this.close();
    };
    document.addEventListener("pointerdown", closeIfElsewhere, options);
    document.addEventListener("scroll", closeIfElsewhere, options);
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape" || !this.card.isConnected) return;
        event.stopPropagation();
        this.close();
      },
      options,
    );
  }
}

/**
 * @param {string} part
 * @param {string} text
 */
function line(part, text) {
  const element = document.createElement("span");
  element.className = `cs336-card-${part}`;
  element.textContent = text;
  return element;
}
