import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { descend, lossAt } from "../../cs336_core/browser/training/landscape.js";
import { sidesOf } from "../../cs336_core/widgets/optimizer_valley/labels.js";
import {
  bandsOf,
  fromMap,
  MAX_STEPS,
  pathsOf,
} from "../../cs336_core/widgets/optimizer_valley/map.js";
import { pictureSVG } from "../../cs336_core/widgets/optimizer_valley/picture.js";
import { rowsOf, sentenceOf } from "../../cs336_core/widgets/optimizer_valley/text.js";

const golden = JSON.parse(readFileSync(new URL("golden/landscape.json", import.meta.url), "utf8"));

test("every optimizer takes the path that it takes in Python, and stops at the edge of the map", () => {
  for (const { method, path, ...state } of golden) {
    const points = descend(state, method, state, MAX_STEPS);
    assert.equal(points.length, path.length, method);
    points.forEach(({ x, y, loss }, i) => {
      for (const [k, value] of [x, y, loss].entries())
        assert.ok(Math.abs(value - path[i][k]) < 1e-8, `${method} ${i}: ${value} ${path[i][k]}`);
    });
  }
  assert.ok(golden.some(({ path }) => path.length < 10));
});

test("the surface passes through the grid, and its gradient is the change of the loss", () => {
  const [grid] = golden;
  assert.ok(Math.abs(lossAt(grid, -0.5, 1).loss - grid.losses[4][1]) < 1e-12);
  const tiny = 1e-6;
  const { gradient } = lossAt(grid, 0.37, 1.21);
  const across = lossAt(grid, 0.37 + tiny, 1.21).loss - lossAt(grid, 0.37 - tiny, 1.21).loss;
  const up = lossAt(grid, 0.37, 1.21 + tiny).loss - lossAt(grid, 0.37, 1.21 - tiny).loss;
  assert.ok(Math.abs(across / 2 / tiny - gradient[0]) < 1e-6);
  assert.ok(Math.abs(up / 2 / tiny - gradient[1]) < 1e-6);
});

const axis = Array.from({ length: 11 }, (_, i) => i / 5 - 1);
const state = {
  losses: axis.map((y) => axis.map((x) => 10 * x * x + y * y)),
  low: -1,
  high: 1,
  method: "sgd",
  lr: 0.04,
  momentum: 0.9,
  x: 0.8,
  y: 0.8,
  step: 3,
};

test("the sentence has the loss of the step, or says that the optimizer left", () => {
  const paths = pathsOf(state);
  assert.match(
    sentenceOf(state, paths.sgd),
    /^Gradient descent, 3\u00a0steps: the loss is 0\.\d{3}\./,
  );
  const fast = { ...state, lr: 0.5, step: 60 };
  assert.match(
    sentenceOf(fast, pathsOf(fast).sgd),
    /^Gradient descent leaves the map after 1\u00a0step\./,
  );
  const [{ loss, ...first }] = rowsOf(paths);
  assert.deepEqual(first, { optimizer: "sgd", step: 0, x: 0.8, y: 0.8 });
  assert.ok(Math.abs(loss - 7.04) < 1e-9);
});

test("bands of equal loss stay within the map, and its picture holds every path", () => {
  const numbers =
    bandsOf(state)
      .join(" ")
      .match(/-?\d+\.\d+/g)
      ?.map(Number) ?? [];
  assert.ok(numbers.length > 100 && numbers.every((n) => n >= -6 && n <= 106));
  const svg = pictureSVG(state, pathsOf(state), "A <caption>", (name) => `[${name}]`);
  assert.equal(svg.match(/<polyline/g)?.length, 3);
  assert.ok(svg.includes("A &#60;caption&#62;") && svg.includes("AdamW"));
});

test("a click is a point of the map", () => {
  assert.equal(fromMap(state, 0), -1);
  assert.equal(fromMap(state, 0.75), 0.5);
});

test("the name of an optimizer stands where it hides no other, and within the map", () => {
  const at = (x, y) => ({ name: "AdamW", x, y });
  assert.deepEqual(sidesOf([at(20, 20), at(20, 80)]), ["after", "after"]);
  assert.deepEqual(sidesOf([at(50, 50), at(60, 50)]), ["before", "after"]);
  assert.deepEqual(sidesOf([at(12, 50), at(20, 50)]), ["above", "after"]);
  assert.deepEqual(sidesOf([at(96, 50)]), ["before"]);
});
