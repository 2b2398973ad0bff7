// What the figure shows, in words and as rows.

import { fixed } from "../../ui/numbers.js";
import { plural, t } from "../../ui/strings.js";
import { lowestOf } from "./map.js";
import "./strings.en.js";

/** @typedef {import("./map.js").State} State */
/** @typedef {import("../../browser/training/landscape.js").Place} Place */
/** @typedef {import("../../browser/training/landscape.js").Walker} Walker */

/** Where an optimizer is at a step; undefined once it has left the map. @param {readonly Place[]} walk @param {number} step */
export const placeAt = (walk, step) => walk[step];

/** @param {State} state @param {readonly Place[]} walk */
export function sentenceOf(state, walk) {
  const here = placeAt(walk, state.step);
  const last = walk.at(-1);
  return t(here ? "valley.status" : "valley.status.left", {
    walker: t(`valley.${state.walker}`),
    steps: plural("valley.steps", here ? state.step : walk.length),
    loss: fixed((here ?? last)?.loss ?? Number.NaN, 3),
    lowest: fixed(lowestOf(state), 3),
  });
}

/** @param {State} state @param {readonly Place[]} walk */
export function resultsOf(state, walk) {
  const here = placeAt(walk, state.step) ?? walk.at(-1);
  return /** @type {const} */ ([
    [t("valley.loss"), here ? fixed(here.loss, 2) : "–"],
    [t("valley.lowest"), fixed(lowestOf(state), 2)],
  ]);
}

/** One row per step of each optimizer. @param {Record<Walker, Place[]>} walks */
export const rowsOf = (walks) =>
  Object.entries(walks).flatMap(([optimizer, walk]) =>
    walk.map((place, step) => ({ optimizer, step, ...place })),
  );
