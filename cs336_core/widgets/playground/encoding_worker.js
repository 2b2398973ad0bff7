// Encodes beside the page, in a worker: a long text takes a while. Newer input cancels older work.

import { BPE } from "../../browser/tokenization/bpe.js";
import { drawn } from "../../browser/tokenization/drawn.js";
import { measure } from "../../browser/tokenization/measure.js";
import { SIMPLE } from "../../browser/tokenization/simple.js";

/** @typedef {import("../../browser/tokenization/measure.js").Counts} Counts */
/** @typedef {import("../../browser/tokenization/drawn.js").Piece} Piece */
/** @typedef {import("../../browser/tokenization/drawn.js").Group} Group */
/** @typedef {{ name: string } & import("./encoder.js").Vocabulary} Vocabulary */
/** @typedef {{ run: number, name: string, text: string }} Job */
/** @typedef {{ run: number, name: string, counts: Counts, ids: Uint8Array | Int32Array, pieces: Piece[], groups: Group[] }} Result */
/** @typedef {{ run: number, name: string, error: string }} Failure */

/** Milliseconds of work after which it is asked whether there is something newer. */
const PATIENCE = 25;

/** @type {Map<string, BPE>} */
const tokenizers = new Map();
/** @type {Job[]} */
const jobs = [];
let newest = 0;
let working = false;

globalThis.onmessage = (/** @type {MessageEvent<Vocabulary | Job>} */ { data }) => {
  if ("packed" in data) {
    tokenizers.set(data.name, new BPE(data.packed, data.pattern));
    return;
  }
  newest = data.run;
  jobs.push(data);
  if (!working) void work();
};

async function work() {
  working = true;
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    try {
      await answer(job);
    } catch (error) {
      postMessage({ run: job.run, name: job.name, error: String(error) });
    }
  }
  working = false;
}

/** @param {Job} job */
async function answer({ run, name, text }) {
  const encode =
    SIMPLE[name] ??
    ((/** @type {string} */ given) => /** @type {BPE} */ (tokenizers.get(name)).encode(given));
  const steps = encode(text);
  let began = performance.now();
  let step = steps.next();
  while (!step.done) {
    if (performance.now() - began > PATIENCE) {
      await new Promise((resolve) => setTimeout(resolve));
      began = performance.now();
    }
    if (run !== newest) return;
    step = steps.next();
  }
  const data = new TextEncoder().encode(text);
  const encoded = step.value;
  const result = {
    run,
    name,
    counts: measure(data, encoded),
    ids: encoded.ids,
    ...drawn(text, data, encoded),
  };
  /** @type {(message: Result, transfer: Transferable[]) => void} */ (
    /** @type {unknown} */ (postMessage)
  )(result, [encoded.ids.buffer]);
}
