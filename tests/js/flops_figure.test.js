import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { complete, problemOf } from "../../cs336_core/browser/accounting/config.js";
import { percent } from "../../cs336_core/ui/numbers.js";
import {
  counted,
  crossovers,
  fractionsOf,
  LENGTHS,
  overLengths,
  overSizes,
} from "../../cs336_core/widgets/flops_explorer/curves.js";
import { csvRows, jsonText, pictureSVG } from "../../cs336_core/widgets/flops_explorer/export.js";
import { PRESETS } from "../../cs336_core/widgets/flops_explorer/presets.js";
import { presetKinds } from "../../cs336_core/widgets/flops_explorer/presets_strip.js";
import {
  bounded,
  conventionsOf,
  isChanged,
  modelOf,
  UNCHANGED,
} from "../../cs336_core/widgets/flops_explorer/state.js";
import {
  KNOBS,
  knobValue,
  settle,
  stopsOf,
} from "../../cs336_core/widgets/flops_explorer/stops.js";
import "../../cs336_core/widgets/flops_explorer/strings.en.js";
import {
  describe,
  describeCrossover,
  describeProblem,
  flopsText,
  formulaOf,
  lettersOf,
  operationText,
  titleOf,
} from "../../cs336_core/widgets/flops_explorer/text.js";

const STATE = {
  ...UNCHANGED,
  own: {},
  preset: "gpt3-175b",
  seq_len: 2048,
  phase: "prefill",
  unit: "FLOP",
  pairs: "all",
  head: true,
  work: "forward",
  elementwise: false,
  part: "scores",
};
const rowsOf = (state) =>
  counted(modelOf(state).config, state.seq_len, conventionsOf(state), state.phase === "decode");
const sentence = (changes, now = false) => {
  const state = bounded({ ...STATE, ...changes });
  const rows = rowsOf(state);
  const all = rows.reduce((sum, { flops }) => sum + flops, 0n);
  return describe(
    state,
    all,
    fractionsOf(rows),
    complete(modelOf(state).config).experts !== undefined,
    now,
  ).replaceAll("\u00a0", " ");
};

test("settings from a URL are clamped to their bounds", () => {
  const wild = {
    preset: "<b>",
    n_layers: -4,
    d_model: 999_999_999,
    seq_len: 0,
    phase: "x",
    unit: "MAC",
    pairs: "",
    work: "backward",
    elementwise: true,
    part: "__proto__",
    mlp: "constructor",
    n_experts: 5000,
  };
  const {
    preset,
    n_layers,
    d_model,
    seq_len,
    phase,
    unit,
    pairs,
    work,
    elementwise,
    part,
    mlp,
    n_experts,
  } = bounded({ ...STATE, ...wild });
  assert.deepEqual(
    [preset, n_layers, d_model, seq_len, phase, unit, pairs],
    ["gpt3-175b", 0, 100_000, 1, "prefill", "MAC", "all"],
  );
  assert.deepEqual(
    [work, elementwise, part, mlp, n_experts],
    ["forward", false, "scores", "", 1024],
  );
  for (const name of ["toString", "__proto__", ""])
    assert.equal(bounded({ ...STATE, preset: name }).preset, "gpt3-175b");
  assert.deepEqual(bounded(STATE), STATE);
  assert.equal(bounded({ ...STATE, phase: "decode", work: "full" }).work, "forward");
  const own = { vocab_size: 9, context_length: 9, n_layers: 1, d_model: 8, n_heads: 2 };
  assert.equal(bounded({ ...STATE, own, preset: "" }).preset, "");
  assert.equal(bounded({ ...STATE, own, preset: "x" }, "").preset, "");
  assert.equal(bounded({ ...STATE, preset: "x" }, "llama-3-8b").preset, "llama-3-8b");
});

test("every stop of every slider gives a valid model", () => {
  for (const preset of PRESETS.keys()) {
    const state = { ...STATE, preset };
    for (const name of KNOBS) {
      const model = complete(modelOf(state).config);
      const stops = stopsOf(name, model);
      assert.ok(
        stops.length > 0 && stops.every((stop, i) => i === 0 || stop > stops[i - 1]),
        `${preset} ${name}`,
      );
      for (const stop of stops) {
        const settled = modelOf({ ...state, ...settle(state, name, stop) });
        assert.ok(settled, `${preset} ${name} ${stop}`);
        assert.equal(
          knobValue(complete(settled.config), name),
          name === "n_active" && !model.experts ? 1 : stop,
          `${preset} ${name} ${stop}`,
        );
      }
    }
  }
});

