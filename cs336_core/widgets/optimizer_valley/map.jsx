// The map: bands of equal loss, the path of each optimizer up to a step, and where each one is.

import { useMemo } from "preact/hooks";
import { METHODS } from "../../browser/training/landscape.js";
import { within } from "../../ui/state.js";
import { t } from "../../ui/strings.js";
import { sidesOf } from "./labels.js";
import { bandsOf, fromMap, polylineOf, SIZE, ticksOf, toMap } from "./map.js";

/** @typedef {import("./map.js").State} State */
/** @typedef {import("./map.js").Method} Method */
/** @typedef {import("./map.js").Point} Point */

/**
 * @param {{ state: State, paths: Record<Method, Point[]>, description: string,
 *   start: (x: number, y: number) => void }} props `start`: called with the point that the reader clicks
 */
export function ValleyMap({ state, paths, description, start }) {
  const { losses, low, high, method, step } = state;
  const bands = useMemo(() => bandsOf({ losses, low, high }), [losses, low, high]);
  const others = METHODS.filter((name) => name !== method);
  /** @param {PointerEvent} event */
  const pick = (event) => {
    const target = /** @type {HTMLElement} */ (event.currentTarget);
    const { left, top, width, height } = target.getBoundingClientRect();
    const across = within((event.clientX - left) / width, 0, 1);
    const up = within(1 - (event.clientY - top) / height, 0, 1);
    start(fromMap(state, across), fromMap(state, up));
  };
  return (
    <div class="cs336-valley-map">
      <p class="cs336-quiet">{t("valley.axis.y")}</p>
      <div
        class="cs336-chart-plot cs336-valley-plot"
        role="img"
        aria-label={description}
        onPointerDown={pick}
      >
        <svg viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
          {bands.map((band, i) => (
            <path key={i} class="cs336-valley-band" d={band} fill-rule="evenodd" />
          ))}
          {[...others, method].map((name) => (
            <polyline
              key={name}
              class={`cs336-valley-path cs336-valley-${name === method ? "now" : "other"}`}
              points={polylineOf(state, paths[name].slice(0, step + 1))}
            />
          ))}
        </svg>
        <Balls state={state} paths={paths} order={[...others, method]} />
        {ticksOf(state).map((value) => (
          <span key={value} class="cs336-chart-tick-x" style={{ left: `${toMap(state, value)}%` }}>
            {value}
          </span>
        ))}
        {ticksOf(state).map((value) => (
          <span
            key={value}
            class="cs336-chart-tick-y"
            style={{ bottom: `${toMap(state, value)}%` }}
          >
            {value}
          </span>
        ))}
      </div>
      <p class="cs336-valley-axis cs336-quiet">{t("valley.axis.x")}</p>
    </div>
  );
}

/** Where the optimizers are, with their names. @param {{ state: State, paths: Record<Method, Point[]>, order: readonly Method[] }} props */
function Balls({ state, paths, order }) {
  const balls = order.flatMap((method) => {
    const here = paths[method][state.step] ?? paths[method].at(-1);
    const name = t(`valley.${method}`);
    return here ? [{ method, name, x: toMap(state, here.x), y: toMap(state, here.y) }] : [];
  });
  const sides = sidesOf(balls);
  return balls.map(({ method, name, x, y }, i) => (
    <span
      key={method}
      class={`cs336-valley-ball cs336-valley-${method === state.method ? "now" : "other"}`}
      style={{ left: `${x}%`, bottom: `${y}%` }}
    >
      <span class={`cs336-valley-${sides[i]}`}>{name}</span>
    </span>
  ));
}
