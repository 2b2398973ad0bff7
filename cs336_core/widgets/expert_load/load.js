// What the figure shows, without any drawing: this is what a test in Node.js reads.

import { schema } from "#schema/expert_load";
import { decimal, percent } from "../../ui/numbers.js";
import { within } from "../../ui/state.js";
import { formatNumber, plural, t } from "../../ui/strings.js";
import "./strings.en.js";

/**
 * @typedef {import("#schema/expert_load").Traits & { loads: number[][] }} State
 * @typedef {{ expert: number, processed: number, dropped: number }} Row
 */

export { schema };

/** The step that is shown, which a link may have set beyond the last. @param {State} state */
export const shownStep = ({ step, loads }) => within(step, 0, loads.length - 1);

/** How many tokens each expert processes and drops. @param {State} state */
export function loadOf(state) {
  const load = state.loads[shownStep(state)] ?? [];
  const total = load.reduce((sum, tokens) => sum + tokens, 0);
  const mean = total / load.length;
  const room = Math.ceil(state.capacity * mean);
  /** @type {Row[]} */
  const rows = load.map((tokens, i) => {
    const processed = Math.min(tokens, room);
    return { expert: i + 1, processed, dropped: tokens - processed };
  });
  const dropped = rows.reduce((sum, row) => sum + row.dropped, 0);
  const most = Math.max(...load);
  return { rows, total, mean, room, dropped, most, busiest: load.indexOf(most) + 1 };
}

/** The largest load of any step, which has the longest bar. @param {State["loads"]} loads */
export const largestOf = (loads) => Math.max(...loads.flat());

/** @param {State} state */
export function resultsOf(state) {
  const { dropped, total, most, mean, room } = loadOf(state);
  return /** @type {const} */ ([
    [t("expert_load.dropped"), percent(dropped / total)],
    [t("expert_load.busiest"), t("expert_load.times", { n: decimal(most / mean, 1) })],
    [t("expert_load.room"), formatNumber(room)],
  ]);
}

/** @param {State} state */
export function sentenceOf(state) {
  const { dropped, most, mean, room, busiest } = loadOf(state);
  return t(`expert_load.status.${dropped ? "some" : "none"}`, {
    steps: plural("expert_load.steps", shownStep(state)),
    busiest,
    most: formatNumber(most),
    mean: formatNumber(Math.round(mean)),
    room: formatNumber(room),
    dropped: formatNumber(dropped),
  });
}
