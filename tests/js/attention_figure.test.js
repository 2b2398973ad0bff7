import assert from "node:assert/strict";
import { test } from "node:test";
import { attend } from "../../cs336_core/browser/model/attention.js";
import { jsonText, pictureSVG, rows } from "../../cs336_core/widgets/attention_explorer/export.js";
import { bounded } from "../../cs336_core/widgets/attention_explorer/state.js";
import "../../cs336_core/widgets/attention_explorer/strings.en.js";
import {
  cellsOf,
  describe,
  describeEmpty,
  describeSettings,
  number,
  whyMasked,
} from "../../cs336_core/widgets/attention_explorer/text.js";

const STATE = {
  tokens: ["the", " cat", "<b>"],
  features: ["animal", "other"],
  q: [
    [
      [0, 0],
      [2, 0],
      [0, 1],
    ],
    [
      [0, 0],
      [0, 0],
      [0, 0],
    ],
  ],
  k: [
    [
      [0, 1],
      [3, 0],
      [-12, 4],
    ],
    [
      [0, 0],
      [0, 0],
      [0, 0],
    ],
  ],
  v: [
    [[1], [2], [3]],
    [[1], [2], [3]],
  ],
  head: 0,
  stage: "weights",
  mask: "causal",
  window: 2,
  prefix: 2,
  padding: 0,
  temperature: 1,
  scaled: false,
  row: 1,
  column: 1,
};
const attention = (changes = {}) =>
  attend(STATE.q[0], STATE.k[0], STATE.v[0], { ...STATE, ...changes });
const texts = (changes, stage) =>
  cellsOf(attention(changes), stage).map((row) => row.map(({ text }) => text).join(" "));

test("cells show scores before and after the mask, and weights without the zero", () => {
  assert.deepEqual(texts({}, "scores"), ["0.0 0.0 0.0", "0.0 6.0 −24", "1.0 0.0 4.0"]);
  assert.deepEqual(texts({}, "masked"), ["0.0 −∞ −∞", "0.0 6.0 −∞", "1.0 0.0 4.0"]);
  assert.deepEqual(texts({}, "weights"), ["1 0 0", ".00 1 0", ".05 .02 .94"]);
  assert.deepEqual(cellsOf(attend([[40]], [[1000]], [[1]], STATE), "scores")[0][0].text, "4e4");
});

test("colors range from the lowest to the highest score, masked or not, and from weight 0 to 1", () => {
  const strengths = (stage) => cellsOf(attention(), stage)[1].map(({ strength }) => strength);
  assert.deepEqual(strengths("scores"), [0.8, 1, 0]);
  assert.deepEqual(strengths("masked"), [0.8, 1, 0]);
  assert.deepEqual(
    cellsOf(attention(), "masked")[1].map(({ masked }) => masked),
    [false, false, true],
  );
  assert.ok(strengths("weights")[1] > 0.99);
  assert.equal(cellsOf(attend([[0]], [[0]], [[1]], STATE), "scores")[0][0].strength, 0);
});

test("the description of a cell: its score and weight, or why it is masked", () => {
  const inWords = (row, column, changes = {}) =>
    describe(STATE.tokens, attention(changes), row, column, { ...STATE, ...changes });
  assert.equal(
    inWords(1, 1),
    "“␣cat” attends to “␣cat” with the score 6.00; the softmax turns it into the weight 1.00.",
  );
  assert.match(
    inWords(0, 1),
    /“the” may not attend to “␣cat”: “␣cat” comes later\. Its weight is 0\./,
  );
  assert.match(inWords(0, 2, { mask: "prefix" }), /comes later and is not in the prefix/);
  assert.match(inWords(2, 0, { mask: "window" }), /“the” is outside the window of 2 tokens/);
  assert.match(inWords(2, 2, { padding: 1 }), /“<b>” is padding/);
  assert.equal(
    inWords(2, 2, { mask: "window", window: 1, padding: 1 }),
    "All weights of “<b>” are 0, and so is its output.",
  );
  assert.match(
    whyMasked(STATE.tokens, 2, 0, { ...STATE, mask: "window", window: 1 }),
    /includes only the token itself/,
  );
});

test("the description of the settings, and of rows of zeros", () => {
  assert.equal(describeSettings({ ...STATE, scaled: true }), "Head 1. Causal mask.");
  const set = { ...STATE, head: 1, mask: "window", padding: 2, temperature: 0.5 };
  assert.equal(
    describeSettings(set),
    "Head 2. Sliding window of 2. The last 2 tokens are padding. Temperature 0.5. Not divided by √2.",
  );
  assert.equal(
    describeSettings({
      ...STATE,
      q: [STATE.q[0]],
      mask: "prefix",
      prefix: 3,
      padding: 1,
      scaled: true,
    }),
    "Prefix of 3. The last token is padding.",
  );
  assert.equal(describeEmpty(STATE.tokens, [false, false, false]), "");
  assert.equal(
    describeEmpty(STATE.tokens, [false, true, false]),
    "“␣cat” has nothing to attend to: zeros.",
  );
  assert.equal(
    describeEmpty(STATE.tokens, [true, true, false]),
    "“the”, “␣cat” have nothing to attend to: zeros.",
  );
});

test("numbers have two decimals, and huge ones a power of ten", () => {
  assert.deepEqual([-1.5, 0, -0.001, 16e6, -16e7].map(number), [
    "−1.50",
    "0.00",
    "0.00",
    "2e7",
    "−2e8",
  ]);
});

test("settings from a URL are clamped to their bounds", () => {
  const wild = {
    head: 9,
    stage: "x",
    mask: "y",
    window: 0,
    prefix: 99,
    padding: -1,
    temperature: 0,
    row: -5,
    column: 3,
  };
  const { head, stage, mask, window, prefix, padding, temperature, row, column } = bounded({
    ...STATE,
    ...wild,
  });
  assert.deepEqual(
    [head, stage, mask, window, prefix, padding, temperature, row, column],
    [1, "weights", "causal", 1, 3, 0, 0.1, 0, 2],
  );
  assert.deepEqual(bounded(STATE), STATE);
});

test("the saved data has a row per cell and head", () => {
  const all = rows(STATE);
  assert.equal(all.length, 2 * 9);
  assert.deepEqual(all[5], {
    head: 0,
    query_position: 1,
    key_position: 2,
    query: " cat",
    key: "<b>",
    dot_product: -24,
    score: -24,
    may_attend: "false",
    weight: 0,
  });
  const saved = JSON.parse(jsonText(STATE));
  assert.equal(saved.settings.mask, "causal");
  assert.deepEqual(saved.heads[1].weights[1], [0.5, 0.5, 0]);
});

test("the picture has a square per cell, and hostile tokens stay text", () => {
  const color = (name) => ({ "heat-max": "0.75" })[name] ?? "#000";
  const picture = pictureSVG(STATE, attention(), "The <caption>", color);
  assert.equal(picture.match(/<rect /g).length, 1 + 9);
  assert.equal(picture.match(/<path /g).length, 3);
  assert.ok(!/<b>|<caption>|NaN/.test(picture) && picture.includes("&#60;b&#62;"));
  const many = { ...STATE, tokens: Array(24).fill("a very long token indeed") };
  const zeros = Array(24).fill([0]);
  assert.ok(
    pictureSVG(many, attend(zeros, zeros, zeros, STATE), "", color).includes("a␣very␣long␣t…"),
  );
});
