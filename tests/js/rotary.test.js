import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  frequencies,
  pairsOf,
  products,
  rotated,
  scoresOver,
  sum,
} from "../../cs336_core/browser/model/rotary.js";
import { urlTraits } from "../../cs336_core/ui/state.js";
import { readState, writeState } from "../../cs336_core/ui/url.js";
import { jsonText, pictureSVG, scoreRows } from "../../cs336_core/widgets/rotary_dial/export.js";
import { curveOf, scaleOf, sector } from "../../cs336_core/widgets/rotary_dial/shapes.js";
import { apartBy, bounded, schema, shifted } from "../../cs336_core/widgets/rotary_dial/state.js";
import {
  apart,
  degrees,
  describe,
  speed,
  sumText,
} from "../../cs336_core/widgets/rotary_dial/text.js";
import { readVectors } from "../../cs336_core/widgets/rotary_dial/vectors.js";

const golden = JSON.parse(readFileSync(new URL("golden/rotary.json", import.meta.url), "utf8"));
const STATE = {
  query: "1 0 0.5 -0.5",
  key_vector: "1 0 1 1",
  query_position: 12,
  key_position: 9,
  theta: 10000,
  positions: 128,
};

/** Equal but for the last bits, in which libraries differ. */
function near(ours, theirs, what) {
  assert.equal(ours.length, theirs.length);
  ours.forEach((number, i) =>
    assert.ok(Math.abs(number - theirs[i]) < 2e-9, `${number}, not ${theirs[i]}: ${what}`),
  );
}

test("rotated vectors equal Python's", () => {
  assert.equal(golden.length, 200);
  for (const { vectors, positions, theta, rotated: expected, products: dots } of golden) {
    const what = JSON.stringify({ vectors, positions, theta });
    const turned = vectors.map((vector, i) => rotated(vector, positions[i], theta));
    turned.forEach((vector, i) => near(vector, expected[i], what));
    near(products(...turned), dots, what);
    near(
      pairsOf(...vectors, ...positions, theta).map(({ product }) => product),
      dots,
      what,
    );
  }
});

test("the score depends only on the distance", () => {
  for (const { vectors, positions, theta, products: dots } of golden) {
    near(
      pairsOf(...vectors, positions[0] + 17, positions[1] + 17, theta).map(
        ({ product }) => product,
      ),
      dots,
      "shifted",
    );
    const over = scoresOver(...vectors, theta, 1023)[positions[0] - positions[1] + 1023];
    assert.equal(over.distance, positions[0] - positions[1]);
    near([over.score], [sum(dots)], "by distance");
  }
});

test("the first pair rotates by one radian per position, the others more slowly", () => {
  near(frequencies(8, 10000), [1, 0.1, 0.01, 0.001], "10000");
  near(frequencies(4, 1), [1, 1], "1");
});

test("the angle between query and key is that of the rotated points", () => {
  const [fast, slow] = pairsOf([1, 0, 0, 1], [0, 1, 0, 0], 4, 1, 100);
  assert.ok(Math.abs(fast.between - (3 - Math.PI / 2)) < 1e-12);
  assert.equal(slow.between, undefined); // a point in the middle has no direction
  const [round] = pairsOf([1, 0], [1, 0], 100, 0, 100);
  assert.ok(Math.abs(round.between - (100 - 32 * Math.PI)) < 1e-9);
});

test("drawings fit their dials and boxes", () => {
  const pairs = pairsOf([3, 4, 0, 1], [0, 0, 1, 0], 5, 0, 100);
  assert.equal(scaleOf(pairs), 0.2);
  assert.equal(scaleOf(pairsOf([0, 0], [0, 0], 1, 2, 100)), 1);
  assert.equal(sector([1, 0], Math.PI / 2), "M0 0L0.42 0A0.42 0.42 0 0 0 0 -0.42Z");
  assert.equal(sector([1, 0], -Math.PI / 2), "M0 0L0.42 0A0.42 0.42 0 0 1 0 0.42Z");
  const { points, up } = curveOf([{ score: -2 }, { score: 0 }, { score: 2 }]);
  assert.deepEqual(points, [
    [0, 0.96],
    [0.5, up(0)],
    [1, 0.96 - 0.92],
  ]);
  assert.equal(curveOf([{ score: 1 }, { score: 3 }]).up(0), 0.96); // zero is below, and nothing is under it
  assert.deepEqual(curveOf([{ score: 0 }]).points, [[0, 0.96]]);
});

