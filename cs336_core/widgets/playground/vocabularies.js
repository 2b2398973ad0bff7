// The vocabularies of known models, loaded when first used. A page loads each with a script, since a
// page opened from disk may not fetch; a notebook requests them from Python.

import { loadScript } from "../../ui/loading.js";
import { t } from "../../ui/strings.js";

/**
 * Loads the packed vocabulary `name` of a page.
 * @param {string} folder the address of the vocabularies' folder, ending in a slash
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function loadFromPage(folder, name) {
  const loaded = () => /** @type {any} */ (globalThis).cs336Vocabularies?.[name];
  // The check below reports a script that failed as well as one that did not set the vocabulary.
  if (!loaded()) await loadScript(`${folder}${name}.js`).catch(() => {});
  if (!loaded()) throw new Error(t("playground.missing"));
  return loaded();
}

/** Requests vocabularies from Python and resolves the promises that wait for them. */
export class PythonVocabularies {
  /** @param {(names: string) => void} request sends Python the names of missing vocabularies, separated by commas */
  constructor(request) {
    this.request = request;
    /** @type {Map<string, ((packed: string | undefined) => void)[]>} */
    this.waiting = new Map();
    /** @type {Record<string, string>} */
    this.received = {};
  }

  /** @param {string} name @returns {Promise<string>} */
  async load(name) {
    const packed = this.received[name] ?? (await this.waitFor(name));
    if (!packed) throw new Error(t("playground.missing"));
    return packed;
  }

  /** @param {string} name @returns {Promise<string | undefined>} */
  waitFor(name) {
    return new Promise((resolve) => {
      this.waiting.set(name, [...(this.waiting.get(name) ?? []), resolve]);
      this.request([...this.waiting.keys()].join(","));
    });
  }

  /** @param {Record<string, string>} vocabularies every vocabulary that Python has sent */
  receive(vocabularies) {
    this.received = vocabularies;
    for (const [name, packed] of Object.entries(vocabularies)) {
      for (const resolve of this.waiting.get(name) ?? []) resolve(packed);
      this.waiting.delete(name);
    }
  }
}
