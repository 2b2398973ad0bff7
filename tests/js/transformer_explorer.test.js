import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { softmax } from "../../cs336_core/browser/model/softmax.js";
import { norm, rowOf, sum } from "../../cs336_core/browser/model/transformer/matrix.js";
import { forward, logitsOf } from "../../cs336_core/browser/model/transformer/model.js";
import {
  contributions,
  distributionOf,
  guesses,
  largest,
  logitChanges,
  lossOf,
  single,
} from "../../cs336_core/browser/model/transformer/reading.js";
import { describeHead } from "../../cs336_core/ui/live_model/heads.js";
import { MOST_TOKENS, positionOf, textProblem } from "../../cs336_core/ui/live_model/limits.js";
import { liveModel, withToken } from "../../cs336_core/ui/live_model/use_model.js";
import {
  csvText,
  jsonText,
  pictureSVG,
} from "../../cs336_core/widgets/transformer_explorer/export.js";
import {
  inflow,
  layoutOf,
  strandsOf,
} from "../../cs336_core/widgets/transformer_explorer/river.js";
import { partsIn, toggled } from "../../cs336_core/widgets/transformer_explorer/state.js";
import { describe, partNames } from "../../cs336_core/widgets/transformer_explorer/text.js";
import { neededHead, read } from "../../cs336_core/widgets/transformer_explorer/use_reading.js";

const golden = JSON.parse(
  readFileSync(new URL("golden/transformer.json", import.meta.url), "utf8"),
);
const live = liveModel(golden[0].packed);
const { model } = live;
const STATE = { text: "at the cat", position: 0, part: "", removed: "" };
const reading = (changes = {}) => read(live, { ...STATE, ...changes });
const ids = live.tokenizer.encode(STATE.text);
const pass = forward(model, ids);
const color = (name) => ({ accent: "#00f" })[name] ?? "#000";

test("probabilities sum to 1, and the largest numbers come first", () => {
  const probabilities = softmax(Float32Array.of(1000, 1000, -1000));
  assert.deepEqual([...probabilities], [0.5, 0.5, 0]);
  assert.deepEqual(largest([3, 9, 9, 1, 5], 3), [1, 2, 4]);
  assert.deepEqual(largest([2], 3), [0]);
});

test("everything that is added to the stream sums to the stream", () => {
  const last = ids.length - 1;
  const total = new Float32Array(model.config.d_model);
  for (const { vector, size } of contributions(pass, last)) {
    vector.forEach((x, i) => (total[i] += x));
    assert.ok(Math.abs(size - norm(vector)) < 1e-9);
  }
  const stream = rowOf(pass.blocks.at(-1).output, last);
  total.forEach((x, i) => assert.ok(Math.abs(x - stream[i]) < 1e-4));
});

test("the logit changes of all additions sum to the logits", () => {
  const last = ids.length - 1;
  const logits = logitsOf(model, single(pass.final, last)).data;
  const changes = contributions(pass, last).map(({ vector }) =>
    logitChanges(model, pass, last, vector),
  );
  logits.forEach((logit, id) => {
    const total = changes.reduce((all, change) => all + change[id], 0);
    assert.ok(Math.abs(total - logit) < 1e-3 * Math.max(1, Math.abs(logit)));
  });
});

test("the last guess is the prediction, and the loss is the mean over the tokens that follow", () => {
  const last = ids.length - 1;
  const [best] = distributionOf(model, single(pass.final, last)).top(1);
  assert.deepEqual(guesses(model, pass, last).at(-1), best);
  assert.equal(guesses(model, pass, last).length, 1 + model.config.n_layers);
  const mean =
    ids
      .slice(1)
      .map(
        (id, i) =>
          -Math.log(distributionOf(model, single(pass.final, i)).candidate(id).probability),
      )
      .reduce((a, b) => a + b) /
    (ids.length - 1);
  assert.ok(Math.abs(lossOf(model, pass, ids) - mean) < 1e-6);
  assert.equal(lossOf(model, pass, [5]), undefined);
});

test("what flows in from the tokens are the attention weights, of one head or of all", () => {
  const { size, shares } = inflow(pass, 1, 3, 2);
  const { weights, addition } = pass.blocks[1].attention.heads[2];
  assert.deepEqual(shares, [...rowOf(weights, 3).subarray(0, 4)]);
  assert.equal(size, norm(rowOf(addition, 3)));
  const all = inflow(pass, 1, 3, undefined);
  assert.ok(Math.abs(all.shares.reduce((a, b) => a + b) - 1) < 1e-6);
  assert.equal(all.size, norm(rowOf(pass.blocks[1].attention.addition, 3)));
});

test("the strands of the river are as wide as their vectors are long", () => {
  const layout = layoutOf({ n: 5, selected: 4, room: 600, nBlocks: 2, attention: 54, mlp: 34 });
  const strands = strandsOf(pass, 4, layout, undefined);
  const widths = { embedding: 0, attention: 0, mlp: 0 };
  for (const { kind, width } of strands) widths[kind] += width;
  const lengths = {
    embedding: norm(rowOf(pass.embeddings, 4)),
    attention: pass.blocks.reduce((all, b) => all + norm(rowOf(b.attention.addition, 4)), 0),
    mlp: pass.blocks.reduce((all, { mlp }) => all + norm(rowOf(mlp, 4)), 0),
  };
  for (const kind of ["embedding", "attention"])
    assert.ok(Math.abs(widths[kind] / widths.mlp - lengths[kind] / lengths.mlp) < 0.03, kind);
  for (const { d } of strands) assert.ok(!/NaN|undefined/.test(d));
});

