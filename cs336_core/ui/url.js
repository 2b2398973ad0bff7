// The settings of widgets in the page's URL, so that any view can be shared. A parameter is called
// `widget.trait`; only settings that differ from the published page are written.

import { urlTraits } from "./state.js";

/** Longer values are neither read nor written: a URL is untrusted input. */
export const LONGEST = 2000;

/** What a number in a URL looks like. @type {Record<string, RegExp>} */
const NUMBERS = { integer: /^-?\d{1,9}$/, number: /^-?\d{1,9}(?:\.\d{1,9})?$/ };

/**
 * The settings of one widget in a URL; values of another type than their trait's are ignored.
 * @param {string} href
 * @param {string} key the widget's name on its page
 * @param {import("./state.js").Schema} schema
 * @returns {Record<string, unknown>}
 */
export function readState(href, key, schema) {
  const params = new URL(href).searchParams;
  /** @type {Record<string, unknown>} */
  const state = {};
  for (const name of urlTraits(schema)) {
    const raw = params.get(`${key}.${name}`);
    const type = schema[name]?.type ?? "";
    const number = NUMBERS[type];
    if (raw === null || raw.length > LONGEST) continue;
    if (number) {
      if (number.test(raw)) state[name] = Number(raw);
    } else if (type === "boolean") {
      if (raw === "true" || raw === "false") state[name] = raw === "true";
    } else {
      state[name] = raw;
    }
  }
  return state;
}

/**
 * The URL `href` with the settings of one widget in it.
 * @param {string} href
 * @param {string} key
 * @param {Record<string, unknown>} state
 * @param {Record<string, unknown>} defaults
 */
export function writeState(href, key, state, defaults) {
  const url = new URL(href);
  for (const [name, value] of Object.entries(state)) {
    if (Object.is(value, defaults[name]) || String(value).length > LONGEST)
      url.searchParams.delete(`${key}.${name}`);
    else url.searchParams.set(`${key}.${name}`, String(value));
  }
  return url.href;
}

/**
 * The URL that opens a page at one of its figures.
 * @param {string} href
 * @param {string} id the figure's
 */
export function linkTo(href, id) {
  const url = new URL(href);
  url.hash = encodeURIComponent(id);
  return url.href;
}

/** The fragment of an address; "" if it has none or is malformed. @param {string} href */
export function idIn(href) {
  try {
    return decodeURIComponent(new URL(href).hash.slice(1));
  } catch {
    return "";
  }
}
