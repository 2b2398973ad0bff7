// Images and videos of a trace. What another site has is not loaded, and what is not there is named.

import { mediaAddress, shortName } from "./addresses.js";
import { setStyle } from "./style.js";

/**
 * An image or a video, or the box that stands for it.
 * @param {"image" | "video"} kind
 * @param {string} address
 * @param {object} options
 * @param {Record<string, unknown>} options.style
 * @param {string | null} [options.label] what it shows; else its name
 * @param {import("./rendering.js").Context} context
 * @returns {HTMLElement}
 */
export function media(kind, address, { style, label }, context) {
  const found = mediaAddress(kind, address, context.base);
  if (!found || "foreign" in found) return absence(kind, address, found?.foreign, context);
  const name = label || nameOf(address) || context.t(`rendering.${kind}`);
  const element = kind === "image" ? image(found.src, name) : video(found.src, name);
  element.className = `cs336-${kind}`;
  const { width, height } = style;
  // The browser keeps the place free, so nothing moves when the picture comes.
  if (typeof width === "number" && typeof height === "number")
    Object.assign(element, { width, height });
  setStyle(element, style);
  element.addEventListener("error", () => {
    element.replaceWith(absence(kind, address, undefined, context));
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
 * What is not shown, by its name.
 * @param {"image" | "video"} kind
 * @param {string} address
 * @param {string | undefined} foreign
 * @param {import("./rendering.js").Context} context
 */
function absence(kind, address, foreign, { t }) {
  const box = document.createElement("span");
  box.className = "cs336-absence";
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
 * The name of a file, shortened; nothing where the file is within the trace.
 * @param {string} address
 */
function nameOf(address) {
  if (/^\s*data:/i.test(address)) return "";
  return shortName(address.split("/").filter(Boolean).at(-1) ?? address);
}
