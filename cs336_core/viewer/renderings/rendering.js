// Renderings as elements. Each is created once, since the viewer shows it again and again as the
// reader steps.

import { Card } from "../../ui/card.js";
import { t as translate } from "../../ui/strings.js";
import { Rest } from "../rest.js";
import { pathAddress } from "./addresses.js";
import { graph } from "./graph.js";
import { link } from "./links.js";
import { markdown } from "./markdown.js";
import { Typesetter } from "./maths.js";
import { media } from "./media.js";
import { plot } from "./plots.js";
import "./renderings.css";
import "./strings.en.js";
import { isVerbatim, setStyle } from "./style.js";
import { widget } from "./widget.js";

/** @typedef {import("../trace/types.js").Rendering} Rendering */

/**
 * What the functions that create elements need.
 * @typedef {object} Context
 * @property {string | null} base the address that paths of images and videos are relative to; null
 *   if no file can be reached
 * @property {import("./libraries.js").Libraries} libraries
 * @property {(address: string) => Promise<string>} read reads a file of this site that the trace names
 * @property {(path: string, line: number) => void} goTo shows a line of the program
 * @property {(key: string, values?: Record<string, string | number>) => string} t
 * @property {Card} card shows what is known about the target of a link
 * @property {AbortSignal} closing aborted when the trace is closed
 * @property {Rest} rest whether the reader stays at a step
 */

export class Renderings {
  /** @param {Omit<Context, "card" | "closing" | "goTo" | "read" | "rest" | "t"> & Partial<Context>} options */
  constructor({ base, libraries, read = noFile, goTo = () => {}, t = translate }) {
    this.life = new AbortController();
    this.rest = new Rest();
    /** Shows a line of the program; the viewer sets it later. */
    this.goTo = goTo;
    const go = (/** @type {string} */ path, /** @type {number} */ line) => this.goTo(path, line);
    /** @type {Context} */
    this.context = {
      base,
      libraries,
      read,
      goTo: go,
      t,
      card: new Card(),
      closing: this.life.signal,
      rest: this.rest,
    };
    this.typesetter = new Typesetter(libraries);
    /** @type {WeakMap<Rendering, Map<string, HTMLElement>>} */
    this.elements = new WeakMap();
  }

  /** Ends what still runs in the elements, when they are no longer shown. */
  close() {
    this.life.abort();
  }

  /**
   * The element of a rendering, the same one each time for the same slot.
   *
   * Several lines may share a rendering, since equal ones are stored once. But an element can be in
   * the page only once, so each line needs its own `slot`.
   * @param {Rendering} rendering
   * @param {string} [slot]
   * @returns {HTMLElement}
   */
  element(rendering, slot = "") {
    const slots = this.elements.get(rendering) ?? new Map();
    this.elements.set(rendering, slots);
    const element = slots.get(slot) ?? this.create(rendering);
    slots.set(slot, element);
    return element;
  }

  /** @param {Rendering} rendering */
  create(rendering) {
    if (rendering.type === "widget") return widget(rendering, this.context);
    const element = document.createElement("div");
    element.className = `cs336-rendering cs336-rendering-${typeClass(rendering.type)}`;
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
      element.style.removeProperty("white-space"); // so that a long line wraps
      element.textContent = text;
    } else if (type === "markdown") {
      element.append(markdown(text, context));
    } else if (type === "note") {
      element.append(noteLabel(context), markdown(text, context));
    } else if (type === "link") {
      element.append(link(rendering, context));
    } else if (type === "plot") {
      element.append(plot(data, context));
    } else if (type === "graph") {
      element.append(graph(data, context));
    } else {
      element.textContent = context.t("rendering.unknown", { type: String(type).slice(0, 40) });
    }
  }
}

/** Where no file can be read. @returns {Promise<string>} */
const noFile = async (/** @type {string} */ address) => {
  throw new Error(`${address} cannot be read here`);
};

/** @param {Context} context */
function noteLabel({ t }) {
  const label = document.createElement("div");
  label.className = "cs336-note-label";
  label.textContent = t("rendering.note");
  return label;
}

/** @param {string} type */
function typeClass(type) {
  return /^[a-z]{1,20}$/.test(type) ? type : "unknown";
}
