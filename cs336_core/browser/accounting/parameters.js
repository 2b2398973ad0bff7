// How many parameters a model has, and which of them work on a token: the twin of
// `cs336_core.accounting.parameters`.

import { complete } from "./config.js";
import { forwardOperations } from "./forward.js";
import { macsOf, passOf } from "./operations.js";

/**
 * `active`: those that work on one token; `embedding`: the tables of tokens and positions;
 * `inMatmuls`: the entries of all matrices that a token is multiplied by, N in “2 N FLOPs per token”.
 * @param {import("./config.js").GivenConfig} given
 */
export function countParameters(given) {
  const operations = forwardOperations(
    passOf(complete(given), { batch: 1, seqLen: 1, cached: 0, pairs: "all", fusedAttention: true }),
    false,
  );
  let [total, idle, embedding, inMatmuls] = [0n, 0n, 0n, 0n];
  for (const each of operations) {
    total += each.params;
    idle += each.idle;
    if (each.component === "embedding" || each.component === "positions") embedding += each.params;
    if (each.group !== "scores") inMatmuls += macsOf(each);
  }
  return { total, active: total - idle, embedding, nonEmbedding: total - embedding, inMatmuls };
}
