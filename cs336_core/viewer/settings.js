// The reader's settings, and their form in the page's address: with the names of edtrace's viewer
// where it has them.

/**
 * The reader's settings. `source` and `line`: the location in view, if it differs from the
 * step's; `followed`: a variable as "function:name"; `find`: what is searched for.
 * @typedef {{ step: number, source: string, line: number, raw: boolean, animate: boolean,
 *   hideEnv: boolean, showNotes: boolean, followed: string, find: string }} Settings
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
  followed: "",
  find: "",
};

/** What a setting is called in the address, where that is not its name. @type {Record<string, string>} */
const NAMES = { followed: "follow" };
/** Characters of a text in the address. */
const LONG = 500;

/** @param {string} name */
const called = (name) => NAMES[name] ?? name;

/**
 * The settings in an address; those that it lacks, or that make no sense, are the usual ones.
 * @param {URLSearchParams} params
 * @returns {Settings}
 */
export function settingsFrom(params) {
  /** @type {Record<string, unknown>} */
  const settings = { ...DEFAULTS };
  for (const [name, usual] of Object.entries(DEFAULTS)) {
    const raw = params.get(called(name));
    if (raw === null) continue;
    if (typeof usual === "number") settings[name] = /^\d{1,9}$/.test(raw) ? Number(raw) : usual;
    else if (typeof usual === "boolean")
      settings[name] = raw !== "" && raw !== "0" && raw !== "false";
    else settings[name] = raw.slice(0, LONG);
  }
  return /** @type {Settings} */ (settings);
}

/**
 * Returns an address with settings; defaults are left out, except for the step.
 * @param {string} href
 * @param {string} trace the trace's address; "" if it has none
 * @param {Settings} settings
 */
export function withSettings(href, trace, settings) {
  const url = new URL(href);
  /** @type {[string, string][]} */
  const query = [];
  if (trace) query.push(["trace", trace]);
  for (const [name, value] of Object.entries(settings)) {
    const usual = DEFAULTS[/** @type {keyof Settings} */ (name)];
    if (value !== usual || (name === "step" && trace))
      query.push([called(name), value === true ? "1" : String(value)]);
  }
  // Slashes stay readable.
  url.search = query
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2F", "/")}`)
    .join("&");
  return url.href;
}
