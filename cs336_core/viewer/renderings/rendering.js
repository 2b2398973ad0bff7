// What a traced program shows, as elements: each is made once, since the viewer shows it again and
// again as the reader steps.

import { t as translate } from "../../ui/strings.js";
import { pathAddress } from "./addresses.js";
import { link } from "./links.js";
import { markdown } from "./markdown.js";
import { Typesetter } from "./maths.js";
import { media } from "./media.js";
import { plot } from "./plots.js";
import { ReferenceCard } from "./reference_card.js";
import "./renderings.css";
import "./strings.en.js";
import { isVerbatim, setStyle } from "./style.js";

/** @typedef {import("../trace/types.js").Rendering} Rendering */

/**
 * What makers of elements need.
 * @typedef {object} Context
 * @property {string | null} base the address that paths of images and videos are seen from; null
 *   where no file can be reached
 * @property {import("./libraries.js").Libraries} libraries
 * @property {(path: string, line: number) => void} goTo shows a line of the program
 * @property {(key: string, values?: Record<string, string | number>) => string} t
 * @property {ReferenceCard} card
 */

export class Renderings {
  /** @param {Omit<Context, "card" | "goTo" | "t"> & Partial<Context>} options */
  constructor({ base, libraries, goTo = () => {}, t = translate }) {
    /** Shows a line of the program; who shows the program may set it later. */
    this.goTo = goTo;
    const go = (/** @type {string} */ path, /** @type {number} */ line) => this.goTo(path, line);
    /** @type {Context} */
    this.context = { base, libraries, goTo: go, t, card: new ReferenceCard(t) };
    this.typesetter = new Typesetter(libraries);
    /** @type {WeakMap<Rendering, Map<string, HTMLElement>>} */
    this.made = new WeakMap();
  }

  /**
   * The element of a rendering, the same one each time.
   *
   * A file holds equal renderings once, so one may be in several places of the program. An element
   * can be in one place of the page: what is shown at the same time needs a `place` of its own.
   * @param {Rendering} rendering
   * @param {string} [place]
   * @returns {HTMLElement}
   */
  element(rendering, place = "") {
    const places = this.made.get(rendering) ?? new Map();
    this.made.set(rendering, places);
    const element = places.get(place) ?? this.make(rendering);
    places.set(place, element);
    return element;
  }

  /** @param {Rendering} rendering */
  make(rendering) {
    const element = document.createElement("div");
    element.className = `cs336-rendering cs336-rendering-${word(rendering.type)}`;
    this.fill(element, rendering);
    this.typesetter.add(element);
    return element;
  }

  /**
   * @param {HTMLElement} element
   * @param {Rendering} rendering
   */
  fill(element, rendering) {
    const { type, data, style } = rendering;
    const text = typeof data === "string" ? data : "";
    const { context } = this;
    if (type === "image" || type === "video") {
      element.append(
        media(
          type,
          pathAddress(text),
          { style, label: rendering.external?.title ?? null },
          context,
        ),
      );
      return;
    }
    setStyle(element, style);
    if (type === "markdown" && isVerbatim(style)) {
      element.classList.add("cs336-verbatim");
      element.style.removeProperty("white-space"); // a long line does not leave the screen
      element.textContent = text;
    } else if (type === "markdown") {
      element.append(markdown(text, context));
    } else if (type === "note") {
      element.append(noteLabel(context), markdown(text, context));
    } else if (type === "link") {
      element.append(link(rendering, context));
    } else if (type === "plot" || type === "graph") {
      element.append(plot(data, context));
    } else {
      element.textContent = context.t("rendering.unknown", { type: String(type).slice(0, 40) });
    }
  }
}

/** @param {Context} context */
function noteLabel({ t }) {
  const label = document.createElement("div");
  label.className = "cs336-note-label";
  label.textContent = t("rendering.note");
  return label;
}

/** @param {string} type */
function word(type) {
  return /^[a-z]{1,20}$/.test(type) ? type : "unknown";
}
