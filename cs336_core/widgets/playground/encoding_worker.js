// Encodes in a worker, since a long text takes a while. New input cancels the work on older input.

import { BPE } from "../../browser/tokenization/bpe.js";
import { measure } from "../../browser/tokenization/measure.js";
import { piecesToDraw } from "../../browser/tokenization/pieces.js";
import { SIMPLE } from "../../browser/tokenization/simple.js";

/** @typedef {import("../../browser/tokenization/measure.js").Counts} Counts */
/** @typedef {import("../../browser/tokenization/pieces.js").Piece} Piece */
/** @typedef {import("../../browser/tokenization/pieces.js").Group} Group */
/** @typedef {{ name: string } & import("./encoder.js").Vocabulary} Vocabulary */
/** @typedef {{ run: number, name: string, text: string }} Job */
/** @typedef {{ run: number, name: string, counts: Counts, ids: Uint8Array | Int32Array, pieces: Piece[], groups: Group[] }} Result */
/** @typedef {{ run: number, name: string, error: string }} Failure */

/** Milliseconds of work after which the worker checks for newer input. */
const CHECK_INTERVAL = 25;

/** @type {Map<string, BPE>} */
const tokenizers = new Map();
/** @type {Job[]} */
const jobs = [];
let newestRun = 0;
let working = false;

globalThis.onmessage = (/** @type {MessageEvent<Vocabulary | Job>} */ { data }) => {
  if ("packed" in data) {
    tokenizers.set(data.name, new BPE(data.packed, data.pattern));
    return;
  }
  newestRun = data.run;
  jobs.push(data);
  if (!working) void work();
};

async function work() {
  working = true;
  for (let job = jobs.shift(); job; job = jobs.shift()) {
    try {
      await encodeText(job);
    } catch (error) {
      postMessage({ run: job.run, name: job.name, error: String(error) });
    }
  }
  working = false;
}

/** @param {Job} job */
async function encodeText({ run, name, text }) {
  const encode =
    SIMPLE[name] ??
    ((/** @type {string} */ input) => /** @type {BPE} */ (tokenizers.get(name)).encode(input));
  const steps = encode(text);
  let lastCheck = performance.now();
  let step = steps.next();
  while (!step.done) {
    if (performance.now() - lastCheck > CHECK_INTERVAL) {
      await new Promise((resolve) => setTimeout(resolve));
      lastCheck = performance.now();
    }
    if (run !== newestRun) return;
    step = steps.next();
  }
  const data = new TextEncoder().encode(text);
  const encoded = step.value;
  const result = {
    run,
    name,
    counts: measure(data, encoded),
    ids: encoded.ids,
    ...piecesToDraw(text, data, encoded),
  };
  /** @type {(message: Result, transfer: Transferable[]) => void} */ (
    /** @type {unknown} */ (postMessage)
  )(result, [encoded.ids.buffer]);
}
