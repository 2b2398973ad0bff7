import assert from "node:assert/strict";
import { test } from "node:test";
import { boundedBy } from "../../cs336_core/ui/state.js";
import * as files from "../../cs336_core/widgets/expert_load/export.js";
import {
  loadOf,
  resultsOf,
  schema,
  sentenceOf,
  shownStep,
} from "../../cs336_core/widgets/expert_load/load.js";

const LOADS = [
  [700, 200, 100],
  [350, 350, 300],
];
const state = { loads: LOADS, step: 0, capacity: 1.25 };

test("an expert drops the tokens beyond its capacity", () => {
  const { rows, room, dropped } = loadOf(state);
  assert.equal(room, 417); // 1.25 times 1,000 / 3
  assert.deepEqual(rows[0], { expert: 1, processed: 417, dropped: 283 });
  assert.equal(dropped, 283);
  assert.deepEqual(
    resultsOf(state).map(([, value]) => value),
    ["28.3\u00a0%", "2.1× the mean", "417"],
  );
  assert.match(
    sentenceOf(state),
    /expert 1 is sent 700 tokens; the mean is 333\..*283 are dropped/,
  );
  assert.match(sentenceOf({ ...state, step: 1 }), /^After 1\u00a0step, .* none is dropped/);
});

test("a link cannot set a step beyond the last, or a capacity out of bounds", () => {
  assert.equal(shownStep({ ...state, step: 99 }), 1);
  assert.equal(boundedBy(schema, { ...state, capacity: 9 }).capacity, 4);
});

test("data and picture hold what is shown", () => {
  assert.equal(
    files.csvText(state),
    "expert,processed,dropped\r\n1,417,283\r\n2,200,0\r\n3,100,0\r\n",
  );
  assert.equal(JSON.parse(files.jsonText({ ...state, step: 1 })).experts.length, 3);
  const svg = files.pictureSVG(state, "a < b", (name) => `[${name}]`);
  assert.equal(svg.match(/fill="\[accent\]"/g).length, 3);
  assert.match(svg, /<title>a &#60; b<\/title>/);
});
