// The two curves: over the sequence length, and over the size of the model.

import { useMemo, useState } from "preact/hooks";
import { LONGEST } from "../../browser/accounting/crossover.js";
import { Chart } from "../../ui/chart.jsx";
import { logPosition } from "../../ui/chart_axes.js";
import { percent } from "../../ui/numbers.js";
import { Panel } from "../../ui/panel.jsx";
import { worded } from "../../ui/quantities.js";
import { within } from "../../ui/state.js";
import { nearestStop } from "../../ui/stops.js";
import { formatNumber, t } from "../../ui/strings.js";
import { LENGTHS, overSizes } from "./curves.js";
import { describeCrossover } from "./text.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./curves.js").Fractions} Fractions */

const [SHORTEST, LONGEST_SHOWN] = [LENGTHS[0] ?? 1, LENGTHS.at(-1) ?? 1];
/** @param {number} length */
const xOf = (length) => logPosition(length, SHORTEST, LONGEST_SHOWN);
/** @type {(readonly [x: number, text: string])[]} */
const LENGTH_TICKS = /** @type {const} */ ([
  [128, "128"],
  [1024, "1k"],
  [8192, "8k"],
  [65_536, "64k"],
  [524_288, "512k"],
]).map(([n, text]) => [xOf(n), text]);
/** Circled digits, on the curve and before the sentence. */
const MARKS = ["①", "②"];

/** @typedef {readonly (Fractions & { x: number })[]} Points */

/** @param {Points} points @param {boolean} experts @returns {import("../../ui/chart.jsx").Line[]} */
function linesOf(points, experts) {
  return /** @type {const} */ (["mlp", "scores", "attention"]).map((kind) => ({
    kind,
    name: t(`flops.curve.${kind === "mlp" && experts ? "experts" : kind}`),
    points: points.map((point) => [point.x, point[kind]]),
  }));
}

/** The fractions at any x, interpolated between counted lengths. @param {Points} points @param {number} x @returns {Fractions} */
function fractionsAt(points, x) {
  const after = Math.max(
    1,
    points.findIndex((point) => point.x >= x),
  );
  const [a, b] = [points[after - 1], points[after]];
  if (!a || !b) return { attention: 0, scores: 0, mlp: 0 };
  const weight = (x - a.x) / (b.x - a.x);
  const at = (/** @type {keyof Fractions} */ kind) => a[kind] + weight * (b[kind] - a[kind]);
  return { attention: at("attention"), scores: at("scores"), mlp: at("mlp") };
}

/**
 * @param {{ state: State, curve: (Fractions & { length: number })[], crossings: { attention: number | undefined, scores: number | undefined },
 *   fractions: Fractions, width: number, experts: boolean, set: (changes: Partial<State>) => void }} props
 */
