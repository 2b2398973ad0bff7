// What the figure shows, in words and as rows.

import { fixed } from "../../ui/numbers.js";
import { plural, t } from "../../ui/strings.js";
import { lowestOf } from "./map.js";
import "./strings.en.js";

/** @typedef {import("./map.js").State} State */
/** @typedef {import("../../browser/training/landscape.js").Point} Point */
/** @typedef {import("../../browser/training/landscape.js").Method} Method */

/** @param {State} state @param {readonly Point[]} path */
export function sentenceOf(state, path) {
  const here = path[state.step]; // undefined once it has left the map
  const last = path.at(-1);
  return t(here ? "valley.status" : "valley.status.left", {
    method: t(`valley.${state.method}`),
    steps: plural("valley.steps", here ? state.step : path.length),
    loss: fixed((here ?? last)?.loss ?? Number.NaN, 3),
    lowest: fixed(lowestOf(state), 3),
  });
}

/** @param {State} state @param {readonly Point[]} path */
export function resultsOf(state, path) {
  const here = path[state.step] ?? path.at(-1);
  return /** @type {const} */ ([
    [t("valley.loss"), here ? fixed(here.loss, 2) : "–"],
    [t("valley.lowest"), fixed(lowestOf(state), 2)],
  ]);
}

/** One row per step of each optimizer. @param {Record<Method, Point[]>} paths */
export const rowsOf = (paths) =>
  Object.entries(paths).flatMap(([optimizer, path]) =>
    path.map((point, step) => ({ optimizer, step, ...point })),
  );
