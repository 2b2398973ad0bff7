import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { flashSteps, resultOf } from "../../cs336_core/browser/model/flash_steps.js";
import { skippedTiles, tilesOf } from "../../cs336_core/browser/model/flash_tiles.js";
import {
  flashTraffic,
  inAll,
  moved,
  naiveTraffic,
} from "../../cs336_core/browser/model/memory_io.js";
import { urlTraits } from "../../cs336_core/ui/state.js";
import { readState, writeState } from "../../cs336_core/ui/url.js";
import { jsonText, pictureSVG, tileRows } from "../../cs336_core/widgets/flash_stepper/export.js";
import { HEIGHT, layoutOf, SIDE } from "../../cs336_core/widgets/flash_stepper/layout.js";
import {
  bounded,
  inputsOf,
  largestTile,
  needed,
  schema,
  shapeOf,
} from "../../cs336_core/widgets/flash_stepper/state.js";
import { describe, keysText, range, short } from "../../cs336_core/widgets/flash_stepper/text.js";

const golden = JSON.parse(readFileSync(new URL("golden/flash.json", import.meta.url), "utf8"));
const SHAPE = { n: 4, queryTile: 2, keyTile: 2, causal: true };
const [LARGE] = golden.filter(({ shape, steps }) => shape.causal && steps.length > 6);

/** Equal but for the last bits, in which machines differ; null is a masked score. */
function near(ours, theirs, what) {
  if (Array.isArray(theirs)) {
    assert.equal(ours.length, theirs.length, what);
    theirs.forEach((number, i) => near(ours[i], number, what));
  } else if (theirs === null) assert.equal(ours, -Infinity, what);
  else
    assert.ok(
      Math.abs(ours - theirs) < 2e-9 * Math.max(1, Math.abs(theirs)),
      `${ours}, not ${theirs}: ${what}`,
    );
}

test("every step equals Python's", () => {
  assert.equal(golden.length, 60);
  assert.ok(
    golden.some(
      ({ shape, steps }) => shape.causal && steps.some(({ diagonal }) => diagonal !== null),
    ),
  );
  for (const { inputs, shape, steps, output } of golden) {
    const ours = flashSteps(inputs, shape);
    const what = JSON.stringify(shape);
    assert.equal(ours.length, steps.length, what);
    ours.forEach(({ tile, rows, read, written }, i) => {
      const theirs = steps[i];
      assert.deepEqual([tile.top, tile.bottom, tile.left, tile.right], theirs.tile, what);
      assert.deepEqual(
        [tile.isFirst, tile.isLast, tile.diagonal],
        [theirs.first, theirs.last, theirs.diagonal],
        what,
      );
      assert.deepEqual([read, written], [theirs.read, theirs.written], what);
      for (const name of ["scores", "highest", "total", "output"])
        near(
          rows.map((row) => row[name]),
          theirs[name],
          `${name} ${what}`,
        );
    });
    near(
      ours.filter(({ tile }) => tile.isLast).flatMap(({ rows }) => rows.map(resultOf)),
      output,
      what,
    );
  }
});

test("the traffic of plain attention equals Python's", () => {
  for (const { inputs, shape, naive } of golden) {
    assert.equal(
      moved(inAll(naiveTraffic(shape.n, inputs.queries[0].length, inputs.values[0].length))),
      naive,
    );
  }
  assert.equal(moved(inAll(naiveTraffic(16, 4, 4))), 1280);
});

test("traffic accumulates step by step", () => {
  const steps = flashSteps(LARGE.inputs, LARGE.shape);
  const sums = flashTraffic(steps);
  assert.equal(sums.length, steps.length + 1);
  assert.deepEqual(sums[0], { read: 0, written: 0 });
  assert.equal(
    moved(sums.at(-1)),
    LARGE.steps.reduce((sum, { read, written }) => sum + read + written, 0),
  );
  const width = LARGE.inputs.values[0].length;
  assert.equal(sums.at(-1).written, LARGE.shape.n * (width + 1));
});

