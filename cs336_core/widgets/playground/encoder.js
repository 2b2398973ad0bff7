// The page's side of the encoding worker.

import { SIMPLE } from "../../browser/tokenization/simple.js";

/** @typedef {import("./encoding_worker.js").Result} Result */
/** @typedef {import("./encoding_worker.js").Failure} Failure */
/** @typedef {{ packed: string, pattern: import("../../browser/tokenization/patterns.js").PatternName }} Vocabulary */

export class Encoder {
  /**
   * @param {string} source the worker's script: a page opened from disk cannot load a worker's file
   * @param {(name: string) => Promise<Vocabulary>} loadVocabulary called when a vocabulary is first used
   * @param {(answer: Result | Failure) => void} onAnswer
   */
  constructor(source, loadVocabulary, onAnswer) {
    this.loadVocabulary = loadVocabulary;
    this.onAnswer = onAnswer;
    this.run = 0;
    /** @type {Map<string, Promise<void>>} */
    this.loading = new Map();
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    this.worker = new Worker(address);
    URL.revokeObjectURL(address);
    this.worker.onmessage = (/** @type {MessageEvent<Result | Failure>} */ { data }) => {
      if (data.run === this.run) onAnswer(data);
    };
  }

  /**
   * Encodes a text with several tokenizers and reports each result as soon as it is ready. Drops
   * earlier requests.
   * @param {string} text
   * @param {string[]} names
   */
  encode(text, names) {
    const run = ++this.run;
    for (const name of names) {
      this.ready(name).then(
        () => run === this.run && this.worker.postMessage({ run, name, text }),
        (error) =>
          run === this.run && this.onAnswer({ run, name, error: String(error.message ?? error) }),
      );
    }
  }

  /**
   * Waits until the worker has the vocabulary of a tokenizer. A vocabulary that failed to load is
   * requested again.
   * @param {string} name
   */
  ready(name) {
    if (name in SIMPLE) return Promise.resolve();
    const pending = this.loading.get(name);
    if (pending) return pending;
    const loading = this.loadVocabulary(name).then(({ packed, pattern }) => {
      this.worker.postMessage({ name, packed, pattern });
    });
    loading.catch(() => this.loading.delete(name));
    this.loading.set(name, loading);
    return loading;
  }

  stop() {
    this.run = -1;
    this.worker.terminate();
  }
}
