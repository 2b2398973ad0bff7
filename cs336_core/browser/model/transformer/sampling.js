// Generation: one token after another, each drawn from the model's distribution.

import { softmax } from "../softmax.js";
import { forward } from "./model.js";
import { lastLogits } from "./reading.js";

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
 * A token, drawn from a distribution: the first whose cumulative probability exceeds a random number.
 * @param {ArrayLike<number>} probabilities
 * @param {() => number} random
 */
export function draw(probabilities, random) {
  let rest = random();
  let last = 0;
  for (let id = 0; id < probabilities.length; id++) {
    const probability = Number(probabilities[id]);
    if (probability === 0) continue; // never drawn, not even when rounding leaves a remainder
    rest -= probability;
    if (rest < 0) return id;
    last = id;
  }
  return last;
}

/**
 * The next token after some others, drawn at a temperature.
 * @param {import("./model.js").Model} model
 * @param {readonly number[]} ids of which the last ones that fit the context are read
 * @param {number} temperature
 * @param {() => number} random
 */
export function nextToken(model, ids, temperature, random) {
  const logits = lastLogits(model, forward(model, ids.slice(-model.config.context_length)));
  return draw(softmax(logits.map((x) => x / temperature)), random);
}
