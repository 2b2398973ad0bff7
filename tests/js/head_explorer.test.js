import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { headIn } from "../../cs336_core/browser/model/transformer/parts.js";
import { liveModel } from "../../cs336_core/ui/live_model/use_model.js";
import { csvText, jsonText, pictureSVG } from "../../cs336_core/widgets/head_explorer/export.js";
import { arcPath, layoutOf } from "../../cs336_core/widgets/head_explorer/layout.js";
import { settingOf } from "../../cs336_core/widgets/head_explorer/state.js";
import {
  entryOf,
  headFor,
  keysOf,
  meanWeight,
} from "../../cs336_core/widgets/head_explorer/targets.js";
import {
  describe,
  describeFound,
  strongestKey,
} from "../../cs336_core/widgets/head_explorer/text.js";
import { readHeads, selectIn } from "../../cs336_core/widgets/head_explorer/use_heads.js";
import { thickness } from "../../cs336_core/widgets/head_explorer/weights.js";

const golden = JSON.parse(
  readFileSync(new URL("golden/transformer.json", import.meta.url), "utf8"),
);
const live = liveModel(golden[0].packed);
const { config } = live.model;
const STATE = { text: "At the cat.", position: 0, target: "focus", head: "" };
const shown = (changes = {}) => {
  const state = { ...STATE, ...changes };
  return selectIn(live, readHeads(live, state.text), state);
};
const color = () => "#000";

/** A head of three tokens. */
const weights = (...data) => ({ rows: 3, columns: 3, data: Float32Array.from(data) });
const PREVIOUS = weights(1, 0, 0, 1, 0, 0, 0, 1, 0);
const SELF = weights(1, 0, 0, 0, 1, 0, 0, 0, 1);
const BLURRED = weights(1, 0, 0, 0.5, 0.5, 0, 0.25, 0.25, 0.5);
const shareOf = (target, head, labels) => meanWeight(target, keysOf(target, labels), entryOf(head));
const LABELS = ["When", "␣Leo", ","];
const pass = {
  blocks: [[SELF, BLURRED], [PREVIOUS]].map((heads) => ({
    attention: { heads: heads.map((each) => ({ weights: each })) },
  })),
};

test("the head that attends most to the previous token is the one that does nothing else", () => {
  const found = headFor("previous", pass, LABELS);
  assert.deepEqual([found.block, found.head, found.share], [1, 0, 1]);
  assert.ok(Math.abs(found.even - (1 / 2 + 1 / 3) / 2) < 1e-12);
});

test("shares are means over the queries that have such a key", () => {
  const of = (target, head) => shareOf(target, head, LABELS);
  assert.equal(of("previous", BLURRED), (0.5 + 0.25) / 2);
  assert.equal(of("capital", BLURRED), (1 + 0.5) / 2);
  assert.equal(of("punctuation", BLURRED), 0.5); // only the comma itself has one
  assert.equal(of("focus", BLURRED), 0.5);
  assert.equal(of("focus", SELF), 1);
});

test("a token is repeated at its second occurrence", () => {
  const labels = ["a", "b", "a"];
  assert.equal(shareOf("repeated", BLURRED, labels), 0.5);
  assert.equal(shareOf("repeated", BLURRED, LABELS), undefined);
});

test("a sentence without punctuation has no head for it, nor has a single token any", () => {
  assert.equal(headFor("punctuation", pass, ["a", "b", "c"]), undefined);
  assert.equal(headFor("previous", pass, ["a"]), undefined);
  assert.equal(readHeads(live, ""), undefined);
  assert.deepEqual(shown({ text: "t" }).headIndex, { block: 0, head: 0 });
});

test("the head of the target is shown, or the most concentrated, or the one that is chosen", () => {
  const { found } = readHeads(live, STATE.text);
  for (const [target, head] of found) {
    if (head) assert.deepEqual(shown({ target }).headIndex, head);
    assert.equal(shown({ target }).target, head ? target : "focus");
  }
  assert.ok(found.some(([, head]) => !head));
  const own = shown({ head: "head-2-3" });
  assert.deepEqual([own.headIndex, own.target], [{ block: 1, head: 2 }, ""]);
});

