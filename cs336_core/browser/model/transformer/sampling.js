// Writing on: one token after another, each drawn from the model's distribution.

import { forward, logitsOf } from "./model.js";
import { single, softmax } from "./reading.js";

/** Random numbers from 0 to 1, the same for the same seed (mulberry32). @param {number} seed */
export function randomNumbers(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The next token after some others, drawn at a temperature.
 * @param {import("./model.js").Model} model
 * @param {readonly number[]} ids of which the last ones that fit the context are read
 * @param {number} temperature
 * @param {() => number} random
 */
export function nextToken(model, ids, temperature, random) {
  const read = ids.slice(-model.config.context_length);
  const { final } = forward(model, read);
  const { data } = logitsOf(model, single(final, read.length - 1));
  const probabilities = softmax(data.map((x) => x / temperature));
  let rest = random();
  const id = probabilities.findIndex((p) => (rest -= p) < 0);
  return id < 0 ? probabilities.length - 1 : id;
}
