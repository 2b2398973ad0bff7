// One pair of entries: a point of the query and one of the key, on a dial.

import { decimal } from "../../ui/numbers.js";
import { t } from "../../ui/strings.js";
import { sector } from "./shapes.js";
import { apart, degrees, speed } from "./text.js";

/** @typedef {import("../../browser/model/rotary.js").Pair} Pair */

const MARK = 0.085;

/**
 * The mark of a query or a key: a disc, or a square.
 * @param {{ kind: "query" | "key", x: number, y: number, hollow?: boolean }} props
 */
function Mark({ kind, x, y, hollow = false }) {
  const look = hollow ? "cs336-rotary-hollow" : "cs336-rotary-mark";
  if (kind === "query") return <circle class={look} cx={x} cy={-y} r={MARK} />;
  return <rect class={look} x={x - MARK} y={-y - MARK} width={2 * MARK} height={2 * MARK} />;
}

/**
 * A point: hollow before its rotation, filled after it.
 * @param {{ kind: "query" | "key", point: [x: number, y: number], angle: number, scale: number }} props
 */
function Hand({ kind, point, angle, scale }) {
  const [x, y] = [point[0] * scale, point[1] * scale];
  return (
    <g class={`cs336-rotary-${kind}`}>
      <Mark kind={kind} x={x} y={y} hollow />
      <g class="cs336-rotary-turned" style={{ transform: `rotate(${-angle}rad)` }}>
        <line x2={x} y2={-y} />
        <Mark kind={kind} x={x} y={y} />
      </g>
    </g>
  );
}

/**
 * @param {{ pair: Pair, number: number, scale: number }} props `scale`: the factor from vectors to
 *   the drawing, where the dial's radius is 1
 */
export function Dial({ pair, number, scale }) {
  const { between } = pair;
  const facts = [
    t("rotary.dial.speed", { turn: speed(pair.frequency) }),
    between === undefined
      ? t("rotary.dial.none")
      : t("rotary.dial.between", { angle: apart(between) }),
    t("rotary.dial.product", { product: decimal(pair.product, 2) }),
  ];
  const name = t("rotary.dial", { n: number });
  const turned = t("rotary.dial.turned", {
    query: degrees(pair.queryAngle),
    key: degrees(pair.keyAngle),
  });
  return (
    <li class="cs336-rotary-dial">
      <svg viewBox="-1.2 -1.2 2.4 2.4" role="img" aria-label={`${name}: ${turned}`}>
        <circle class="cs336-rotary-rim" r="1.1" />
        <path class="cs336-rotary-axes" d="M-1.1 0H1.1M0-1.1V1.1" />
        {between !== undefined && (
          <path
            class="cs336-rotary-between cs336-rotary-turned"
            d={sector(pair.key, between)}
            style={{ transform: `rotate(${-pair.keyAngle}rad)` }}
          />
        )}
        <Hand kind="key" point={pair.key} angle={pair.keyAngle} scale={scale} />
        <Hand kind="query" point={pair.query} angle={pair.queryAngle} scale={scale} />
      </svg>
      <p>
        <b>{name}</b>
      </p>
      {facts.map((fact, i) => (
        <p key={i} class="cs336-quiet">
          {fact}
        </p>
      ))}
    </li>
  );
}
