// The worker that trains: some steps at a time, so that it can be paused, or given another learning rate.

import { CharacterRun } from "../../browser/training/character_run.js";

/**
 * A request of the page. `text`: to start anew; `rate`: to train on, 0 to pause.
 * @typedef {{ run: number, text?: string, rate: number }} Request
 */

/** Milliseconds of training per report, at most. */
const REPORT = 100;
/** The first steps are slow enough to watch: milliseconds between reports, up to this step. */
const PAUSE = 150;
const WATCHED = 500;

let run = 0;
let rate = 0;
/** @type {CharacterRun | undefined} */
let training;
let step = 0;
let busy = false;

function train() {
  if (!training || rate === 0) {
    busy = false;
    return;
  }
  const losses = [];
  const end = performance.now() + REPORT;
  do losses.push(training.step(rate));
  while (losses.length < step && performance.now() < end);
  step += losses.length;
  self.postMessage({ run, size: training.size, step, losses, sample: training.sample() });
  setTimeout(train, step < WATCHED ? PAUSE : 0);
}

self.onmessage = (/** @type {MessageEvent<Request>} */ { data }) => {
  ({ run, rate } = data);
  if (data.text !== undefined) {
    training = new CharacterRun(data.text);
    step = 0;
  }
  if (busy) return;
  busy = true;
  train();
};