test("a change implies others, and restoring a value undoes it", () => {
  const llama = { ...STATE, preset: "llama-3-8b" };
  assert.deepEqual(settle(llama, "n_heads", 4), { n_heads: 4, n_kv_heads: 4 });
  assert.deepEqual(settle(llama, "n_heads", 32), { n_heads: 0, n_kv_heads: 0 });
  assert.deepEqual(settle(STATE, "n_heads", 48), { n_heads: 48, n_kv_heads: 0 });
  assert.deepEqual(settle({ ...STATE, d_ff: 100 }, "d_ff", 49_152), { d_ff: 0 });
  assert.deepEqual(settle({ ...STATE, d_model: 768 }, "d_ff", 3072), { d_ff: 0 });
  assert.deepEqual(settle(llama, "mlp", "gated"), { mlp: "" });
  assert.deepEqual(settle(llama, "mlp", "plain"), { mlp: "plain" });
  assert.deepEqual(settle({ ...llama, n_experts: 8, n_active: 8 }, "n_experts", 4), {
    n_experts: 4,
    n_active: 0,
  });
  assert.deepEqual(settle({ ...llama, n_experts: 8, d_ff: 512 }, "n_experts", 1), {
    n_experts: 0,
    n_active: 0,
    d_ff: 0,
  });
  assert.ok(!isChanged(STATE) && isChanged({ ...STATE, mlp: "gated" }));
});

test("a sequence longer than the table of positions extends it, with a note", () => {
  assert.equal(modelOf(STATE).stretched, undefined);
  const { config, stretched } = modelOf({ ...STATE, seq_len: 4096 });
  assert.deepEqual([config.context_length, stretched], [4096, 2048]);
  assert.equal(modelOf({ ...STATE, seq_len: 2048, phase: "decode" }).config.context_length, 2049);
  assert.equal(modelOf({ ...STATE, preset: "llama-3-8b", seq_len: 2 ** 20 }).stretched, undefined);
});

test("the description of the figure", () => {
  assert.equal(
    sentence({}),
    "GPT-3 175B processes 2,048 tokens: 735 TFLOPs. Attention takes 35.0 %, less than the MLP with 64.6 %.",
  );
  assert.match(
    sentence({ seq_len: 65_536 }, true),
    /Attention now takes 64\.\d %, more than the MLP with 35\.\d %\./,
  );
  assert.match(sentence({ seq_len: 24_576 }), /as much as the MLP\.$/);
  assert.match(
    sentence({ preset: "deepseek-v3", phase: "decode", n_layers: 3 }),
    /^DeepSeek-V3 \(changed\) generates one token after 2,048 others: .* GFLOPs\. Attention takes .* than the experts with/,
  );
  assert.match(sentence({ unit: "MAC" }), /: 367 TMACs\./);
  assert.equal(titleOf({ ...STATE, preset: "" }), "Your own model");
});

test("the description of crossovers", () => {
  const inWords = (...args) => describeCrossover(...args, 2 ** 24, false);
  assert.equal(
    inWords("attention", 24_576, 12_288),
    "24,576 tokens, 2 × the width: attention takes as much as the MLP.",
  );
  assert.match(inWords("scores", 49_152, 12_288), /^49,152 tokens, 4 × the width/);
  assert.match(
    inWords("attention", undefined, 8),
    /less than the MLP at all lengths up to 16,777,216 tokens/,
  );
  assert.match(inWords("attention", 1, 8), /at every length/);
  assert.match(inWords("scores", 1, 8), /^So do scores/);
});

test("an invalid model is explained, with what to do", () => {
  const inWords = (changes) =>
    describeProblem(
      problemOf({
        vocab_size: 9,
        context_length: 9,
        n_layers: 1,
        d_model: 1024,
        n_heads: 8,
        ...changes,
      }),
    );
  assert.equal(
    inWords({ n_heads: 7 }),
    "A width of 1,024 cannot be split into 7 equal heads. Choose a number of heads that divides it, or another width.",
  );
  assert.match(
    inWords({ n_kv_heads: 3 }),
    /^8 query heads cannot share 3 key and value heads evenly\. Choose a number that divides 8\./,
  );
  assert.match(inWords({ d_head: 5 }), /heads of width 5 have 5 to rotate/);
  assert.match(
    inWords({ experts: { n_experts: 2, n_active: 3, d_ff: 4 } }),
    /^There cannot be more active experts \(3\) than experts \(2\)\./,
  );
});