test("tiles that the mask hides completely are skipped", () => {
  assert.deepEqual(
    tilesOf(SHAPE).map(({ top, left, diagonal }) => [top, left, diagonal]),
    [
      [0, 0, 0],
      [2, 0, null],
      [2, 2, 0],
    ],
  );
  assert.deepEqual(skippedTiles(SHAPE), [tilesOf({ ...SHAPE, causal: false })[1]]);
  assert.deepEqual(skippedTiles({ ...SHAPE, causal: false }), []);
  for (const { shape, steps } of golden) {
    const all = Math.ceil(shape.n / shape.queryTile) * Math.ceil(shape.n / shape.keyTile);
    assert.equal(skippedTiles(shape).length + steps.length, all);
  }
});

const widthsOf = ({ queries, values }) => ({ d: queries[0].length, width: values[0].length });

test("the drawing contains every tile once, inside its frame", () => {
  for (const { inputs, shape } of golden.slice(0, 20)) {
    const steps = flashSteps(inputs, shape);
    const { blocks, frames, map } = layoutOf(shape, widthsOf(inputs), steps, 1);
    assert.equal(new Set(blocks.map(({ key }) => key)).size, blocks.length);
    let area = 0;
    for (const { key, x, y, width, height } of [...blocks, ...frames]) {
      assert.ok(x >= 0 && y >= 0 && x + width <= SIDE + 1e-9 && y + height <= HEIGHT + 1e-9);
      if (key?.startsWith("scores")) area += width * height;
    }
    assert.ok(Math.abs(area - map.side ** 2) < 1e-6);
    // On the map; Q, K and V in slow memory (O, once written); Q, K, V, O and the sums in fast memory.
    assert.equal(blocks.filter(({ look }) => look === "now").length, 1 + 3 + 5);
    assert.ok(
      layoutOf(shape, widthsOf(inputs), steps, 0).blocks.every(
        ({ look }) => look === "waiting" || look === "skipped",
      ),
    );
  }
});

test("what moves keeps its size: in from slow memory, and the output back to it", () => {
  const { inputs, shape } = LARGE;
  const steps = flashSteps(inputs, shape);
  for (let step = 1; step <= steps.length; step += 1) {
    const { blocks } = layoutOf(shape, widthsOf(inputs), steps, step);
    const [{ tile }] = steps.slice(step - 1);
    const moved = blocks.filter(({ from }) => from);
    const written = moved.filter(({ key }) => key.startsWith("output"));
    assert.equal(written.length, Number(tile.isLast));
    for (const block of moved.filter((each) => !written.includes(each))) {
      const stored = blocks.find(({ x, y }) => x === block.from.x && y === block.from.y);
      assert.deepEqual([stored.width, stored.height], [block.width, block.height]);
    }
  }
});

test("an output is written with the last tile of its queries, and stays written", () => {
  const shape = { n: LARGE.shape.n, queryTile: 1, keyTile: 1, causal: true };
  const steps = flashSteps(LARGE.inputs, shape);
  const look = (step) =>
    layoutOf(shape, widthsOf(LARGE.inputs), steps, step).blocks.find(({ key }) =>
      key.startsWith("output 0"),
    ).look;
  assert.deepEqual([0, 1, 2].map(look), ["waiting", "written", "written"]);
});

test("fast memory holds the largest square tile that fits", () => {
  const widths = { d: 4, width: 4 };
  assert.equal(needed(4, 4, widths), 16 + 16 + 16 + 16 + 8 + 16);
  assert.deepEqual(
    [19, 87, 88, 543, 544, 9999].map((capacity) => largestTile(capacity, 16, widths)),
    [1, 3, 4, 15, 16, 16],
  );
});

