// Beam search, equal to `beam_steps` of cs336_core.inference.beam_search with one group, no length
// penalty and no end token.

import { largest } from "../model/transformer/reading.js";

/** A partial sequence; `logProb`: the sum of its tokens' log-probabilities, in nats. @typedef {{ tokens: readonly number[], logProb: number }} Beam */
/**
 * A sequence that a step considered. `parent`: the rank, in the step before, of the beam that it
 * extends; `rank`: its own among the beams of this step, from 0, undefined if it was dropped.
 * @typedef {Beam & { parent: number, rank: number | undefined }} Candidate
 */

/**
 * Yields the candidates of each step, sorted by log-probability. Those with a rank are the beams of
 * the next step. Ties go to the sequence found first.
 * @param {(tokens: readonly number[]) => ArrayLike<number>} nextLogProbs the log-probability of each
 *   token after a partial sequence
 * @param {number} width how many beams are kept, and how many tokens extend each of them
 * @param {number} length the number of steps
 * @returns {Generator<Candidate[], void, void>}
 */
export function* beamSteps(nextLogProbs, width, length) {
  /** @type {Beam[]} */
  let beams = [{ tokens: [], logProb: 0 }];
  for (let step = 0; step < length; step++) {
    const candidates = beams
      .flatMap(({ tokens, logProb }, parent) => {
        const logProbs = nextLogProbs(tokens);
        return largest(logProbs, width).map((token) => ({
          tokens: [...tokens, token],
          logProb: logProb + Number(logProbs[token]),
          parent,
        }));
      })
      .sort((a, b) => b.logProb - a.logProb)
      .map((candidate, i) => ({ ...candidate, rank: i < width ? i : undefined }));
    yield candidates;
    beams = candidates.slice(0, width);
  }
}
