// The page's side of the worker that encodes.

import { SIMPLE } from "../../browser/tokenization/simple.js";

/** @typedef {import("./encoding_worker.js").Result} Result */
/** @typedef {import("./encoding_worker.js").Failure} Failure */
/** @typedef {{ packed: string, pattern: import("../../browser/tokenization/patterns.js").PatternName }} Vocabulary */

export class Encoder {
  /**
   * @param {string} source the worker's script: a page opened from disk may load no file of one
   * @param {(name: string) => Promise<Vocabulary>} vocabulary brings a vocabulary when it is first used
   * @param {(answer: Result | Failure) => void} tell
   */
  constructor(source, vocabulary, tell) {
    this.vocabulary = vocabulary;
    this.tell = tell;
    this.run = 0;
    /** @type {Map<string, Promise<void>>} */
    this.loaded = new Map();
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.worker = new Worker(address);
    URL.revokeObjectURL(address);
    this.worker.onmessage = (/** @type {MessageEvent<Result | Failure>} */ { data }) => {
      if (data.run === this.run) tell(data);
    };
  }

  /**
   * Encodes a text in several ways, each told as soon as it is done; what was asked before is dropped.
   * @param {string} text
   * @param {string[]} names
   */
  encode(text, names) {
    const run = ++this.run;
    for (const name of names) {
      this.ready(name).then(
        () => run === this.run && this.worker.postMessage({ run, name, text }),
        (error) =>
          run === this.run && this.tell({ run, name, error: String(error.message ?? error) }),
      );
    }
  }

  /**
   * Waits until the worker has what a tokenizer needs; a vocabulary that did not come is asked for again.
   * @param {string} name
   */
  ready(name) {
    if (name in SIMPLE) return Promise.resolve();
    const known = this.loaded.get(name);
    if (known) return known;
    const loading = this.vocabulary(name).then(({ packed, pattern }) => {
      this.worker.postMessage({ name, packed, pattern });
    });
    loading.catch(() => this.loaded.delete(name));
    this.loaded.set(name, loading);
    return loading;
  }

  stop() {
    this.run = -1;
    this.worker.terminate();
  }
}