test("vectors are read with spaces or commas", () => {
  assert.deepEqual(readVectors(" 1, -.5\t+2e-1  3 ", "0 0 0 0"), {
    query: [1, -0.5, 0.2, 3],
    key: [0, 0, 0, 0],
    problem: "",
  });
});

test("invalid vectors are explained", () => {
  const problem = (query, key = "1 0") => readVectors(query, key).problem;
  assert.match(problem("1 x"), /^“x” in the query is not a number between −100 and 100/);
  assert.match(problem("1 0", "1 <b>"), /^“<b>” in the key/);
  for (const bad of ["NaN 0", "Infinity 0", "0x10 0", "1e9 0", "101 0", "-"])
    assert.match(problem(bad), /is not a number/);
  assert.match(problem(""), /query has 0 numbers; enter 2, 4, 6 or 8/);
  assert.match(problem("1 2 3"), /query has 3 numbers/);
  assert.match(problem("1 2 3 4 5 6 7 8 9 10"), /query has 10 numbers/);
  assert.match(problem("1 2 3 4"), /has 4 numbers and the key 2/);
  assert.ok(problem("z".repeat(2000)).length < 150);
});

test("shifting both keeps their distance", () => {
  assert.deepEqual(shifted(STATE, 0), { query_position: 3, key_position: 0 });
  assert.deepEqual(shifted({ ...STATE, query_position: 2 }, 5), {
    query_position: 5,
    key_position: 12,
  });
});

test("settings from a URL are clamped to their bounds", () => {
  const far = bounded({ ...STATE, query_position: 999, key_position: -4, theta: 0 });
  assert.deepEqual([far.query_position, far.key_position, far.theta], [127, 0, 1]);
  const shown = Object.fromEntries(urlTraits(schema).map((name) => [name, STATE[name]]));
  const set = { ...shown, query: "1 2", theta: 500000, query_position: 3 };
  assert.deepEqual(
    { ...shown, ...readState(writeState("http://a/", "r", set, shown), "r", schema) },
    set,
  );
});

test("the description of angles and sums", () => {
  assert.deepEqual([0, Math.PI, -Math.PI / 2, 100, 2 * Math.PI - 1e-9].map(degrees), [
    "0°",
    "180°",
    "270°",
    "330°",
    "0°",
  ]);
  assert.deepEqual([Math.PI, -Math.PI / 2, -1e-9].map(apart), ["180.0°", "90.0°", "0.0°"]);
  assert.deepEqual([1, 0.1, 0.00123456, 1.26e-12].map(speed), [
    "57.3°",
    "5.73°",
    "0.0707°",
    "7.2 · 10⁻¹¹°",
  ]);
  assert.equal(sumText([0.5, -0.25, 0, 1]), "0.50 − 0.25 + 0.00 + 1.00");
  assert.equal(
    describe([0.5, -0.25], 3, 1),
    "Query at position 3, key at 1: the query is 2 after the key. The score is 0.25.",
  );
  assert.equal(
    describe([0.5], 1, 1),
    "Query at position 1, key at 1: the same position. The score is 0.50.",
  );
});

test("data and picture contain what is shown", () => {
  const { query, key } = readVectors(STATE.query, STATE.key_vector);
  const pairs = pairsOf(query, key, 12, 9, 10000);
  const scores = scoresOver(query, key, 10000, 127);
  const data = JSON.parse(jsonText(STATE, pairs, scores));
  assert.deepEqual([data.query, data.key], [query, key]);
  assert.equal(data.pairs.length, 2);
  assert.equal(data.scores.length, 255);
  near([data.score], [data.scores.find(({ distance }) => distance === 3).score], "JSON");
  assert.deepEqual(Object.keys(scoreRows(scores)[0]), ["distance", "pair_1", "pair_2", "score"]);
  const svg = pictureSVG(pairs, scores, 3, "a < b", (name) => `c-${name}`);
  assert.equal(svg.match(/<g transform="translate/g).length, 2);
  assert.match(svg, /<title>a &#60; b<\/title>/);
  assert.doesNotMatch(svg, /NaN|undefined/);
});

test("a distance is set by moving the query and, at the last position, the key", () => {
  const state = { key_position: 9, positions: 128 };
  assert.deepEqual(apartBy(state, 3), { query_position: 12, key_position: 9 });
  assert.deepEqual(apartBy(state, 127), { query_position: 127, key_position: 0 });
  assert.deepEqual(apartBy(state, -127), { query_position: 0, key_position: 127 });
});
