import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { byGroup, countFlops, shareOf } from "../../cs336_core/widgets/flops/count.js";
import { attendedPairs } from "../../cs336_core/widgets/flops/operations.js";
import { countParameters } from "../../cs336_core/widgets/flops/parameters.js";

const golden = JSON.parse(readFileSync(new URL("golden/flops.json", import.meta.url), "utf8"));

/** A row as the golden file has it. */
const told = ({ group, operation, factors, flops, params, bytes }) => [
  group, operation, factors.map(([letter]) => letter).join(" × "), factors.map(([, number]) => number).join(" × "), ...[flops, params, bytes].map(String),
];

test("every row equals Python's, to the last FLOP, in every convention", () => {
  const seen = new Map();
  let large = 0;
  for (const { config, counts } of golden) {
    for (const { batch, seq_len, fused_attention, bytes_per_value, rows, ...conventions } of counts) {
      const ours = countFlops(config, batch, seq_len, { ...conventions, fusedAttention: fused_attention, bytesPerValue: bytes_per_value });
      assert.deepEqual(ours.map(told), rows, JSON.stringify({ config, batch, seq_len, ...conventions }));
      for (const each of Object.entries(conventions)) seen.set(each.join(), (seen.get(each.join()) ?? 0) + 1);
      if (ours.some(({ flops }) => flops > Number.MAX_SAFE_INTEGER)) large++;
    }
  }
  for (const convention of ["unit,MAC", "pairs,attended", "head,false", "work,backward", "work,training", "recompute,selective", "recompute,full", "elementwise,true", "cached,0"]) {
    assert.ok(seen.get(convention) > 20, convention);
  }
  assert.ok(large >= 20, `${large} counts are beyond 2⁵³`);
});

test("the parameters equal Python's", () => {
  for (const { config, parameters } of golden) {
    const { total, active, embedding, nonEmbedding, multiplied } = countParameters(config);
    const ours = { total, active, embedding, non_embedding: nonEmbedding, multiplied };
    assert.deepEqual(Object.fromEntries(Object.entries(ours).map(([name, n]) => [name, String(n)])), parameters);
  }
});

test("a product multiplied by what stands before it is the row's FLOPs", () => {
  const { config } = golden[0];
  for (const { factors, times, flops } of countFlops(config, 1, 8, { work: "training", recompute: "selective" })) {
    if (factors.length) assert.equal(factors.reduce((all, [, n]) => all * BigInt(n), BigInt(times)), flops);
  }
});

test("groups and shares", () => {
  const config = { vocab_size: 1, context_length: 16, n_layers: 1, d_model: 8, n_heads: 2, activation: "gelu" };
  const sums = byGroup(countFlops(config, 1, 16, { head: false }));
  assert.equal(shareOf(sums.projections + sums.scores, sums.all), 0.5);
  assert.equal(byGroup(countFlops(config, 1, 16), "params").scores, 0n);
  assert.equal(shareOf(0n, 0n), 0);
});

test("pairs that a causal mask leaves", () => {
  assert.deepEqual([attendedPairs(4), attendedPairs(4, 0, 2), attendedPairs(1, 9), attendedPairs(1, 9, 3)], [10, 7, 10, 3]);
});
