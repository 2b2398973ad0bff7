import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { distribution, entropy, keepTopP } from "../../cs336_core/browser/inference/sampling.js";
import { boundedBy } from "../../cs336_core/ui/state.js";
import {
  dataOf,
  resultsOf,
  rowsOf,
  schema,
  sentenceOf,
  topKStops,
} from "../../cs336_core/widgets/sampling_bars/bars.js";
import * as files from "../../cs336_core/widgets/sampling_bars/export.js";

const golden = JSON.parse(readFileSync(new URL("golden/sampling.json", import.meta.url), "utf8"));

const near = (ours, theirs) => assert.ok(Math.abs(ours - theirs) < 2e-9, `${ours}, not ${theirs}`);

/** Tokens of these probabilities after one text, and of equal ones after another. */
function stateOf(probs, settings = {}) {
  return {
    text: 0,
    temperature: 1,
    top_k: 5000,
    top_p: 1,
    min_p: 0,
    tokens: probs.map((_, i) => `t${i}`),
    texts: [
      { text: "To be", logits: probs.map(Math.log) },
      { text: "or", logits: probs.map(() => 0) },
    ],
    ...settings,
  };
}

test("distributions equal Python's", () => {
  for (const { logits, temperature, top_k, top_p, min_p, probs, entropy: bits } of golden) {
    const sampling = {
      temperature,
      topK: top_k ?? Number.POSITIVE_INFINITY,
      topP: top_p,
      minP: min_p,
    };
    const { probs: ours, droppedBy } = distribution(logits, sampling);
    ours.forEach((prob, i) => near(prob, probs[i]));
    near(entropy(ours), bits);
    droppedBy.forEach((filter, i) =>
      assert.equal(ours[i] === 0, filter !== undefined || (temperature === 0 && probs[i] === 0)),
    );
  }
});

test("of equally probable tokens, a nucleus keeps the first", () => {
  assert.deepEqual(keepTopP([0, 0, 0, 0], 0.5).map(Number.isFinite), [true, true, false, false]);
});

test("large logits do not overflow", () => {
  const settings = { temperature: 1, topK: Infinity, topP: 1, minP: 0 };
  assert.deepEqual(distribution([1000, 1000], settings).probs, [0.5, 0.5]);
});

test("each token is dropped by the first filter that drops it", () => {
  const state = stateOf([0.4, 0.3, 0.2, 0.06, 0.04], { top_k: 4, top_p: 0.9, min_p: 0.6 });
  assert.deepEqual(
    rowsOf(state).map(({ label, dropped }) => [label, dropped]),
    [
      ["t0", undefined],
      ["t1", undefined],
      ["t2", "min_p"],
      ["t3", "top_p"],
      ["t4", "top_k"],
    ],
  );
});

test("rows are sorted, and the rest is one row", () => {
  const probs = Array.from({ length: 20 }, (_, i) => (i + 1) / 210);
  const rows = rowsOf(stateOf(probs));
  assert.equal(rows.length, 17);
  assert.equal(rows[0].label, "t19");
  assert.equal(rows[16].label, "the other 4");
  near(rows[16].before, (1 + 2 + 3 + 4) / 210);
  near(
    rows.reduce((total, { after }) => total + after, 0),
    1,
  );
});

test("the numbers above the bars", () => {
  assert.deepEqual(
    resultsOf(stateOf([0.5, 0.25, 0.25], { top_k: 1 })).map(([, value]) => value),
    ["1", "0.00 bits", "1.50 bits"],
  );
  assert.deepEqual(
    resultsOf(stateOf([0.5, 0.25, 0.25], { text: 9 })).map(([, value]) => value),
    ["3", "1.58 bits", "1.58 bits"],
  );
});

test("a sentence describes the distribution", () => {
  assert.equal(
    sentenceOf(stateOf([0.5, 0.3, 0.2], { top_k: 2 })),
    "2 of 3 tokens can be drawn. The most probable one, t0, is drawn 62.5\u00a0% of the time; the model gives it 50.0\u00a0%.",
  );
  assert.match(sentenceOf(stateOf([0.5, 0.3, 0.2], { temperature: 0 })), /^Only the most probable/);
});

test("the slider for top-k ends with the whole vocabulary", () => {
  const stops = topKStops(stateOf(Array.from({ length: 300 }, () => 1 / 300)));
  assert.deepEqual(stops.slice(0, 5), [1, 2, 3, 4, 5]);
  assert.equal(stops.at(-1), 300);
  assert.equal(new Set(stops).size, stops.length);
});

test("numbers from a link are clamped to the bounds of the traits", () => {
  const { temperature, top_p, min_p } = boundedBy(schema, {
    temperature: -1,
    top_p: 0,
    min_p: 2,
  });
  assert.deepEqual([temperature, top_p, min_p], [0, 0.01, 1]);
});

test("data and picture hold what is shown", () => {
  const state = stateOf([0.5, 0.3, 0.2], { top_k: 2 });
  assert.deepEqual(
    dataOf(state).map(({ token, dropped_by }) => [token, dropped_by]),
    [
      ["t0", ""],
      ["t1", ""],
      ["t2", "top_k"],
    ],
  );
  assert.match(files.csvText(state), /^token,model,drawn,dropped_by\r\nt0,/);
  const saved = JSON.parse(files.jsonText(state));
  assert.equal(saved.text, "To be");
  assert.equal(saved.sampling.topK, 2);
  const svg = files.pictureSVG(state, "a < b", (name) => `[${name}]`);
  assert.equal(svg.match(/fill="\[accent\]"/g).length, 3);
  assert.match(svg, /beyond top-k/);
  assert.match(svg, /<title>a &#60; b<\/title>/);
});
