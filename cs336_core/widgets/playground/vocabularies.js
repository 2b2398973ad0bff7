// The vocabularies of known models, brought when they are first used: on a page by a script each,
// since a page opened from disk may fetch nothing; in a notebook by Python.

import { loadScript } from "../../ui/loading.js";
import { t } from "../../ui/strings.js";

/**
 * The packed vocabulary `name` of a page.
 * @param {string} folder the address of the vocabularies' folder, with a slash at its end
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function fromPage(folder, name) {
  const here = () => /** @type {any} */ (globalThis).cs336Vocabularies?.[name];
  if (!here()) await loadScript(`${folder}${name}.js`).catch(() => {}); // whatever came of it, it is here or not
  if (!here()) throw new Error(t("playground.missing"));
  return here();
}

/** Vocabularies that Python hands over when it is asked. */
export class FromPython {
  /** @param {(names: string) => void} ask tells Python all names that are wanted, by commas */
  constructor(ask) {
    this.ask = ask;
    /** @type {Map<string, ((packed: string | undefined) => void)[]>} */
    this.waiting = new Map();
    /** @type {Record<string, string>} */
    this.arrived = {};
  }

  /** @param {string} name @returns {Promise<string>} */
  async bring(name) {
    const packed = this.arrived[name] ?? (await this.coming(name));
    if (!packed) throw new Error(t("playground.missing"));
    return packed;
  }

  /** @param {string} name @returns {Promise<string | undefined>} */
  coming(name) {
    return new Promise((resolve) => {
      this.waiting.set(name, [...(this.waiting.get(name) ?? []), resolve]);
      this.ask([...this.waiting.keys()].join(","));
    });
  }

  /** @param {Record<string, string>} vocabularies all that Python has handed over */
  arrive(vocabularies) {
    this.arrived = vocabularies;
    for (const [name, packed] of Object.entries(vocabularies)) {
      for (const resolve of this.waiting.get(name) ?? []) resolve(packed);
      this.waiting.delete(name);
    }
  }
}
