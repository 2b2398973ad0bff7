// The training of a character model on a text: batches, steps, samples.

import { softmax } from "../model/softmax.js";
import { draw, randomNumbers } from "../model/transformer/sampling.js";
import { Adam } from "./adam.js";
import { backward, countOf, forward, initialize } from "./character_model.js";

/** Characters that the model reads, widths, and examples per step. */
const CONTEXT = 8;
const WIDTH = 10;
const HIDDEN = 100;
const BATCH = 32;
const SAMPLE = 120; // characters
const TEMPERATURE = 0.8;

export class CharacterRun {
  /** @param {string} text of at least two different characters @param {number} [seed] */
  constructor(text, seed = 336) {
    const characters = Array.from(text);
    /** The characters of the text, sorted. */
    this.vocab = [...new Set(characters)].sort();
    const idOf = new Map(this.vocab.map((character, id) => [character, id]));
    this.random = randomNumbers(seed);
    this.sizes = { vocab: this.vocab.length, context: CONTEXT, d: WIDTH, hidden: HIDDEN };
    this.parameters = initialize(this.sizes, this.random);
    this.optimizer = new Adam();
    // The text goes around: before its beginning comes its end.
    this.ids = Int32Array.from(characters, (character) => Number(idOf.get(character)));
  }

  get size() {
    return countOf(this.parameters);
  }

  /** The id at a position, before the beginning or after the end, too. @param {number} i */
  idAt(i) {
    const n = this.ids.length;
    return Number(this.ids[((i % n) + n) % n]);
  }

  /** @returns {import("./character_model.js").Batch} */
  batch() {
    const inputs = new Int32Array(BATCH * CONTEXT);
    const targets = new Int32Array(BATCH);
    for (let row = 0; row < BATCH; row++) {
      const target = Math.floor(this.random() * this.ids.length);
      targets[row] = this.idAt(target);
      for (let k = 0; k < CONTEXT; k++) inputs[row * CONTEXT + k] = this.idAt(target - CONTEXT + k);
    }
    return { inputs, targets };
  }

  /** Trains for one step. @param {number} rate @returns {number} the loss before it, in nats per character */
  step(rate) {
    const { loss, gradients } = backward(this.parameters, this.sizes, this.batch());
    this.optimizer.update(
      /** @type {any} */ (this.parameters),
      /** @type {any} */ (gradients),
      rate,
    );
    return loss;
  }

  /** A text that the model writes; the same for the same model. */
  sample() {
    const random = randomNumbers(7);
    const ids = Array.from({ length: CONTEXT }, (_, i) => this.idAt(i - CONTEXT));
    for (let n = 0; n < SAMPLE; n++) {
      const { logits } = forward(this.parameters, this.sizes, Int32Array.from(ids.slice(-CONTEXT)));
      ids.push(draw(softmax(logits.map((x) => x / TEMPERATURE)), random));
    }
    return ids
      .slice(CONTEXT)
      .map((id) => this.vocab[id])
      .join("");
  }
}
