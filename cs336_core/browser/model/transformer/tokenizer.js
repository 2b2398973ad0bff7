// The tokenizer of a small model: text to ids, and the bytes of each id.

import { BPE } from "../../tokenization/bpe.js";

export class ModelTokenizer {
  /** @param {Pick<import("./weights.js").Header, "vocabulary" | "pattern">} header */
  constructor({ vocabulary, pattern }) {
    this.bpe = new BPE(vocabulary, pattern);
    /** The bytes of each id. */
    this.vocab = Array.from(this.bpe.idOf.keys(), (token) =>
      Uint8Array.from(token, (byte) => byte.charCodeAt(0)),
    );
  }

  /** @param {string} text @returns {number[]} */
  encode(text) {
    const steps = this.bpe.encode(text);
    let step = steps.next();
    while (!step.done) step = steps.next();
    return Array.from(step.value.ids);
  }
}