test("settings from a URL are clamped to their bounds", () => {
  const { queries, keys, values } = LARGE.inputs;
  const state = {
    query_vectors: queries,
    key_vectors: keys,
    value_vectors: values,
    seq_len: 99,
    query_tile: 0,
    key_tile: -3,
    capacity: 1,
    causal: true,
    step: -1,
    row: -2,
  };
  const longest = queries.length;
  const within = bounded(state);
  assert.deepEqual(
    [within.seq_len, within.query_tile, within.key_tile, within.row],
    [longest, 1, 1, 0],
  );
  assert.equal(within.capacity, needed(1, 1, widthsOf(LARGE.inputs))); // at least the tile
  assert.deepEqual(bounded({ ...state, seq_len: 2, query_tile: 99 }).query_tile, 2);
  assert.deepEqual(shapeOf(within), { n: longest, queryTile: 1, keyTile: 1, causal: true });
  assert.equal(inputsOf({ ...within, seq_len: 2 }).keys.length, 2);
  const tile = { seq_len: 8, query_tile: 4, key_tile: 4, capacity: 96 };
  const shown = { ...tile, causal: false, step: 0, row: 0 };
  assert.deepEqual(Object.keys(shown), urlTraits(schema));
  const set = { ...shown, causal: true, step: 3 };
  assert.deepEqual(
    { ...shown, ...readState(writeState("http://a/", "f", set, shown), "f", schema) },
    set,
  );
});

test("the description of a step", () => {
  const inputs = {
    queries: [[1], [1], [1], [1]],
    keys: [[0], [1], [2], [3]],
    values: [[1], [2], [3], [4]],
  };
  const shape = { ...SHAPE, causal: false };
  const steps = flashSteps(inputs, shape);
  const flash = flashTraffic(steps).at(-1);
  const inWords = (step, skipped = 0) =>
    describe(steps, step, skipped, flash, inAll(naiveTraffic(4, 1, 1)));
  assert.equal(inWords(0), "Nothing has been read yet: 4 tiles of scores to go.");
  assert.match(inWords(0, 1), /The causal mask hides 1 more: it is skipped\.$/);
  assert.equal(inWords(1), "Tile 1 of 4: read queries 1–\u20602, and keys and values 1–\u20602.");
  assert.equal(
    inWords(2),
    "Tile 2 of 4: keep queries 1–\u20602, read keys and values 3–\u20604. 2 rows found a higher score, so their earlier sums are scaled down. These queries are done: divide the outputs by the sums and write them to HBM.",
  );
  assert.equal(keysText({ left: 6, right: 7 }), "key 7");
  assert.match(inWords(4), /Done: 28 numbers moved, 80 in plain attention\.$/);
  assert.deepEqual([short(-Infinity), short(-0.001), short(-2)], ["−∞", "0.00", "−2.00"]);
  assert.deepEqual([range(0, 4), range(3, 4)], ["1–\u20604", "4"]);
});

test("data and picture contain what is shown", () => {
  const { inputs, shape } = LARGE;
  const steps = flashSteps(inputs, shape);
  const state = {
    seq_len: shape.n,
    query_tile: shape.queryTile,
    key_tile: shape.keyTile,
    causal: shape.causal,
  };
  const data = JSON.parse(jsonText(state, inputs, steps, { read: 1, written: 2 }));
  assert.equal(data.tiles.length, steps.length);
  near(data.output, LARGE.output, "JSON");
  assert.ok(data.tiles.some(({ rows }) => rows.some(({ scores }) => scores.includes(null))));
  assert.equal(tileRows(steps).at(-1).moved, moved(flashTraffic(steps).at(-1)));
  const widths = widthsOf(inputs);
  const svg = pictureSVG(
    shape,
    widths,
    steps,
    2,
    { read: 1, written: 2 },
    "a < b",
    (name) => `c-${name}`,
  );
  assert.match(svg, /<title>a &#60; b<\/title>/);
  assert.equal(svg.match(/stroke="c-accent"/g).length, 1 + 3 + 5);
  assert.doesNotMatch(svg, /NaN|undefined/);
});
