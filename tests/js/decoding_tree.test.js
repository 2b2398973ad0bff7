import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { forward } from "../../cs336_core/browser/model/transformer/model.js";
import {
  lastLogits,
  logProbabilities,
} from "../../cs336_core/browser/model/transformer/reading.js";
import { liveModel } from "../../cs336_core/ui/live_model/use_model.js";
import {
  keptOf,
  METHODS,
  NextTokens,
  nPossible,
  schema,
  stepsOf,
} from "../../cs336_core/widgets/decoding_tree/decoding.js";
import * as files from "../../cs336_core/widgets/decoding_tree/export.js";
import { lineOf, treeOf } from "../../cs336_core/widgets/decoding_tree/layout.js";
import {
  fateOf,
  numberOn,
  resultsOf,
  sentenceOf,
} from "../../cs336_core/widgets/decoding_tree/text.js";

const [{ packed }] = JSON.parse(
  readFileSync(new URL("golden/transformer.json", import.meta.url), "utf8"),
);
const live = liveModel(packed);
const defaults = Object.fromEntries(Object.entries(schema).map(([name, t]) => [name, t.default]));
const stateOf = (settings) => ({ ...defaults, ...settings });
const next = () => new NextTokens(live, [259, 258]);

test("each method keeps texts whose log-probability is that of their tokens", () => {
  for (const method of METHODS) {
    const tokens = next();
    for (const step of stepsOf(tokens, stateOf({ seed: 3 }), method, 5)) {
      for (const { tokens: text, logProb } of keptOf(step)) {
        const total = text.reduce(
          (sum, id, i) => sum + tokens.after(text.slice(0, i)).logProbs[id],
          0,
        );
        assert.ok(Math.abs(total - logProb) < 1e-9);
      }
    }
  }
});

test("what is cached changes nothing", () => {
  const [small, large] = [next(), next()];
  for (let id = 0; id < 260; id++) large.after([id]);
  for (let id = 0; id < 60; id++) large.after([7, id]); // more than are cached
  assert.ok(large.known.size < 300);
  const whole = logProbabilities(lastLogits(live.model, forward(live.model, [259, 258, 7, 9])));
  for (const tokens of [small, large])
    tokens.after([7, 9]).logProbs.forEach((x, id) => assert.ok(Math.abs(x - whole[id]) < 1e-5));
});

test("the sizes of the steps, and what each of them keeps", () => {
  const sizes = (method, settings = {}) =>
    stepsOf(next(), stateOf(settings), method, 3).map((step) => [step.length, keptOf(step).length]);
  assert.deepEqual(sizes("beam"), [
    [3, 3],
    [9, 3],
    [9, 3],
  ]);
  assert.deepEqual(sizes("beam", { width: 1 })[2], [1, 1]);
  assert.deepEqual(sizes("greedy"), [
    [6, 1],
    [6, 1],
    [6, 1],
  ]);
});

test("greedy decoding is a beam of one, and sampling at a temperature of 0", () => {
  const texts = [
    ["greedy", {}],
    ["beam", { width: 1 }],
    ["sampling", { temperature: 0 }],
    ["sampling", { top_k: 1, seed: 9 }],
  ].map(([method, settings]) => keptOf(stepsOf(next(), stateOf(settings), method, 6)[5])[0].tokens);
  for (const text of texts) assert.deepEqual(text, texts[0]);
});

test("the same seed draws the same text, and a token that a rule drops is never drawn", () => {
  const drawn = (seed, settings = {}) =>
    stepsOf(next(), stateOf({ seed, ...settings }), "sampling", 8);
  assert.deepEqual(drawn(1), drawn(1));
  assert.notDeepEqual(drawn(1), drawn(2));
  for (let seed = 0; seed < 20; seed++) {
    for (const step of drawn(seed, { temperature: 2, top_k: 4, top_p: 0.8 })) {
      const [{ droppedBy, probability }] = keptOf(step);
      assert.equal(droppedBy, undefined);
      assert.ok(probability > 0);
    }
  }
  assert.equal(nPossible(next(), stateOf({ top_k: 4 }), []), 4);
  assert.equal(nPossible(next(), stateOf({}), []), 260);
});

