// The number of parameters of a model, and of those active for a token, equal to
// `cs336_core.accounting.parameters`.

import { complete } from "./config.js";
import { forwardOperations } from "./forward.js";
import { macsOf, passOf } from "./operations.js";

/**
 * `active`: parameters used for one token; `embedding`: token and position embeddings;
 * `inMatmuls`: the entries of all matrices that a token is multiplied by, N in “2 N FLOPs per token”.
 * @param {import("./config.js").GivenConfig} given
 */
export function countParameters(given) {
  const operations = forwardOperations(
    passOf(complete(given), { batch: 1, seqLen: 1, cached: 0, pairs: "all", fusedAttention: true }),
    false,
  );
  let [total, idle, embedding, inMatmuls] = [0n, 0n, 0n, 0n];
  for (const operation of operations) {
    const { component, group, params } = operation;
    total += params;
    idle += operation.idle;
    if (component === "embedding" || component === "positions") embedding += params;
    if (group !== "scores") inMatmuls += macsOf(operation);
  }
  return { total, active: total - idle, embedding, nonEmbedding: total - embedding, inMatmuls };
}
