// The size of the KV cache, equal to that of `cs336_core.accounting.memory`.

import { complete, layersByType } from "./config.js";
import { product } from "./operations.js";

/**
 * The bytes of the KV cache of one sequence.
 * @param {import("./config.js").GivenConfig} given
 * @param {number} tokens
 * @param {number} [bytesPerValue]
 */
export function kvCacheBytes(given, tokens, bytesPerValue = 2) {
  const config = complete(given);
  const { latent, n_kv_heads, d_head, window } = config;
  const width = latent ? latent.kv_rank + latent.rope_head_dim : 2 * n_kv_heads * d_head;
  const inWindow = window ? Math.min(tokens, window) : tokens;
  return layersByType(config).reduce(
    (bytes, [kind, layers]) =>
      bytes + product(kind === "full" ? tokens : inWindow, layers, width, bytesPerValue),
    0n,
  );
}
