// What a reader sets, and how it is written in the page's address: by the names that edtrace's
// viewer has, and by ours.

/**
 * What the reader has set. `source` and `line`: the place that is looked at, where it is not the
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
 * An address with settings in it; what is as usual is left out, but for the step.
 * @param {string} href
 * @param {string} trace where the trace is; "" where it has no address
 * @param {Settings} settings
 */
export function withSettings(href, trace, settings) {
  const url = new URL(href);
  /** @type {[string, string][]} */
  const wanted = [];
  if (trace) wanted.push(["trace", trace]);
  for (const [name, value] of Object.entries(settings)) {
    const usual = DEFAULTS[/** @type {keyof Settings} */ (name)];
    if (value !== usual || (name === "step" && trace))
      wanted.push([called(name), value === true ? "1" : String(value)]);
  }
  // Slashes stay readable.
  url.search = wanted
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2F", "/")}`)
    .join("&");
  return url.href;
}
