// Images and videos in a trace. Files on other sites are not loaded; a missing file is named.

import { mediaAddress, shortName } from "./addresses.js";
import { figureSVG } from "./figure_svg.js";
import { setStyle } from "./style.js";

/**
 * An image or a video, or a placeholder with its name.
 * @param {"image" | "video"} kind
 * @param {string} address
 * @param {object} options
 * @param {Record<string, unknown>} options.style
 * @param {string | null} [options.label] the alt text, by default the file name
 * @param {import("./rendering.js").Context} context
 * @returns {HTMLElement | SVGElement}
 */
export function media(kind, address, { style, label }, context) {
  const found = mediaAddress(kind, address, context.base);
  if (!found || "foreign" in found) return placeholder(kind, address, found?.foreign, context);
  const name = label || nameOf(address) || context.t(`rendering.${kind}`);
  const figure = kind === "image" ? figureSVG(found.src, name) : undefined;
  if (figure) {
    figure.classList.add("cs336-figure-svg");
    setStyle(figure, style);
    return figure;
  }
  const element = kind === "image" ? image(found.src, name) : video(found.src, name);
  element.className = `cs336-${kind}`;
  const { width, height } = style;
  // The browser reserves this space, so nothing moves when the picture arrives.
  if (typeof width === "number" && typeof height === "number")
    Object.assign(element, { width, height });
  setStyle(element, style);
  element.addEventListener("error", () => {
    element.replaceWith(placeholder(kind, address, undefined, context));
  });
  return element;
}

/**
 * @param {string} src
 * @param {string} name
 */
function image(src, name) {
  const element = document.createElement("img");
  element.decoding = "async";
  element.alt = name;
  element.src = src;
  return element;
}

/**
 * @param {string} src
 * @param {string} name
 */
function video(src, name) {
  const element = document.createElement("video");
  element.controls = true;
  element.playsInline = true;
  element.preload = "metadata";
  element.setAttribute("aria-label", name);
  element.src = src;
  return element;
}

/**
 * A box with the name of what is not shown.
 * @param {"image" | "video"} kind
 * @param {string} address
 * @param {string | undefined} foreign
 * @param {import("./rendering.js").Context} context
 */
function placeholder(kind, address, foreign, { t }) {
  const box = document.createElement("span");
  box.className = "cs336-placeholder";
  box.textContent = t(`rendering.${kind}.${foreign ? "foreign" : "missing"}`, {
    name: shortName(address),
  });
  if (foreign) {
    const link = document.createElement("a");
    Object.assign(link, { href: foreign, target: "_blank", rel: "noopener noreferrer" });
    link.textContent = t("rendering.open");
    box.append(" ", link);
  }
  return box;
}

/**
 * The name of a file, shortened; "" if the file is part of the trace.
 * @param {string} address
 */
function nameOf(address) {
  if (/^\s*data:/i.test(address)) return "";
  return shortName(address.split("/").filter(Boolean).at(-1) ?? address);
}
