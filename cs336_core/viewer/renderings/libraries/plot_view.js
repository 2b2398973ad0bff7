// The dataflow of a plot. A plot may come from anyone, and a page cannot stop a loop that runs: so what
// is done is counted as it goes.

import { parse, View } from "vega";
import { bound } from "./plot_bounds.js";
import { expressions } from "./plot_expressions.js";
import { boundTransforms } from "./plot_transforms.js";

boundTransforms();

/** Vega's view, with what it inherits from its dataflow. @type {new (...options: any[]) => any} */
const VegaView = /** @type {any} */ (View);

/** A view that stops where its dataflow does too much; each run has the same bounds. */
class BoundedView extends VegaView {
  work = 0;
  views = 0;

  /** @param {number} work */
  spend(work) {
    this.work += work;
    bound("work", this.work);
  }

  /** @param {any[]} options */
  evaluate(...options) {
    this.work = this.views = 0;
    return super.evaluate(...options);
  }

  /** @param {any} operator @param {string} [encode] */
  _getPulse(operator, encode) {
    const pulse = super._getPulse(operator, encode);
    bound("rows", pulse.source?.length ?? 0);
    this.spend(20 + (pulse.add?.length ?? 0) + (pulse.mod?.length ?? 0));
    return pulse;
  }
}

/**
 * A view of a compiled specification.
 * @param {any} compiled
 * @param {Record<string, unknown>} options Vega's
 * @returns {View}
 */
export function boundedView(compiled, options) {
  const runtime = parse(withoutCursor(compiled), {}, { ast: true });
  return /** @type {any} */ (new BoundedView(runtime, { ...options, expr: expressions }));
}

/** The mouse's cursor is the page's. @param {any} compiled */
function withoutCursor(compiled) {
  return {
    ...compiled,
    signals: compiled.signals?.filter((/** @type {any} */ { name }) => name !== "cursor"),
  };
}
