// The card of a reference: what is known of a source, shown while its link is pointed at or has the
// focus. One card serves all links.

import { shortName } from "./addresses.js";

/** Characters of a text and names of authors that are shown. */
const LONGEST = 700;
const MOST_AUTHORS = 6;

/** Milliseconds in which the pointer may get from the link to the card. */
const GRACE = 150;

/** Pixels between the link and the card, and between the card and the edge of the window. */
const GAP = 6;
const EDGE = 8;

/** @typedef {import("../trace/types.js").Reference} Reference */

/**
 * Whether a reference has more to tell than its link does.
 * @param {Reference} reference
 * @param {string} label
 */
export function hasMore({ title, authors, organization, date, description, notes }, label) {
  if (authors?.length || organization || date || description || notes) return true;
  return Boolean(title) && !label.includes(title?.trim() ?? "");
}

/**
 * The parts of a card, in order: the class of each and its text.
 * @param {Reference} reference
 * @param {(key: string, values?: Record<string, string | number>) => string} t
 * @returns {[part: string, text: string][]}
 */
export function cardParts({ title, authors, organization, date, description, notes, url }, t) {
  const names = (authors ?? []).slice(0, MOST_AUTHORS).map((name) => name.slice(0, 80));
  const others = (authors?.length ?? 0) - names.length;
  const by = [names.join(", "), others > 0 ? t("rendering.reference.more", { n: others }) : ""];
  /** @type {[string, string | undefined][]} */
  const parts = [
    ["title", title],
    ["authors", by.filter(Boolean).join(" ")],
    ["source", [organization, date && day(date)].filter(Boolean).join(", ")],
    ["description", description],
    ["notes", notes],
    ["address", url && shortName(url)],
  ];
  return parts.flatMap(([part, text]) => (text ? [[part, cut(text.trim())]] : []));
}

/** The day of a date that may have a time: 2023-03-15T17:15:04Z. @param {string} date */
function day(date) {
  return date.trim().replace(/^(\d{4}-\d\d-\d\d)[T ]\d\d:.*$/s, "$1");
}

/** @param {string} text */
function cut(text) {
  const characters = [...text];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : text;
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
   * Lets a link have the card. With a mouse and with the keyboard it comes by itself; a finger opens
   * it with a first tap, and follows the link with a second.
   * @param {HTMLElement} link
   * @param {Reference} reference
   */
  serve(link, reference) {
    let follows = true;
    link.addEventListener("pointerenter", (event) => {
      if (event.pointerType !== "touch") this.open(link, reference);
    });
    link.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") this.closeSoon();
    });
    link.addEventListener("pointerdown", (event) => {
      follows = event.pointerType !== "touch" || this.link === link;
    });
    link.addEventListener("focus", () => this.open(link, reference));
    link.addEventListener("blur", () => this.close());
    link.addEventListener("click", (event) => {
      if (follows) return;
      follows = true;
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
    const parts = cardParts(reference, this.t);
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
    this.timer = setTimeout(() => this.close(), GRACE);
  }

  /**
   * Puts the card under the link, or over it where there is more room, within the window.
   * @param {HTMLElement} link
   */
  place(link) {
    const { style } = this.card;
    Object.assign(style, { left: "0", top: "0" });
    const origin = this.card.getBoundingClientRect();
    const [target = link.getBoundingClientRect()] = link.getClientRects();
    const { clientWidth, clientHeight } = document.documentElement;
    const left = Math.min(target.left, clientWidth - origin.width - EDGE);
    const under = target.bottom + GAP;
    const over = target.top - GAP - origin.height;
    const fits = under + origin.height <= clientHeight - EDGE || over < EDGE;
    const top = fits ? Math.min(under, Math.max(EDGE, clientHeight - EDGE - origin.height)) : over;
    // Where the card is no popover, an element around it may be where it is placed from.
    style.left = `${Math.max(EDGE, left) - origin.left}px`;
    style.top = `${top - origin.top}px`;
  }

  /**
   * Closes the card on Escape, when the page moves under it, and when something else is pressed.
   * @param {HTMLElement} link
   */
  watchPage(link) {
    this.watch = new AbortController();
    const { signal } = this.watch;
    const options = { signal, capture: true };
    const elsewhere = (/** @type {Event} */ event) => {
      const target = /** @type {Node} */ (event.target);
      if (!link.contains(target) && !this.card.contains(target)) this.close();
    };
    document.addEventListener("pointerdown", elsewhere, options);
    document.addEventListener("scroll", elsewhere, options);
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
