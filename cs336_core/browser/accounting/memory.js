// The size of the KV cache, equal to that of `cs336_core.accounting.memory`.

import { complete } from "./config.js";
import { product } from "./operations.js";

/**
 * The bytes of the KV cache of one sequence.
 * @param {import("./config.js").GivenConfig} given
 * @param {number} tokens
 * @param {number} [bytesPerValue]
 */
export function kvCacheBytes(given, tokens, bytesPerValue = 2) {
  const { latent, n_kv_heads, d_head, window, n_layers } = complete(given);
  const width = latent ? latent.kv_rank + latent.rope_head_dim : 2 * n_kv_heads * d_head;
  return product(window ? Math.min(tokens, window) : tokens, n_layers, width, bytesPerValue);
}
