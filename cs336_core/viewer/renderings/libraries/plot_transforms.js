// Estimates the work of a plot's transforms before they run.

import { transforms } from "vega";
import { bound, widest } from "./plot_bounds.js";

/** @typedef {(...args: any[]) => any} Call */

/**
 * The rows that a transform processes.
 * @param {any} pulse
 * @returns {number}
 */
const rowsOf = (pulse) => pulse.source?.length ?? pulse.add?.length ?? 0;

/**
 * How many distinct values a field has.
 * @param {any} pulse
 * @param {Call} [field]
 */
function distinct(pulse, field) {
  const found = new Set();
  if (field) pulse.visit(pulse.SOURCE, (/** @type {any} */ row) => found.add(field(row)));
  return Math.max(1, found.size);
}

/** @param {any} pulse @param {Call[]} [fields] */
const crossed = (pulse, fields = []) => fields.reduce((n, field) => n * distinct(pulse, field), 1);

/** Operations that update incrementally as a window moves; others visit the whole window per row. */
const INCREMENTAL =
  /^(?:count|valid|missing|sum|mean|average|product|variancep?|stdevp?|stderr|rank|dense_rank|percent_rank|cume_dist|ntile|row_number|lag|lead|(?:first|last|nth|prev|next)_value)$/;

/** @param {any} parameters @param {any} pulse */
function windowed({ ops = [], frame = [null, 0] }, pulse) {
  const rows = rowsOf(pulse);
  const [first, last] = frame;
  const width = first === null || last === null ? rows : Math.min(rows, Math.abs(last - first));
  const grows = (/** @type {string} */ op) => first === null && /^(?:min|max)$/.test(op);
  return (
    rows *
    ops.filter((/** @type {string} */ op) => !INCREMENTAL.test(op) && !grows(op)).length *
    width
  );
}

/**
 * The ticks of an axis, the entries of a legend.
 * @param {any} parameters
 */
function ticked({ scale, count, values, formatSpecifier }) {
  bound(
    "letters",
    widest(typeof formatSpecifier === "object" ? JSON.stringify(formatSpecifier) : formatSpecifier),
  );
  bound("ticks", values?.length ?? 0);
  if (typeof count === "number") bound("ticks", count);
  const interval = typeof count === "object" && count !== null ? count.interval : count;
  if (typeof interval !== "string") return 0;
  const [from, to] = [scale.domain()[0], scale.domain().at(-1)];
  bound(
    "ticks",
    Math.abs(to - from) / ((MILLISECONDS[interval.replace(/s$/, "")] ?? 1) * (count.step || 1)) ||
      0,
  );
  return 0;
}

/** @type {Record<string, number>} */
const MILLISECONDS = {
  millisecond: 1,
  second: 1e3,
  minute: 6e4,
  hour: 3.6e6,
  day: 8.64e7,
  week: 6e8,
  month: 2.4e9,
  quarter: 7e9,
  year: 3e10,
};

/** @param {any} parameters */
function scaled({ base, bins, schemeCount, nice, domain, domainMin, domainMax }) {
  if (bins && !Array.isArray(bins)) {
    const [from, to] = [
      bins.start ?? domainMin ?? domain?.[0],
      bins.stop ?? domainMax ?? domain?.at(-1),
    ];
    bound("ticks", Math.abs((to - from) / bins.step) || 0);
  }
  bound(
    "ticks",
    Math.max(bins?.length ?? 0, Number(base) || 0, Number(schemeCount) || 0, Number(nice) || 0),
  );
  return 0;
}

/** @param {any} parameters */
function meshed({ extent, extentMajor, extentMinor, step, stepMajor, stepMinor, precision = 2.5 }) {
  const [[left, bottom], [right, top]] = extentMinor ??
    extentMajor ??
    extent ?? [
      [-180, -90],
      [180, 90],
    ];
  const steps = [step, stepMajor, stepMinor].flatMap((value) => value ?? []).map(Number);
  const finest = Math.max(1e-9, Math.min(10, ...steps, ...steps.map(() => precision)));
  return (Math.abs(right - left) / finest) * (Math.abs(top - bottom) / Math.min(finest, precision));
}

/**
 * The work of transforms that is not proportional to their rows.
 * @type {Record<string, (parameters: any, pulse: any) => number>}
 */
const WORK = {
  aggregate: ({ cross, groupby }, pulse) =>
    (cross ? bound("rows", crossed(pulse, groupby)) : 0) ?? 0,
  axisticks: ticked,
  flatten({ fields }, pulse) {
    let n = 0;
    pulse.visit(
      pulse.SOURCE,
      (/** @type {any} */ row) =>
        (n += Math.max(0, ...fields.map((/** @type {Call} */ field) => field(row)?.length ?? 0))),
    );
    return bound("rows", n) ?? n;
  },
  fold: ({ fields }, pulse) => bound("rows", rowsOf(pulse) * fields.length) ?? 0,
  graticule: meshed,
  impute({ key, keyvals = [], groupby }, pulse) {
    const n = (keyvals.length + distinct(pulse, key)) * crossed(pulse, groupby);
    return bound("rows", n) ?? n;
  },
  kde: ({ steps, minsteps = 25, maxsteps = 200 }, pulse) =>
    (1 + rowsOf(pulse) / 10) * (steps ?? Math.max(minsteps, maxsteps)),
  legendentries: ticked,
  loess: ({ bandwidth = 0.3 }, pulse) => rowsOf(pulse) ** 2 * bandwidth,
  pivot: ({ field, limit }, pulse) =>
    rowsOf(pulse) * Math.min(limit || Infinity, distinct(pulse, field)),
  projection: ({ precision = 1 }) => (precision < 0.05 ? Infinity : 0),
  quantile: ({ step = 0.01, groupby }, pulse) => crossed(pulse, groupby) / step,
  regression: ({ order = 0 }) => order ** 4,
  scale: scaled,
  window: windowed,
};

/** Makes Vega's transforms check and count their work before they run. */
export function boundTransforms() {
  /** @type {Record<string, any>} */
  const known = transforms;
  for (const [name, work] of Object.entries(WORK)) {
    known[name] = class extends known[name] {
      /** @param {any} parameters @param {any} pulse */
      transform(parameters, pulse) {
        pulse.dataflow.spend(work(parameters, pulse));
        return super.transform(parameters, pulse);
      }
    };
  }
  for (const name of ["facet", "prefacet"]) {
    known[name] = class extends known[name] {
      /** @param {string} key @param {any} flow @param {any} pulse @param {any} parent */
      subflow(key, flow, pulse, parent) {
        if (!Object.hasOwn(this.value, key)) bound("views", ++pulse.dataflow.views);
        return super.subflow(key, flow, pulse, parent);
      }
    };
  }
}
