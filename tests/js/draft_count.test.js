import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as drafts from "../../cs336_core/widgets/draft_count/curves.js";

const golden = JSON.parse(
  readFileSync(new URL("golden/draft_count.json", import.meta.url), "utf8"),
);

test("what drafts gain, and their best number, are Python's", () => {
  for (const { tokens, speedup, best, ...state } of golden) {
    const gain = drafts.gainOf(state);
    assert.ok(Math.abs(gain.tokens - tokens) < 1e-12 * tokens);
    assert.ok(Math.abs(gain.speedup - speedup) < 1e-12 * speedup);
    assert.equal(drafts.bestOf(state), best);
  }
});

test("the curves of all settings stay within the axes", () => {
  for (const state of golden) {
    const { lines, dots } = drafts.chartOf(state);
    for (const [x, y] of [...lines.flatMap(({ points }) => points), ...dots.map((d) => [d.x, d.y])])
      assert.ok(x >= 0 && x <= 1 && y >= 0 && y <= 1, `${x} ${y}`);
  }
});

test("a position in the chart leads to the nearest number of drafts", () => {
  assert.deepEqual([0, 0.3, 1].map(drafts.draftsAt), [0, 4, 12]);
});

test("the sentence says what drafts yield and cost, and that there may be none", () => {
  const sentence = (n) => drafts.sentenceOf({ drafts: n, accepted: 70, cost: 10 });
  assert.match(sentence(0), /^Without drafts, each pass .* yields one token/);
  assert.match(sentence(1), /^With 1 draft, .* yields 1.70 tokens .* adds 10\u00a0% .* 1.55 times/);
  assert.match(sentence(4), /^With 4 drafts, .* yields 2.77 tokens .* add 40\u00a0% .* 1.98 times/);
});
