// The dataflow of a plot. A plot may come from anyone, and a page cannot interrupt a running loop, so
// the work is counted as it is done.

import { parse, View } from "vega";
import { bound } from "./plot_bounds.js";
import { expressions } from "./plot_expressions.js";
import { boundTransforms } from "./plot_transforms.js";

boundTransforms();

/** Vega's view, untyped for access to its dataflow. @type {new (...options: any[]) => any} */
const VegaView = /** @type {any} */ (View);

/** A view that stops when its dataflow does too much work; the limits apply to each run. */
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
 * Creates a view of a compiled specification.
 * @param {any} compiled
 * @param {Record<string, unknown>} options Vega's
 * @returns {View}
 */
export function boundedView(compiled, options) {
  const runtime = parse(withoutCursor(compiled), {}, { ast: true });
  return /** @type {any} */ (new BoundedView(runtime, { ...options, expr: expressions }));
}

/** A plot must not change the mouse cursor of the page. @param {any} compiled */
function withoutCursor(compiled) {
  return {
    ...compiled,
    signals: compiled.signals?.filter((/** @type {any} */ { name }) => name !== "cursor"),
  };
}
