// The card of a link, shown while the link is hovered or focused: what is known about a work or a term.
// All links of a page share one card. Its styles are in card.css.

import { t } from "./strings.js";

/** Milliseconds for the pointer to move from the link to the card. */
const CLOSE_DELAY = 150;

/** Pixels between the link and the card, and between the card and the edge of the window. */
const GAP = 6;
const EDGE = 8;

/** Separates the lines of a card in the title of a link; the first is its heading (see
 * book/builder/cards.py). */
const SEPARATOR = " · ";

/**
 * The lines of a card: the class and the text of each.
 * @typedef {[part: string, text: string][]} Lines
 */

/**
 * Shows the title of a link in a card, which unlike a title is shown at once, and to the keyboard.
 * @param {Card} card
 * @param {HTMLAnchorElement} link
 */
export function attachTitle(card, link) {
  const [heading = "", ...lines] = link.title.split(SEPARATOR);
  link.removeAttribute("title");
  card.attach(link, [
    ["title", heading],
    ...lines.map((text) => /** @type {[string, string]} */ (["line", text])),
  ]);
}

export class Card {
  constructor() {
    this.card = document.createElement("span");
    this.card.className = "cs336-card";
    this.card.id = `cs336-card-${Math.random().toString(36).slice(2)}`;
    this.card.setAttribute("role", "tooltip");
    if ("popover" in this.card) this.card.popover = "manual";
    this.card.addEventListener("pointerenter", () => clearTimeout(this.timer));
    this.card.addEventListener("pointerleave", () => this.closeSoon());
    /** @type {HTMLElement | null} the link whose card is open */
    this.link = null;
    /** @type {Lines} */
    this.lines = [];
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.watch = new AbortController();
  }

  /**
   * Attaches the card to a link. Hovering or focusing the link opens it; on a touch screen, the first
   * tap opens the card and the second follows the link.
   * @param {HTMLElement} link
   * @param {Lines} lines
   */
  attach(link, lines) {
    let isFollowing = true;
    link.addEventListener("pointerenter", (event) => {
      if (event.pointerType !== "touch") this.open(link, lines);
    });
    link.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "touch") this.closeSoon();
    });
    link.addEventListener("pointerdown", (event) => {
      isFollowing = event.pointerType !== "touch" || this.link === link;
    });
    link.addEventListener("focus", () => this.open(link, lines));
    link.addEventListener("blur", () => this.close());
    link.addEventListener("click", (event) => {
      if (isFollowing) return;
      isFollowing = true;
      event.preventDefault();
      this.open(link, [...lines, ["hint", t("card.again")]]);
    });
  }

  /**
   * @param {HTMLElement} link
   * @param {Lines} lines
   */
  open(link, lines) {
    clearTimeout(this.timer);
    if (this.link === link && this.lines === lines) return;
    this.close();
    this.lines = lines;
    this.card.replaceChildren(...lines.map(([part, text]) => line(part, text)));
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
   * Closes the card on Escape, on a press elsewhere, and on scrolling, but keeps it at a link that has
   * the focus: moving the focus scrolls the page.
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
    const scrolled = (/** @type {Event} */ event) => {
      const { top, bottom } = link.getBoundingClientRect();
      const isInView = bottom > 0 && top < document.documentElement.clientHeight;
      if (link === document.activeElement && isInView) this.place(link);
      else closeIfElsewhere(event);
    };
    document.addEventListener("scroll", scrolled, options);
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
