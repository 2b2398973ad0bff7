// What the figure computes for a text: the forward pass, with and without the removed parts.

import { useEffect, useMemo, useState } from "preact/hooks";
import { forward } from "../../browser/model/transformer/model.js";
import { partsOf } from "../../browser/model/transformer/parts.js";
import {
  distributionOf,
  guesses,
  lossOf,
  single,
} from "../../browser/model/transformer/reading.js";
import { MOST_TOKENS, positionOf } from "../../ui/live_model/limits.js";
import { readSentence } from "../../ui/live_model/use_sentence.js";
import { partsIn } from "./state.js";

/** @typedef {import("../../ui/live_model/use_model.js").Live} Live */
/** @typedef {import("../../ui/live_model/prediction.js").Prediction} Prediction */

/** How many of the likeliest tokens are listed. */
const LISTED = 5;

/**
 * @typedef {object} Reading
 * @property {Live} live
 * @property {number[]} ids of the tokens that are drawn
 * @property {boolean} isCut whether earlier tokens are left out
 * @property {number} position from 0
 * @property {ReadonlySet<string>} removed
 * @property {(id: number) => string} labelOf
 * @property {string[]} labels of the tokens
 * @property {import("../../browser/model/transformer/model.js").Pass} pass without the removed parts
 * @property {Prediction[]} next the likeliest tokens
 * @property {Prediction} first the likeliest token of the whole model
 * @property {{ label: string, probability: number }[]} guesses on the way up
 * @property {number | undefined} loss
 * @property {number | undefined} wholeLoss with all parts
 */

/**
 * @param {Live} live
 * @param {import("./state.js").State} state
 * @returns {Reading | undefined} undefined for a text without tokens
 */
export function read(live, state) {
  const sentence = readSentence(live, state.text, MOST_TOKENS);
  if (!sentence) return undefined;
  const { model } = live;
  const { ids, pass: whole } = sentence;
  const position = positionOf(state.position, ids.length);
  const removed = new Set(partsIn(state.removed, model.config));
  const pass = removed.size ? forward(model, ids, removed) : whole;
  const labelOf = (/** @type {number} */ id) => live.labels[id] ?? "";
  const normal = distributionOf(model, single(whole.final, position));
  const now = distributionOf(model, single(pass.final, position));
  /** @param {number} id @returns {Prediction} */
  const prediction = (id) => ({
    ...now.candidate(id),
    label: labelOf(id),
    before: normal.candidate(id).probability,
  });
  const loss = lossOf(model, pass, ids);
  return {
    ...sentence,
    live,
    position,
    removed,
    labelOf,
    pass,
    next: now.top(LISTED).map(({ id }) => prediction(id)),
    first: prediction(Number(normal.top(1)[0]?.id)),
    guesses: guesses(model, pass, position, removed).map(({ id, probability }) => ({
      label: labelOf(id),
      probability,
    })),
    loss,
    wholeLoss: pass === whole ? loss : lossOf(model, whole, ids),
  };
}

/** @param {Live | undefined} live @param {import("./state.js").State} state */
export function useReading(live, state) {
  const { text, position, removed } = state;
  return useMemo(() => live && read(live, state), [live, text, position, removed]);
}

/**
 * The probability of the whole model's likeliest token without each part alone, computed one part after
 * another while the page is idle.
 * @param {Reading | undefined} reading
 * @returns {Record<string, number>}
 */
export function useEffects(reading) {
  const [effects, setEffects] = useState(/** @type {Record<string, number>} */ ({}));
  const { live, position, first } = reading ?? {};
  const key = reading?.ids.join(" ");
  useEffect(() => {
    setEffects({});
    if (!reading || !live || position === undefined || !first) return undefined;
    const parts = partsOf(live.model.config);
    /** @type {Record<string, number>} */
    const found = {};
    const next = () => {
      const part = parts.shift();
      if (part === undefined) {
        setEffects(found);
        return;
      }
      const { final } = forward(live.model, reading.ids, new Set([part]));
      found[part] = distributionOf(live.model, single(final, position)).candidate(
        first.id,
      ).probability;
      timer = setTimeout(next);
    };
    let timer = setTimeout(next, 300); // after the reader has stopped typing
    return () => clearTimeout(timer);
  }, [live, key, position]);
  return effects;
}

/**
 * The head that the prediction needs most: it is described until the reader chooses a part.
 * @param {Record<string, number>} effects
 */
export function neededHead(effects) {
  const heads = Object.keys(effects).filter((part) => part.startsWith("head-"));
  return heads.reduce(
    (most, part) => (Number(effects[part]) < Number(effects[most] ?? Infinity) ? part : most),
    "",
  );
}