export function LengthCurve({ state, curve, crossings, fractions, width, experts, set }) {
  const points = useMemo(() => curve.map((point) => ({ ...point, x: xOf(point.length) })), [curve]);
  const lines = useMemo(() => linesOf(points, experts), [points, experts]);
  const kinds = /** @type {const} */ (["attention", "scores"]);
  const marks = kinds.flatMap((kind, i) => {
    const length = crossings[kind];
    if (length === undefined || length < SHORTEST || length > LONGEST_SHOWN) return [];
    return [{ x: xOf(length), y: fractionsAt(points, xOf(length))[kind], text: MARKS[i] ?? "" }];
  });
  const [first, last] = [curve[0], curve.at(-1)];
  const description = t("flops.curve.length.summary", {
    from: formatNumber(SHORTEST),
    to: formatNumber(LONGEST_SHOWN),
    first: percent(first?.attention ?? 0),
    last: percent(last?.attention ?? 0),
    mlpFirst: percent(first?.mlp ?? 0),
    mlpLast: percent(last?.mlp ?? 0),
  });
  const here = xOf(within(state.seq_len, SHORTEST, LONGEST_SHOWN));
  const choose = (/** @type {number} */ x) =>
    set({
      seq_len:
        LENGTHS[nearestStop(LENGTHS, SHORTEST * (LONGEST_SHOWN / SHORTEST) ** x)] ?? state.seq_len,
    });
  return (
    <Panel kind="flops-curve" title={t("flops.curve.length")}>
      <Chart
        description={description}
        lines={lines}
        ticks={LENGTH_TICKS}
        axis={t(
          state.phase === "decode" ? "flops.curve.length.axis.decode" : "flops.curve.length.axis",
        )}
        now={{ x: here, text: formatNumber(state.seq_len) }}
        marks={marks}
        pick={choose}
        dots={[
          { kind: "mlp", x: here, y: fractions.mlp },
          { kind: "attention", x: here, y: fractions.attention },
        ]}
      />
      <ul class="cs336-flops-crossings" role="list">
        {kinds.map((kind, i) => (
          <li key={kind}>
            <span aria-hidden="true">
              {marks.some(({ text }) => text === MARKS[i]) ? MARKS[i] : "–"}
            </span>{" "}
            {describeCrossover(kind, crossings[kind], width, LONGEST, experts)}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/**
 * @param {{ state: State, conventions: import("../../browser/accounting/count.js").Conventions, fractions: Fractions, params: number }} props
 */
export function SizeCurve({ state, conventions, fractions, params }) {
  const { seq_len, phase } = state;
  const rungs = useMemo(
    () => overSizes(seq_len, conventions, phase === "decode"),
    [seq_len, phase, conventions],
  );
  const [pointed, point] = useState(/** @type {number | undefined} */ (undefined));
  const [smallest, largest] = [rungs[0]?.params ?? 1, rungs.at(-1)?.params ?? 1];
  const points = rungs.map((rung) => ({ ...rung, x: logPosition(rung.params, smallest, largest) }));
  const [first, last] = [rungs[0], rungs.at(-1)];
  const values = {
    n: formatNumber(seq_len),
    first: percent(first?.attention ?? 0),
    last: percent(last?.attention ?? 0),
    mlpFirst: percent(first?.mlp ?? 0),
    mlpLast: percent(last?.mlp ?? 0),
  };
  const description = t("flops.curve.size.summary", {
    ...values,
    from: worded(smallest),
    to: worded(largest),
  });
  const crossed = rungs.findIndex(({ attention, mlp }) => mlp >= attention);
  const firstRung = rungs[crossed];
  const rung = pointed === undefined ? undefined : rungs[pointed];
  const sentence = rung
    ? t("flops.curve.size.rung", {
        title: rung.title,
        attention: percent(rung.attention),
        mlp: percent(rung.mlp),
      })
    : firstRung === undefined
      ? t("flops.curve.size.none")
      : crossed === 0
        ? t("flops.curve.size.all")
        : t("flops.curve.size.first", {
            title: firstRung.title,
            width: formatNumber(firstRung.d_model),
            n: formatNumber(seq_len),
          });
  const here = logPosition(params, smallest, largest);
  const mark =
    crossed > 0 && firstRung
      ? [{ x: points[crossed]?.x ?? 0, y: firstRung.mlp, text: MARKS[0] ?? "" }]
      : [];
  const inside = here > -0.001 && here < 1.001;
  const nearest = (/** @type {number} */ x) =>
    points.reduce(
      (best, { x: other }, i) =>
        Math.abs(other - x) < Math.abs((points[best]?.x ?? 9) - x) ? i : best,
      0,
    );
  return (
    <Panel kind="flops-curve" title={t("flops.curve.size")}>
      <Chart
        description={description}
        lines={linesOf(points, false)}
        axis={t("flops.curve.size.axis")}
        over={(x) => point(x === undefined ? undefined : nearest(x))}
        ticks={
          /** @type {const} */ ([
            [0, "125M"],
            [3, "1.3B"],
            [6, "13B"],
            [9, "175B"],
          ]).map(([i, text]) => [points[i]?.x ?? 0, text])
        }
        marks={mark}
        now={inside ? { x: here, text: t("flops.curve.here") } : undefined}
        dots={[
          ...points.flatMap(({ x, mlp, attention }) => [
            { kind: "small-mlp", x, y: mlp },
            { kind: "small-attention", x, y: attention },
          ]),
          ...(inside
            ? [
                { kind: "mlp", x: here, y: fractions.mlp },
                { kind: "attention", x: here, y: fractions.attention },
              ]
            : []),
        ]}
      />
      <ul class="cs336-flops-crossings" role="list">
        <li>
          <span aria-hidden="true">{mark.length > 0 && !rung ? MARKS[0] : "–"}</span> {sentence}
        </li>
      </ul>
    </Panel>
  );
}
