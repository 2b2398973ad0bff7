import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  countPairs,
  halves,
  merge,
  tell,
  vocabulary,
} from "../../cs336_core/widgets/bpe_stepper/bpe.js";
import { csvRows, jsonText, pictureSVG } from "../../cs336_core/widgets/bpe_stepper/export.js";

const golden = JSON.parse(readFileSync(new URL("golden/bpe.json", import.meta.url), "utf8"));
const HAT = tell("the cat in the hat", [
  [116, 104],
  [256, 101],
  [257, 32],
  [97, 116],
]);

test("equals Python on every golden text", () => {
  assert.ok(golden.length > 80);
  for (const { text, steps } of golden) {
    const story = tell(
      text,
      steps.map((step) => step.pair),
    );
    steps.forEach((step, i) => {
      assert.deepEqual(story.sequences[i + 1], step.after, text);
      assert.deepEqual([...story.vocab[256 + i]], step.token, text);
      // Python counts in first-seen order; the view sorts by count and keeps that order in ties.
      const expected = step.counts.map(([left, right, count]) => ({ pair: [left, right], count }));
      expected.sort((a, b) => b.count - a.count);
      assert.deepEqual(countPairs(story.sequences[i]), expected, text);
      assert.deepEqual(countPairs(story.sequences[i])[0].pair, step.pair, text);
    });
  }
});

test("merges from left to right, without overlaps", () => {
  assert.deepEqual(merge([7, 7, 7], [7, 7], 256), [256, 7]);
  assert.deepEqual(merge([], [7, 7], 256), []);
});

test("marks the halves of what would merge", () => {
  assert.deepEqual([...halves([7, 7, 7], [7, 7])], [1, 2, 0]);
  assert.deepEqual([...halves([1, 2], undefined)], [0, 0]);
});

test("a merge of tokens that do not exist yet is refused", () => {
  assert.throws(() => vocabulary([[300, 1]]), /ids 300 and 1, not both known/);
});

test("bytes per token", () => {
  assert.deepEqual(
    HAT.ratios.map((ratio) => ratio.toFixed(2)),
    ["1.00", "1.13", "1.29", "1.50", "1.80"],
  );
});

test("the saved data has a row per merge, with the exact text of its tokens", () => {
  const rows = csvRows(HAT);
  assert.equal(rows.length, 4);
  assert.deepEqual(rows[2], {
    merge: 3,
    left_id: 257,
    right_id: 32,
    id: 258,
    left: "the",
    right: " ",
    token: "the ",
    left_bytes: "74 68 65",
    right_bytes: "20",
    token_bytes: "74 68 65 20",
    count: 2,
    tied: 2,
    tokens: 12,
    bytes_per_token: 1.5,
  });
  assert.equal(JSON.parse(jsonText(HAT)).ids.length, 10);
});

test("the picture in the README is what the figure draws", () => {
  const css = readFileSync(new URL("../../cs336_core/ui/colors.css", import.meta.url), "utf8");
  const color = (name) => css.match(new RegExp(`--cs336-${name}: ([^;]+);`))[1];
  const drawn = pictureSVG(
    HAT,
    3,
    "After 3 merges: 12 tokens, 1.50 bytes per token. Next, a and t merge.",
    color,
  );
  assert.equal(readFileSync(new URL("../../book/stepper.svg", import.meta.url), "utf8"), drawn);
});

test("hostile text stays text in the picture", () => {
  const drawn = pictureSVG(tell("<script>&\"'", []), 0, "<b>", () => "#000");
  assert.ok(!/<script|<b>/.test(drawn));
  assert.ok(drawn.includes("&#60;"));
});
