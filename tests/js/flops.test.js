import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { complete, problemOf } from "../../cs336_core/browser/accounting/config.js";
import { byGroup, countFlops, fractionOf } from "../../cs336_core/browser/accounting/count.js";
import { kvCacheBytes } from "../../cs336_core/browser/accounting/memory.js";
import { attendedPairs } from "../../cs336_core/browser/accounting/operations.js";
import { countParameters } from "../../cs336_core/browser/accounting/parameters.js";
import { crossovers } from "../../cs336_core/widgets/flops_explorer/curves.js";
import { families, LADDER, PRESETS } from "../../cs336_core/widgets/flops_explorer/presets.js";
import { changed, reaching } from "../../cs336_core/widgets/flops_explorer/settings.js";

const golden = JSON.parse(readFileSync(new URL("golden/flops.json", import.meta.url), "utf8"));

/** A row in the format of the golden file. */
const formatted = ({ group, operation, factors, flops, params, bytes }) => [
  group,
  operation,
  factors.map(([symbol]) => symbol).join(" × "),
  factors.map(([, size]) => size).join(" × "),
  ...[flops, params, bytes].map(String),
];

test("every row equals Python's, to the last FLOP, in every convention", () => {
  const seen = new Map();
  let large = 0;
  for (const { config, counts } of golden) {
    for (const { batch, seq_len, cached, bytes_per_value, conventions, rows } of counts) {
      const ours = countFlops(config, batch, seq_len, conventions, {
        cached,
        bytesPerValue: bytes_per_value,
      });
      assert.deepEqual(
        ours.map(formatted),
        rows,
        JSON.stringify({ config, batch, seq_len, cached, conventions }),
      );
      for (const entry of Object.entries({ ...conventions, cached }))
        seen.set(entry.join(), (seen.get(entry.join()) ?? 0) + 1);
      if (ours.some(({ flops }) => flops > Number.MAX_SAFE_INTEGER)) large++;
    }
  }
  for (const convention of [
    "unit,MAC",
    "pairs,attended",
    "head,false",
    "logits,last",
    "work,backward",
    "work,training",
    "recompute,selective",
    "recompute,full",
    "elementwise,true",
    "fused_attention,false",
    "cached,0",
  ]) {
    assert.ok(seen.get(convention) > 20, convention);
  }
  assert.ok(large >= 20, `${large} counts are beyond 2⁵³`);
});

test("parameter counts equal Python's", () => {
  for (const { config, parameters } of golden) {
    const { total, active, embedding, nonEmbedding, inMatmuls } = countParameters(config);
    const ours = { total, active, embedding, non_embedding: nonEmbedding, in_matmuls: inMatmuls };
    assert.deepEqual(
      Object.fromEntries(Object.entries(ours).map(([name, n]) => [name, String(n)])),
      parameters,
    );
  }
});

test("the KV cache equals Python's, byte for byte", () => {
  for (const { config, kv_cache } of golden) {
    for (const [tokens, bytes] of Object.entries(kv_cache))
      assert.equal(String(kvCacheBytes(config, Number(tokens))), bytes);
  }
});

test("the product of a row's factors, times its multiplier, is its FLOPs", () => {
  const { config } = golden[0];
  for (const { factors, times, flops } of countFlops(config, 1, 8, {
    work: "training",
    recompute: "selective",
  })) {
    if (factors.length)
      assert.equal(
        factors.reduce((all, [, n]) => all * BigInt(n), BigInt(times)),
        flops,
      );
  }
});

test("groups and fractions", () => {
  const config = {
    vocab_size: 1,
    context_length: 16,
    n_layers: 1,
    d_model: 8,
    n_heads: 2,
    activation: "gelu",
  };
  const sums = byGroup(countFlops(config, 1, 16, { head: false }));
  assert.equal(fractionOf(sums.projections + sums.scores, sums.all), 0.5);
  assert.equal(byGroup(countFlops(config, 1, 16), "params").scores, 0n);
  assert.equal(fractionOf(0n, 0n), 0);
});

test("attended pairs of a causal mask", () => {
  assert.deepEqual(
    [attendedPairs(4), attendedPairs(4, 0, 2), attendedPairs(1, 9), attendedPairs(1, 9, 3)],
    [10, 7, 10, 3],
  );
});

const settings = JSON.parse(
  readFileSync(new URL("golden/flops_settings.json", import.meta.url), "utf8"),
);

test("a changed model equals Python's, and an invalid one is rejected like in Python", () => {
  const problems = new Set();
  for (const { preset, changes, tokens, config } of settings) {
    const model = changed(PRESETS.get(preset).config, changes);
    const problem = problemOf(model);
    assert.equal(problem === undefined, config !== null, JSON.stringify({ preset, changes }));
    if (problem) problems.add(problem.why);
    else {
      const ours = complete(reaching(model, tokens));
      assert.deepEqual(
        Object.fromEntries(Object.keys(config).map((name) => [name, ours[name] ?? null])),
        config,
        JSON.stringify({ preset, changes }),
      );
    }
  }
  assert.deepEqual([...problems].sort(), ["active", "heads", "kv_heads", "rotary"]);
});

test("crossovers of attention and MLP equal Python's", () => {
  for (const { preset, changes, config, decode, pairs, crossovers: theirs } of settings) {
    if (config === null) continue;
    const ours = crossovers(changed(PRESETS.get(preset).config, changes), { pairs }, decode);
    assert.deepEqual(
      { attention: ours.attention ?? null, scores: ours.scores ?? null },
      theirs,
      JSON.stringify({ preset, changes, decode, pairs }),
    );
  }
  const { config } = PRESETS.get("gpt3-175b");
  assert.deepEqual(crossovers(config, {}, false), { attention: 2 * 12288, scores: 4 * 12288 });
});

test("every preset has a family, and the size ladder is sorted", () => {
  const names = families().flatMap(([, members]) => members.map(([name]) => name));
  assert.deepEqual(names.toSorted(), [...PRESETS.keys()].toSorted());
  assert.equal(families().length, 9);
  const sizes = LADDER.map((name) => countParameters(PRESETS.get(name).config).total);
  assert.ok(sizes.every((size, i) => i === 0 || size > sizes[i - 1]));
  for (const name of LADDER) {
    const { n_kv_heads, n_heads, d_ff, d_model, gated } = complete(PRESETS.get(name).config);
    assert.deepEqual([n_kv_heads, d_ff, gated], [n_heads, 4 * d_model, false]);
  }
});