test("lines do not cross: children are in the order of their parents", () => {
  const steps = stepsOf(next(), stateOf({ width: 4 }), "beam", 4);
  const { columns, rows, root } = treeOf(steps);
  assert.deepEqual([rows, root], [16, 7.5]);
  for (const [i, column] of columns.entries()) {
    column.slice(1).forEach(({ from, y }, at) => {
      assert.equal(y, column[at].y + 1);
      assert.ok(from >= column[at].from);
    });
    const parents = i ? columns[i - 1].filter(({ rank }) => rank !== undefined) : [{ y: root }];
    for (const { from } of column) assert.ok(parents.some(({ y }) => y === from));
    assert.equal(column.filter(({ isBest }) => isBest).length, 1);
  }
  assert.equal(columns[3].find(({ isBest }) => isBest).rank, 0);
  const dropped = { from: 0, y: 1, rank: undefined };
  assert.notEqual(lineOf(0, dropped), lineOf(0, { ...dropped, rank: 1 }));
  assert.deepEqual(treeOf([]), { columns: [], rows: 1, root: 0 });
});

test("a sentence describes the last step", () => {
  const said = (settings, n) => {
    const [tokens, state] = [next(), stateOf({ step: n, ...settings })];
    return sentenceOf(tokens, state, stepsOf(tokens, state, state.method, n));
  };
  assert.match(said({}, 0), /^The model has read the prompt/);
  assert.match(said({}, 1), /^Step 1: the 3 most probable tokens begin 3 beams/);
  assert.match(said({}, 2), /^Step 2: 3 beams with 3 candidates each make 9; the 3 most probable/);
  assert.match(said({ width: 1 }, 2), /this is greedy decoding/);
  assert.match(said({ method: "greedy" }, 2), /of all 260 tokens, “.+” is the most probable one/);
  assert.match(said({ method: "sampling", top_k: 7 }, 2), /: 7 of 260 tokens can be drawn/);
  assert.match(said({ method: "sampling", temperature: 0 }, 2), /can be drawn, so this step is/);
});

test("a beam without a continuation is named", () => {
  const follow = [
    { tokens: [116], parent: 0, rank: 0 },
    { tokens: [104], parent: 0, rank: 1 },
  ];
  const last = [
    { tokens: [116, 97], parent: 0, rank: 0, probability: 0.5 },
    { tokens: [116, 98], parent: 0, rank: 1, probability: 0.4 },
    { tokens: [104, 97], parent: 1, probability: 0.1 },
  ];
  assert.match(sentenceOf(next(), stateOf({}), [follow, last]), /No continuation of “h” is among/);
});

test("results have the selected method first; candidates have a number and a fate", () => {
  const results = resultsOf(next(), stateOf({ method: "sampling", step: 2 }));
  assert.deepEqual(
    results.map(([name]) => name),
    ["Log p, sampled", "Log p, greedy", "Log p, beam search"],
  );
  for (const [, value] of results) assert.match(value, /^−\d/);
  assert.deepEqual(
    resultsOf(next(), stateOf({ step: 0 })).map(([, value]) => value),
    ["0.00", "0.00", "0.00"],
  );
  const candidate = { logProb: -12.345, probability: 0.25 };
  assert.deepEqual(
    METHODS.map((method) => numberOn(method, candidate)),
    ["−12.3", "−12.3", "25\u00a0%"],
  );
  assert.equal(fateOf("beam", { rank: 1 }), "kept as number 2");
  assert.equal(fateOf("sampling", { rank: undefined, droppedBy: "top_k" }), "beyond top-k");
  assert.equal(fateOf("greedy", { rank: undefined }), "not chosen");
});

test("data and picture hold what is shown", () => {
  const [tokens, state] = [next(), stateOf({ step: 2 })];
  const steps = stepsOf(tokens, state, "beam", 2);
  const csv = files.csvText(tokens, state, steps);
  assert.match(csv, /^step,text,token,probability,log_prob,fate\r\n1,/);
  assert.equal(csv.trim().split("\r\n").length, 1 + 3 + 9);
  const saved = JSON.parse(files.jsonText(tokens, state, steps));
  assert.equal(saved.settings.width, 3);
  assert.equal(saved.candidates.length, 12);
  assert.deepEqual(JSON.parse(files.jsonText(undefined, state, [])).candidates, []);
  const svg = files.pictureSVG(tokens, state, treeOf(steps), "a < b", (name) => `[${name}]`);
  assert.equal(svg.match(/<path/g).length, 12);
  assert.equal(svg.match(/stroke-dasharray/g).length, 6);
  assert.equal(svg.match(/fill="none" stroke="\[accent\]" stroke-width="2"/g).length, 2);
});
