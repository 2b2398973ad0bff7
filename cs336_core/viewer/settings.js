// The reader's settings, and their form in the page's address: with the names of edtrace's viewer
// where it has them.

/**
 * The reader's settings. `source` and `line`: the location in view, if it differs from the
 * step's; `followed`: a variable as "function:name"; `find`: what is searched for; `findIn`: where,
 * see `SEARCHES`; `watch`: expressions.
 * @typedef {{ step: number, source: string, line: number, raw: boolean, animate: boolean,
 *   hideEnv: boolean, showNotes: boolean, arrows: boolean, followed: string, find: string, findIn: string,
 *   watch: readonly string[] }} Settings
 */

/** @type {Settings} */
export const DEFAULTS = {
  step: 0,
  source: "",
  line: 0,
  raw: false,
  animate: false,
  hideEnv: false,
  showNotes: false,
  arrows: false,
  followed: "",
  find: "",
  findIn: "source",
  watch: [],
};

/** What can be searched: the source, the output, or the run for a condition. */
export const SEARCHES = /** @type {const} */ (["source", "output", "when"]);

/** Names in the address that differ from the setting's. @type {Record<string, string>} */
const ADDRESS_NAMES = { followed: "follow" };
/** Characters of a text in the address, and texts of a list; longer ones are cut. */
const MAX_TEXT = 500;
const MAX_TEXTS = 20;

/** @param {string} name */
const addressName = (name) => ADDRESS_NAMES[name] ?? name;

/**
 * The settings in an address; the initial ones for those that are missing or malformed.
 * @param {URLSearchParams} params
 * @returns {Settings}
 */
export function settingsFrom(params) {
  /** @type {Record<string, unknown>} */
  const settings = { ...DEFAULTS };
  for (const [name, initial] of Object.entries(DEFAULTS)) {
    const raw = params.get(addressName(name));
    if (raw === null) continue;
    if (typeof initial === "number") settings[name] = /^\d{1,9}$/.test(raw) ? Number(raw) : initial;
    else if (typeof initial === "boolean")
      settings[name] = raw !== "" && raw !== "0" && raw !== "false";
    else if (Array.isArray(initial))
      settings[name] = [...new Set(params.getAll(addressName(name)))]
        .slice(0, MAX_TEXTS)
        .map((text) => text.slice(0, MAX_TEXT));
    else settings[name] = raw.slice(0, MAX_TEXT);
  }
  return /** @type {Settings} */ (settings);
}

/**
 * Returns an address with settings; defaults are left out, except for the step.
 * @param {string} href
 * @param {string} trace the trace's address; "" if it has none
 * @param {Settings} settings
 * @param {string} [compare] the address of a trace to compare with, or ""
 */
export function withSettings(href, trace, settings, compare = "") {
  const url = new URL(href);
  /** @type {[string, string][]} */
  const entries = [];
  if (trace) entries.push(["trace", trace]);
  if (compare) entries.push(["compare", compare]);
  for (const [name, value] of Object.entries(settings)) {
    const initial = DEFAULTS[/** @type {keyof Settings} */ (name)];
    if (Array.isArray(value)) for (const text of value) entries.push([addressName(name), text]);
    else if (value !== initial || (name === "step" && trace))
      entries.push([addressName(name), value === true ? "1" : String(value)]);
  }
  // Slashes stay readable.
  url.search = entries
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2F", "/")}`)
    .join("&");
  return url.href;
}
