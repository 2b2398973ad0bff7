// Vega-Lite for the viewer, loaded for a trace with plots. A plot may come from anyone, so its
// expressions are interpreted, not compiled; its work is limited; and it cannot load anything.

import { compile } from "vega-lite";
import { linkAddress, mediaAddress } from "../addresses.js";
import { boundedView } from "./plot_view.js";

/** @typedef {{ ink: string, quiet: string, line: string, accent: string }} Colors CSS colors */

/** A plot may follow a drag outside of itself, and listens to no other event of the page. */
const EVENTS = {
  bind: "none",
  selector: false,
  timer: false,
  globalCursor: false,
  window: ["mousemove", "mouseup", "pointermove", "pointerup", "touchmove", "touchend"],
};

/**
 * Draws a Vega-Lite specification in an element. `refused`: the address of data it tried to load.
 * @param {Record<string, any>} spec
 * @param {HTMLElement} element
 * @param {Colors} colors
 * @returns {Promise<{ refused: string | undefined }>}
 */
export async function draw(spec, element, colors) {
  const { clientWidth } = element;
  const font = getComputedStyle(element).fontFamily || "sans-serif";
  const config = { ...spec.config, background: null, events: EVENTS };
  const adapted = /** @type {any} */ ({ ...spec, background: null, config });
  // Vega would measure the element after the plot is in it, which is too late here.
  if (spec.width === "container") {
    adapted.width = clientWidth || 400;
    adapted.autosize ??= { type: "fit-x", contains: "padding" };
  }
  const logger = recordingLogger();
  const defaults = /** @type {any} */ (theme(colors, font));
  const compiled = compile(adapted, { config: defaults, logger }).spec;
  const loader = refusingLoader();
  const view = boundedView(compiled, { loader, logger, renderer: "svg", container: element });
  await view.runAsync();
  if (logger.failure || loader.refused !== undefined) view.finalize();
  if (logger.failure) throw logger.failure;
  return { refused: loader.refused };
}

/**
 * A theme in the page's colors and font.
 * @param {Colors} colors
 * @param {string} font
 */
function theme({ ink, quiet, line, accent }, font) {
  return {
    background: null,
    font,
    mark: { color: accent },
    rule: { color: ink },
    text: { color: ink },
    axis: { domainColor: quiet, gridColor: line, tickColor: quiet },
    style: {
      "guide-label": { fill: quiet },
      "guide-title": { fill: ink },
      "group-title": { fill: ink },
      "group-subtitle": { fill: quiet },
      cell: { stroke: line },
    },
  };
}

/** Refuses everything a plot tries to load; links and images follow the rules of the trace. */
function refusingLoader() {
  return {
    /** @type {string | undefined} */
    refused: undefined,
    /** @param {string} address */
    async load(address) {
      this.refused ??= String(address);
      throw new Error(`a plot in a trace cannot load ${address}`);
    },
    /**
     * @param {string} address
     * @param {{ context?: string }} options
     */
    async sanitize(address, { context } = {}) {
      if (context === "image") {
        const image = mediaAddress("image", String(address), null);
        if (image && "src" in image) return { href: image.src };
      } else {
        const link = linkAddress(String(address));
        if (link?.external)
          return { href: link.href, target: "_blank", rel: "noopener noreferrer" };
      }
      throw new Error(`a plot in a trace cannot link to ${address}`);
    },
    /** @param {string} address */
    async http(address) {
      return this.load(address);
    },
    /** @param {string} address */
    async file(address) {
      return this.load(address);
    },
  };
}

/** Records the first error, and ignores warnings and messages for developers. */
function recordingLogger() {
  /** @type {any} */
  const logger = {
    failure: undefined,
    level: () => logger,
    error(/** @type {unknown[]} */ ...parts) {
      logger.failure ??= parts.find((part) => part instanceof Error) ?? new Error(parts.join(" "));
      return logger;
    },
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}
