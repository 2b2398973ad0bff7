// Data that a figure loads when it is first used: vocabularies, models. A page loads each with a script,
// since a page opened from disk may not fetch; a notebook requests them from Python (late_files.py).

import { loadScript } from "./loading.js";

/**
 * Where a page's texts are. `folder`: of the scripts, beside the views; `table`: the global variable that
 * they set; `missing`: the error message for a text that cannot be loaded.
 * @typedef {{ folder: string, table: string, missing: string }} Source
 */

/** The script of this view on a page of the site; null in a notebook, which loads a module. */
const script = /** @type {HTMLScriptElement | null | undefined} */ (
  globalThis.document?.currentScript
);

/**
 * Loads the text `name` of a page's table: the script `folder/name.js`, beside the views, sets it.
 * @param {Source} source
 * @param {string} name
 * @returns {Promise<string>}
 */
async function loadFromPage({ folder, table, missing }, name) {
  const loaded = () => /** @type {any} */ (globalThis)[table]?.[name];
  const address = new URL(`${folder}/${name}.js`, script?.src).href;
  // The check below reports a script that failed as well as one that did not set the text.
  if (!loaded()) await loadScript(address).catch(() => {});
  if (!loaded()) throw new Error(missing);
  return loaded();
}

/** Requests texts from Python and resolves the promises that wait for them. */
export class FilesFromPython {
  /**
   * @param {string} missing the error message for a text that Python does not have
   * @param {(names: string) => void} request sends Python the names of missing texts, separated by commas
   */
  constructor(missing, request) {
    this.missing = missing;
    this.request = request;
    /** @type {Map<string, ((text: string | undefined) => void)[]>} */
    this.waiting = new Map();
    /** @type {Record<string, string>} */
    this.received = {};
  }

  /** @param {string} name @returns {Promise<string>} */
  async load(name) {
    const text = this.received[name] ?? (await this.waitFor(name));
    if (!text) throw new Error(this.missing);
    return text;
  }

  /** @param {string} name @returns {Promise<string | undefined>} */
  waitFor(name) {
    return new Promise((resolve) => {
      this.waiting.set(name, [...(this.waiting.get(name) ?? []), resolve]);
      this.request([...this.waiting.keys()].join(","));
    });
  }

  /** @param {Record<string, string>} files every text that Python has sent */
  receive(files) {
    this.received = files;
    for (const [name, text] of Object.entries(files)) {
      for (const resolve of this.waiting.get(name) ?? []) resolve(text);
      this.waiting.delete(name);
    }
  }
}

/**
 * Loads a text: from the page's scripts, or from Python.
 * @param {Source} source
 * @param {FilesFromPython} python
 * @param {string} name
 * @returns {Promise<string>}
 */
export const loadFile = (source, python, name) =>
  script ? loadFromPage(source, name) : python.load(name);