test("dimensions in symbols and numbers, with a legend", () => {
  const rows = rowsOf({ ...STATE, work: "training" });
  const scores = rows.find(({ operation }) => operation === "scores");
  assert.deepEqual(formulaOf(scores), {
    letters: "6 × L × h × T × S × d_h",
    numbers: "6 × 96 × 96 × 2,048 × 2,048 × 128",
  });
  assert.equal(
    formulaOf(rows.find(({ operation }) => operation === "query")).letters,
    "6 × L × T × d × (h d_h)",
  );
  assert.equal(formulaOf(rows[0]), undefined);
  for (const preset of PRESETS.keys()) {
    for (const phase of ["prefill", "decode"]) {
      for (const pairs of ["all", "attended"]) {
        const all = rowsOf({ ...STATE, preset, phase, pairs, elementwise: true });
        assert.ok(
          lettersOf(all).every(([, what]) => what) &&
            all.every(({ operation }) => operationText(operation)),
        );
      }
    }
  }
  assert.deepEqual(
    lettersOf([scores]).map(([letter]) => letter),
    ["L", "h", "T", "S", "d_h"],
  );
});

test("numbers are rounded", () => {
  assert.equal(percent(0.6472), "64.7\u00a0%");
  assert.equal(flopsText(1_234_000_000_000n, "FLOP"), "1.23\u00a0TFLOPs");
  assert.equal(flopsText(0n, "MAC"), "0\u00a0MACs");
});

test("the curves: attention never falls with the length, the MLP never with the size", () => {
  const how = conventionsOf(STATE);
  for (const [preset, { config }] of PRESETS) {
    const curve = overLengths(config, how, false);
    assert.equal(curve.length, LENGTHS.length);
    assert.ok(
      curve.every(({ attention }, i) => i === 0 || attention >= curve[i - 1].attention),
      preset,
    );
  }
  const sizes = overSizes(2048, how, false);
  assert.ok(sizes.every(({ mlp }, i) => i === 0 || mlp >= sizes[i - 1].mlp));
  assert.deepEqual(LENGTHS.slice(0, 5), [128, 160, 192, 224, 256]);
  assert.ok(LENGTHS.includes(24_576) && LENGTHS.at(-1) === 2 ** 20);
});

test("the saved data keeps every digit, and the picture its numbers", () => {
  const state = { ...STATE, seq_len: 2 ** 20 };
  const { config } = modelOf(state);
  const rows = rowsOf(state);
  const how = conventionsOf(state);
  const [curve, crossings] = [overLengths(config, how, false), crossovers(config, how, false)];
  const saved = JSON.parse(jsonText(state, config, rows, curve, crossings));
  assert.equal(saved.flops.scores, String(4n * 96n * 12_288n * 2n ** 40n));
  assert.equal(
    BigInt(saved.flops.all),
    csvRows(rows).reduce((sum, { flops }) => sum + BigInt(flops), 0n),
  );
  assert.deepEqual(
    [saved.crossovers.attention, saved.settings.preset, saved.fractions.length],
    [24_576, "gpt3-175b", LENGTHS.length],
  );
  assert.equal(
    csvRows(rows).find(({ operation }) => operation === "scores").dimensions,
    "96 × 1 × 96 × 1048576 × 1048576 × 128",
  );
  const picture = pictureSVG(state, rows, curve, crossings, false, "A <caption>", () => "#000");
  assert.equal(picture.match(/<polyline /g).length, 3);
  assert.ok(!/<caption>|NaN|undefined/.test(picture) && picture.includes("Scores and values"));
});

test("the strip has every model, with the MLP's part as Python counts it", () => {
  const strip = JSON.parse(
    readFileSync(new URL("golden/presets_strip.json", import.meta.url), "utf8"),
  );
  const kinds = presetKinds();
  const members = new Map(kinds.flatMap((kind) => kind.members.map((each) => [each.name, each])));
  assert.equal(members.size, strip.length);
  for (const { name, mlp } of strip) assert.ok(Math.abs(members.get(name).mlp - mlp) < 1e-12, name);
  assert.deepEqual(
    kinds.map(({ kind, largest }) => [kind, largest.name]),
    [
      ["plain", "opt-175b"],
      ["gated", "baichuan2-13b"],
      ["shared", "llama-3.1-405b"],
    ],
  );
  // Two matrices can never take more than two thirds.
  assert.ok(kinds[0].members.every(({ mlp }) => mlp < 2 / 3));
});
