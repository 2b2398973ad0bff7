// The three methods on the live model: the candidates of each step, and which of them are kept.

import { schema } from "#schema/decoding_tree";
import { beamSteps } from "../../browser/inference/beam_search.js";
import { distribution } from "../../browser/inference/sampling.js";
import { forward, NOTHING } from "../../browser/model/transformer/model.js";
import { largest, lastLogits, logProbabilities } from "../../browser/model/transformer/reading.js";
import { draw, randomNumbers } from "../../browser/model/transformer/sampling.js";

/** @typedef {import("#schema/decoding_tree").Traits & { files?: Record<string, string> }} State */
/** @typedef {import("../../ui/live_model/use_model.js").Live} Live */
/** @typedef {State["method"]} Method */
/** @typedef {import("../../browser/model/transformer/model.js").Pass} Pass */

export { schema };

/** @type {readonly Method[]} */
export const METHODS = schema.method.choices;
/** How many of the likeliest tokens greedy decoding and sampling list in a step. */
const LISTED = 6;

/**
 * A text that a step considered.
 * @typedef {object} Candidate
 * @property {readonly number[]} tokens after the prompt
 * @property {number} logProb the sum of the model's log-probabilities, in nats
 * @property {number} probability of the last token: the model's, or the one that it is drawn with
 * @property {number} parent the rank, in the step before, of the text that it extends
 * @property {number | undefined} rank among the texts that are kept, from 0; undefined if dropped
 * @property {import("../../browser/inference/sampling.js").Filter} [droppedBy] a rule of sampling
 */

/** The texts whose passes are cached; more are recomputed when they are needed again. */
const MOST_KNOWN = 300;

/**
 * The model after a prompt. Each text is computed once, whichever method needs it, and only its last
 * token: the keys and values of the others are in the pass of the text that it extends.
 */
export class NextTokens {
  /** @param {Live} live @param {readonly number[]} prompt */
  constructor(live, prompt) {
    this.live = live;
    this.prompt = prompt;
    /** @type {Map<string, { pass: Pass, logits: Float32Array, logProbs: Float64Array }>} by ids */
    this.known = new Map();
  }

  /**
   * @param {readonly number[]} tokens after the prompt
   * @returns {{ pass: Pass, logits: Float32Array, logProbs: Float64Array }}
   */
  after(tokens) {
    const key = tokens.join();
    const known = this.known.get(key);
    if (known) return known;
    const { model } = this.live;
    const pass = tokens.length
      ? forward(model, tokens.slice(-1), NOTHING, this.after(tokens.slice(0, -1)).pass)
      : forward(model, this.prompt);
    const logits = lastLogits(model, pass);
    const found = { pass, logits, logProbs: logProbabilities(logits) };
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(key, found);
    return found;
  }

  /** The text of some tokens. @param {readonly number[]} tokens */
  text(tokens) {
    const bytes = tokens.flatMap((id) => [...(this.live.tokenizer.vocab[id] ?? [])]);
    return new TextDecoder().decode(Uint8Array.from(bytes));
  }

  /** @param {number | undefined} id */
  label(id) {
    return this.live.labels[Number(id)] ?? "";
  }
}

/** @param {NextTokens} next @param {number} width @param {number} n @returns {Candidate[][]} */
function beam(next, width, n) {
  const logProbs = (/** @type {readonly number[]} */ tokens) => next.after(tokens).logProbs;
  return Array.from(beamSteps(logProbs, width, n), (step) =>
    step.map((candidate) => {
      const { tokens } = candidate;
      const own = logProbs(tokens.slice(0, -1))[Number(tokens.at(-1))];
      return { ...candidate, probability: Math.exp(Number(own)) };
    }),
  );
}

/**
 * A method that keeps one text: in each step it chooses one token.
 * @param {NextTokens} next
 * @param {number} n
 * @param {(after: ReturnType<NextTokens["after"]>) => { id: number, probs: ArrayLike<number>,
 *   droppedBy: readonly (Candidate["droppedBy"])[] }} choose
 * @returns {Candidate[][]}
 */
function oneByOne(next, n, choose) {
  /** @type {Candidate[][]} */
  const steps = [];
  let [tokens, total] = [/** @type {readonly number[]} */ ([]), 0];
  for (let step = 0; step < n; step++) {
    const after = next.after(tokens);
    const { logProbs } = after;
    const { id: chosen, probs, droppedBy } = choose(after);
    const ids = new Set([...largest(logProbs, LISTED), chosen]);
    const candidates = [...ids].map((id) => ({
      tokens: [...tokens, id],
      logProb: total + Number(logProbs[id]),
      probability: Number(probs[id]),
      parent: 0,
      rank: id === chosen ? 0 : undefined,
      ...(droppedBy[id] && { droppedBy: droppedBy[id] }),
    }));
    steps.push(candidates);
    [tokens, total] = [[...tokens, chosen], total + Number(logProbs[chosen])];
  }
  return steps;
}

/** @param {NextTokens} next @param {number} n */
const greedy = (next, n) =>
  oneByOne(next, n, ({ logits, logProbs }) => ({
    id: Number(largest(logits, 1)[0]),
    probs: logProbs.map(Math.exp),
    droppedBy: [],
  }));

/** The distribution that a token is drawn from. @param {State} state @param {Float32Array} logits */
const sampledFrom = ({ temperature, top_k: topK, top_p: topP }, logits) =>
  distribution([...logits], { temperature, topK, topP, minP: 0 });

/** @param {NextTokens} next @param {State} state @param {number} n */
function sampling(next, state, n) {
  const random = randomNumbers(state.seed);
  return oneByOne(next, n, ({ logits }) => {
    const found = sampledFrom(state, logits);
    return { id: draw(found.probs, random), ...found };
  });
}

/**
 * How many tokens can be drawn after some others.
 * @param {NextTokens} next
 * @param {State} state
 * @param {readonly number[]} tokens after the prompt
 */
export const nPossible = (next, state, tokens) =>
  sampledFrom(state, next.after(tokens).logits).probs.filter((prob) => prob > 0).length;

/**
 * The candidates of the first `n` steps of a method.
 * @param {NextTokens} next
 * @param {State} state
 * @param {Method} method
 * @param {number} n
 */
export function stepsOf(next, state, method, n) {
  if (method === "greedy") return greedy(next, n);
  return method === "beam" ? beam(next, state.width, n) : sampling(next, state, n);
}

/** The candidates that are kept, the best first. @param {readonly Candidate[]} step */
export const keptOf = (step) =>
  step.filter(({ rank }) => rank !== undefined).sort((a, b) => Number(a.rank) - Number(b.rank));