test("settings from a link are heads of the model, or nothing", () => {
  assert.deepEqual(headIn("head-1-3", config), { block: 0, head: 2 });
  for (const other of ["head-9-9", "mlp-1", "<b>", ""])
    assert.equal(headIn(other, config), undefined);
  assert.equal(settingOf({ block: 0, head: 2 }), "head-1-3");
  assert.equal(shown({ position: 60 }).position, shown().labels.length - 1);
});

test("of a long text, the last tokens are read", () => {
  const long = shown({ text: "zyx ".repeat(30) });
  assert.deepEqual([long.labels.length, long.isCut], [24, true]);
});

test("tokens lie along a row if they fit, turned if the figure is wide, down a list if not", () => {
  const labels = Array(14).fill("␣market");
  assert.equal(layoutOf(labels, 1200).kind, "row");
  assert.equal(layoutOf(labels, 700).kind, "turned");
  assert.equal(layoutOf(labels, 330).kind, "list");
  assert.equal(layoutOf(Array(24).fill("␣market"), 500).kind, "list");
  for (const room of [1200, 700]) {
    const { centers, sizes } = layoutOf(labels, room);
    assert.ok(centers.at(-1) + sizes.at(-1) / 2 <= room + 1e-9);
  }
  assert.equal(layoutOf(labels, 330).height, 14 * 28);
});

test("an arc goes from the query to the key, and a longer one reaches further", () => {
  const numbers = (path) => path.match(/[\d.]+/g).map(Number);
  const row = layoutOf(["When", "␣Leo", ",", "␣to"], 700);
  const [x, y, , far, , , toX, toY] = numbers(arcPath(row, 3, 0));
  const rounded = (position) => Number(row.centers[position].toFixed(1));
  assert.deepEqual([x, toX, y], [rounded(3), rounded(0), toY]);
  assert.ok(far < numbers(arcPath(row, 3, 2))[3]);
  const list = layoutOf(Array(14).fill("␣market"), 330);
  const [across, along] = numbers(arcPath(list, 3, 0));
  assert.deepEqual([across, along], [96, list.centers[3]]);
  const [begin, , , , , , end] = numbers(arcPath(row, 1, 1));
  assert.ok(begin - end > 8, "a loop has two feet");
  assert.ok(thickness(0.9) > thickness(0.1) && thickness(0.006) > 0.5);
});

test("the head and what it is the first in, in words", () => {
  assert.equal(
    describe({ block: 1, head: 0 }, LABELS, PREVIOUS, 2),
    "Head 1 of block 2: “,” attends only to “␣Leo” (100\u00a0%).",
  );
  assert.equal(strongestKey(BLURRED, 2), 2);
  const found = ["focus", "previous"].map((target) => [target, headFor(target, pass, LABELS)]);
  const headIndex = { block: 1, head: 0 };
  assert.match(
    describeFound(headIndex, found, "previous", 3),
    /Of all 3 heads.*the previous token.*42/,
  );
  assert.equal(describeFound({ block: 0, head: 1 }, found, "previous", 3), "");
});

test("the saved data has every head, and the picture every token as text", () => {
  const some = shown({ text: "At <b>" });
  const n = some.labels.length;
  assert.equal(csvText(some).trim().split("\r\n").length, 1 + 2 * 3 * ((n * (n + 1)) / 2));
  const json = JSON.parse(jsonText({ ...STATE, head: "head-1-2" }, shown({ head: "head-1-2" })));
  assert.deepEqual([json.settings.head, json.block, json.head], ["head-1-2", 1, 2]);
  assert.equal(json.weights.length, json.tokens.length);
  const picture = pictureSVG(some, color);
  assert.ok(picture.includes("&#60;") && !picture.includes("<b>"));
  assert.ok(!/NaN|undefined/.test(picture));
  assert.ok(pictureSVG(undefined, color).startsWith("<svg"));
});
