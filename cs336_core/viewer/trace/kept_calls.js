// The calls whose variables the viewer keeps on the page, out of view, so that it need not draw them
// again when the reader is back in one of them.

/** @typedef {import("./call.js").Call} Call */

/** Calls that are kept, the one in view included. */
const MAX_KEPT = 12;

/**
 * The calls to keep, the innermost one last: those in progress rather than those that have returned,
 * recent ones rather than earlier ones.
 * @param {Call[]} kept so far
 * @param {Call[]} inProgress innermost first
 */
export function keptCalls(kept, inProgress) {
  const [innermost] = inProgress;
  const running = new Set(inProgress);
  const others = kept.filter((call) => call !== innermost);
  return [
    ...others.filter((call) => !running.has(call)),
    ...others.filter((call) => running.has(call)),
    ...(innermost ? [innermost] : []),
  ].slice(-MAX_KEPT);
}