test("columns share the room, and the drawing grows beyond it rather than overlap", () => {
  const size = { room: 300, nBlocks: 2, attention: 54, mlp: 34 };
  const few = layoutOf({ n: 4, selected: 1, ...size });
  assert.equal(few.width, 300);
  few.columns.slice(1).forEach((x, i) => assert.ok(x - few.columns[i] >= few.column - 1e-9));
  const many = layoutOf({ n: 40, selected: 39, ...size });
  assert.ok(many.width > 300 && many.columns.at(-1) < many.width);
  assert.equal(layoutOf({ n: 1, selected: 0, ...size }).columns.length, 1);
  assert.deepEqual(few.blocks[1], { base: 124, middle: 70, top: 36 });
});

test("settings from a link are bounded", () => {
  assert.deepEqual(partsIn("mlp-2,<b>,head-1-3,head-9-9,mlp-2", model.config), [
    "head-1-3",
    "mlp-2",
  ]);
  assert.equal(toggled(["mlp-2"], "positions"), "mlp-2,positions");
  assert.equal(toggled(["mlp-2", "positions"], "mlp-2"), "positions");
  assert.equal(positionOf(0, 5), 4);
  assert.equal(positionOf(2, 5), 1);
  assert.equal(positionOf(60, 5), 4);
  assert.equal(reading({ text: "" }), undefined);
  const long = reading({ text: "zyx".repeat(40) });
  assert.deepEqual([long.ids.length, long.isCut], [MOST_TOKENS, true]);
});

test("a text that is too long or has half a character is refused", () => {
  assert.equal(textProblem("at", 400), "");
  assert.match(textProblem("é".repeat(201), 400), /402 bytes, at most 400/);
  assert.match(textProblem("a\ud83d", 400), /half of a character, U\+D83D, at position 1/);
});

test("the status says what the model expects, and what removed parts change", () => {
  const { next, first } = reading();
  const whole = describe("at", next, first, []);
  assert.ok(whole.startsWith(`After “at”, the model expects “${next[0].label}”`), whole);
  const less = reading({ removed: "mlp-2,positions" });
  assert.equal(less.first.id, first.id);
  assert.equal(less.first.before, first.probability);
  assert.notEqual(less.first.probability, first.probability);
  assert.match(describe("at", less.next, less.first, ["A", "B"]), /Without A, B, the probability/);
  assert.match(describe("at", less.next, less.first, Array(5).fill("A")), /Without 5 parts/);
});

test("a head in words; the first token has only itself", () => {
  const { weights } = pass.blocks[0].attention.heads[0];
  const labels = ["a", "b", "c", "d", "e"];
  assert.equal(describeHead(labels, weights, 0), "“a” can attend only to itself (100\u00a0%).");
  const [first, second] = largest(rowOf(weights, 4), 2);
  const sentence = describeHead(labels, weights, 4);
  assert.ok(sentence.startsWith(`“e” attends most to “${labels[first]}”`), sentence);
  assert.ok(sentence.includes(`and “${labels[second]}”`), sentence);
});

test("a head that attends to a single token", () => {
  const weights = { rows: 2, columns: 2, data: Float32Array.of(1, 0, 0.998, 0.002) };
  assert.equal(describeHead(["a", "b"], weights, 1), "“b” attends only to “a” (100\u00a0%).");
});

test("every part that can be removed has a name", () => {
  const names = partNames(model.config);
  assert.equal(names["head-2-3"], "head 3 of block 2");
  assert.equal(Object.keys(names).length, 2 + 2 * 6);
});

test("the saved data has the weights of every head, and the picture every token as text", () => {
  const shown = reading({ text: "at <b>" });
  const rows = csvText(shown).trim().split("\r\n");
  const n = shown.ids.length;
  assert.equal(rows.length, 1 + 2 * 3 * ((n * (n + 1)) / 2));
  const json = JSON.parse(jsonText({ ...STATE, removed: "mlp-1" }, shown));
  assert.equal(json.settings.removed, "mlp-1");
  assert.equal(json.tokens.length, n);
  assert.equal(json.stream.length, 3);
  assert.equal(json.additions.length, 1 + 2 * 4);
  const picture = pictureSVG(shown, "The <caption>", color);
  assert.ok(picture.includes("&#60;") && !picture.includes("<b>"));
  assert.ok(!/NaN|undefined/.test(picture));
  assert.ok(pictureSVG(undefined, "Nothing", color).startsWith("<svg"));
});

test("the labels of tokens, of which parts of characters are no text", () => {
  assert.equal(live.labels[258], "␣the");
  assert.deepEqual(
    [live.isText[258], live.isText[0x41], live.isText[0xe2], live.isText[0]],
    [true, true, false, false],
  );
});

test("a token is appended to the text, a part of a character is not", () => {
  assert.equal(withToken(live, "at", 258), "at the");
  assert.equal(withToken(live, "at", 0xe2), "at");
});

test("the head whose removal costs most is described first", () => {
  assert.equal(
    neededHead({ "mlp-1": 0, "head-1-1": 0.5, "head-2-1": 0.1, "head-2-2": 0.3 }),
    "head-2-1",
  );
  assert.equal(neededHead({}), "");
});

test("sums of matrices leave their terms as they are", () => {
  const one = { rows: 1, columns: 2, data: Float32Array.of(1, 2) };
  assert.deepEqual([...sum(one, one).data, ...one.data], [2, 4, 1, 2]);
});
