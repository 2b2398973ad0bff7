import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { exactMatch, toyAccuracy } from "../../cs336_core/browser/scaling/emergence.js";
import { lossOf, trainingTokens } from "../../cs336_core/browser/scaling/isoflop.js";
import { chartSVG } from "../../cs336_core/ui/chart_picture.js";
import * as answer from "../../cs336_core/widgets/answer_length/curves.js";
import * as share from "../../cs336_core/widgets/flops_share/curves.js";
import * as isoflop from "../../cs336_core/widgets/isoflop/curves.js";
import * as pass from "../../cs336_core/widgets/tokens_per_pass/curves.js";

const golden = (name) =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8"));

/** Whether two numbers are equal but for rounding. */
function near(actual, expected) {
  assert.ok(Math.abs(actual - expected) <= 1e-12 * Math.abs(expected), `${actual} ${expected}`);
}

test("the toy model and its exact match are Python's", () => {
  for (const { exponent, length, digit, answer: whole } of golden("answer_length")) {
    near(toyAccuracy(10 ** exponent), digit);
    near(exactMatch(toyAccuracy(10 ** exponent), length), whole);
  }
});

test("the parabolas and the tokens of each run are Python's", () => {
  for (const valley of golden("isoflop")) {
    valley.runs.forEach(([params], i) => {
      near(lossOf(valley, params), valley.fitted[i]);
      near(trainingTokens(valley.flops, params), valley.tokens[i]);
    });
  }
});

test("the time of a pass is Python's", () => {
  for (const { seconds, ridge, ...state } of golden("tokens_per_pass")) {
    near(pass.timesOf(state).seconds, seconds);
    near(pass.ridgeOf(state.chip), ridge);
  }
});

test("the formula of the split is what counting every operation gives", () => {
  for (const { mlp, projections, scores, ...state } of golden("flops_share")) {
    const parts = share.fractionsOf(state);
    near(parts.mlp, mlp);
    near(parts.projections, projections);
    near(parts.scores, scores);
  }
});

test("attention takes half of the layer at twice the width", () => {
  assert.equal(share.fractionsOf({ d_model: 4096, seq_len: 8192 }).mlp, 0.5);
  assert.match(
    share.sentenceOf({ d_model: 4096, seq_len: 8192 }),
    /Beyond 8,192 tokens, .* attention takes more/,
  );
  assert.match(share.sentenceOf({ d_model: 4096, seq_len: 8193 }), /Beyond 8,192 tokens/);
});

test("the sentence says on which side of the valley a model is", () => {
  const valleys = golden("isoflop");
  const at = (size) => isoflop.sentenceOf({ budget: 5, size, valleys });
  assert.match(at(1), /too small for its budget: the best one has about 2.62\u00a0billion/);
  assert.match(at(4), /this one has the lowest loss/);
  assert.match(at(8), /The model is undertrained/);
});

test("a position in the chart leads to the nearest value", () => {
  const valleys = golden("isoflop");
  assert.equal(isoflop.sizeAt({ budget: 1, size: 1, valleys }, 0), 1);
  assert.equal(isoflop.sizeAt({ budget: 1, size: 1, valleys }, 1), 8);
  assert.equal(pass.tokensAt(0), 1);
  assert.equal(pass.tokensAt(1), 4096);
  assert.equal(answer.exponentAt(0.5), 22);
  assert.equal(share.lengthAt(1), 1_048_576);
});

test("one token is one token", () => {
  const chip = golden("tokens_per_pass")[0].chip;
  const sentence = (tokens) => pass.sentenceOf({ tokens, billion_params: 13, chip });
  assert.match(sentence(1), /^One token in a pass .* computes under 1\u00a0% of the time/);
  assert.match(sentence(100), /^100 tokens in one pass .* computes 34\u00a0% of the time/);
  assert.match(sentence(1000), /twice the tokens take twice the time/);
});

test("every chart stays within its axes, and its picture holds its lines and results", () => {
  const valleys = golden("isoflop");
  const chip = golden("tokens_per_pass")[0].chip;
  const charts = [
    answer.chartOf({ exponent: 26, length: 64 }),
    ...valleys.flatMap((_, i) =>
      [1, 8].map((size) => isoflop.chartOf({ budget: i + 1, size, valleys })),
    ),
    ...[1, 13, 40].map((billions) => pass.chartOf({ tokens: 1, billion_params: billions, chip })),
    share.chartOf({ d_model: 256, seq_len: 128 }),
  ];
  for (const chart of charts) {
    const points = [
      ...chart.lines.flatMap((line) => line.points),
      ...chart.dots.map(({ x, y }) => [x, y]),
    ];
    for (const [x, y] of points)
      assert.ok(x > -1e-9 && x < 1 + 1e-9 && y > -1e-9 && y < 1 + 1e-9, `${x} ${y}`);
    const svg = chartSVG(chart, [["Loss", "1 < 2"]], "a < b", (name) => `[${name}]`);
    assert.equal(svg.match(/<polyline/g).length, chart.lines.length);
    assert.match(svg, /Loss: 1 &#60; 2/);
    const ends = [...svg.matchAll(/<text x="568" y="([\d.]+)"/g)]
      .map(([, y]) => Number(y))
      .sort((a, b) => a - b);
    assert.ok(ends.every((y, i) => i === 0 || y - ends[i - 1] > 14)); // the names do not overlap
    assert.match(svg, /<title>a &#60; b<\/title>/);
  }
});
