// The figure's data and picture, as text for the reader to save.

import { ridgeOf } from "../../browser/accounting/roofline.js";
import { MARGIN, Picture } from "../../ui/picture.js";
import { digits, duration, prefixed } from "../../ui/quantities.js";
import { t } from "../../ui/strings.js";
import { pointOf } from "./operations.js";
import { positionOf, RATES, roofOf, ticksOf } from "./scale.js";
import { KINDS, PHASES } from "./state.js";
import { power, rate } from "./text.js";

/** @typedef {import("./operations.js").Point} Point */
/** @typedef {import("../../browser/accounting/roofline.js").Machine} Machine */
/** @typedef {readonly [first: number, last: number]} Decades */

/** One row per point. @param {readonly Point[]} points */
export function pointRows(points) {
  return points.map(
    ({ kind, phase, flops, bytes, intensity, attainable, computing, moving, seconds, bound }) => ({
      phase,
      operation: kind,
      flops,
      bytes,
      flops_per_byte: intensity,
      flops_per_second: attainable,
      seconds_computing: computing,
      seconds_moving: moving,
      seconds,
      bound,
    }),
  );
}

/**
 * @param {import("./state.js").State} state
 * @param {Machine} machine
 * @param {readonly Point[]} points
 * @param {import("./operations.js").Memory} memory
 */
export function jsonText({ model, precision, batch, context, moved }, machine, points, memory) {
  const data = {
    model,
    precision,
    batch,
    context,
    moved,
    machine: {
      key: machine.key,
      name: machine.name,
      flops_per_second: machine.flops_per_second[precision],
      bytes_per_second: machine.bytes_per_second,
      memory_bytes: machine.memory_bytes,
      ridge: ridgeOf(machine, precision),
    },
    memory: { weights: memory.weights, kv_cache: memory.cache, fits: memory.fits },
    points: pointRows(points),
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}

const PLOT = { left: 128, top: 40, width: 560, height: 230 };
const ROW = 30;
const RADIUS = 6;

/** The color of an operation. @param {string} kind */
const paintOf = (kind) =>
  ({ projections: "attention", scores: "attention", mlp: "mlp", head: "quiet", whole: "ink" })[
    kind
  ] ?? "ink";

/** @param {Point} point @param {number} x @param {number} y @param {(name: string) => string} color */
function mark({ kind, phase }, x, y, color) {
  const paint = `fill="${color(paintOf(kind))}" stroke="${color("surface")}" stroke-width="1.5"`;
  const [cx, cy] = [x.toFixed(1), y.toFixed(1)];
  return phase === "prefill"
    ? `<circle cx="${cx}" cy="${cy}" r="${RADIUS}" ${paint}/>`
    : `<rect x="${(x - RADIUS).toFixed(1)}" y="${(y - RADIUS).toFixed(1)}" width="${2 * RADIUS}" height="${2 * RADIUS}" ${paint}/>`;
}

/**
 * The roofline with all points, the rows below it, and the caption.
 * @param {string} model
 * @param {Machine} machine
 * @param {string} precision
 * @param {readonly Point[]} points
 * @param {Decades} decades
 * @param {string} caption
 * @param {(name: string) => string} color
 */
export function pictureSVG(model, machine, precision, points, decades, caption, color) {
  const picture = new Picture(color);
  const { left, top, width, height } = PLOT;
  const x = (/** @type {number} */ intensity) => left + width * positionOf(intensity, decades);
  const y = (/** @type {number} */ perSecond) => top + height * (1 - positionOf(perSecond, RATES));
  const peak = machine.flops_per_second[precision] ?? 0;
  const ridge = ridgeOf(machine, precision);
  const bottom = top + height + 44 + ROW * KINDS.length;
  picture.text(
    `${model}; ${machine.name}, ${precision}: ${rate(peak)}, ${prefixed(machine.bytes_per_second, "B/s")}`,
    left,
    26,
  );
  for (const tick of ticksOf(RATES)) {
    picture.parts.push(`<path d="M${left} ${y(10 ** tick)}h${width}" stroke="${color("line")}"/>`);
    picture.text(prefixed(10 ** tick, "FLOP/s"), left - 8, y(10 ** tick) + 4, {
      anchor: "end",
      color: "quiet",
    });
  }
  for (const tick of ticksOf(decades)) {
    picture.parts.push(`<path d="M${x(10 ** tick)} ${top}v${height}" stroke="${color("line")}"/>`);
    picture.text(power(tick), x(10 ** tick) - 8, top + height + 18, { color: "quiet" });
  }
  const roof = roofOf(peak, machine.bytes_per_second, decades).map(
    ([a, b]) => `${(left + width * a).toFixed(1)},${(top + height * (1 - b)).toFixed(1)}`,
  );
  picture.parts.push(
    `<path d="M${x(ridge).toFixed(1)} ${y(peak).toFixed(1)}V${bottom}" stroke="${color("control")}" stroke-dasharray="4 4"/>` +
      `<polyline points="${roof.join(" ")}" fill="none" stroke="${color("ink")}" stroke-width="2.5"/>`,
    ...points.map((point) => mark(point, x(point.intensity), y(point.attainable), color)),
  );
  KINDS.forEach((kind, i) => {
    const middle = top + height + 44 + ROW * (i + 0.5);
    picture.text(t(`roofline.kind.${kind}`), left - 8, middle + 5, { anchor: "end" });
    picture.parts.push(`<path d="M${left} ${middle}h${width}" stroke="${color("line")}"/>`);
    picture.parts.push(
      ...PHASES.map((phase) => pointOf(points, kind, phase)).map((point) =>
        mark(point, x(point.intensity), middle, color),
      ),
    );
  });
  picture.y = bottom + 20;
  picture.text(
    `● ${t("roofline.phase.prefill")}, ■ ${t("roofline.phase.decode")}; ${t("roofline.axis.x")}; ${t("roofline.ridge", { n: digits(ridge) })}`,
    MARGIN,
    picture.y,
    { color: "quiet" },
  );
  for (const phase of PHASES) {
    const whole = pointOf(points, "whole", phase);
    picture.y += 20;
    picture.text(
      `${t(`roofline.phase.${phase}`)}: ${duration(whole.seconds)}, ${t(`roofline.bound.${whole.bound}`)}`,
      MARGIN,
      picture.y,
      { color: "quiet" },
    );
  }
  picture.caption(caption);
  return picture.toSVG(caption);
}
