// The map: bands of equal loss, the path of each optimizer up to a step, and where each one is.

import { useMemo } from "preact/hooks";
import { WALKERS } from "../../browser/training/landscape.js";
import { within } from "../../ui/state.js";
import { t } from "../../ui/strings.js";
import { bandsOf, fromMap, pathOf, SIZE, ticksOf, toMap } from "./map.js";

/** @typedef {import("./map.js").State} State */
/** @typedef {import("./map.js").Walker} Walker */
/** @typedef {import("./map.js").Place} Place */

/**
 * @param {{ state: State, walks: Record<Walker, Place[]>, description: string,
 *   start: (x: number, y: number) => void }} props `start`: called with the point that the reader clicks
 */
export function ValleyMap({ state, walks, description, start }) {
  const { losses, low, high, walker, step } = state;
  const bands = useMemo(() => bandsOf({ losses, low, high }), [losses, low, high]);
  const others = WALKERS.filter((name) => name !== walker);
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
      <div class="cs336-valley-plot" role="img" aria-label={description} onPointerDown={pick}>
        <svg viewBox={`0 0 ${SIZE} ${SIZE}`} aria-hidden="true">
          {bands.map((band, i) => (
            <path key={i} class="cs336-valley-band" d={band} fill-rule="evenodd" />
          ))}
          {[...others, walker].map((name) => (
            <polyline
              key={name}
              class={`cs336-valley-path cs336-valley-${name === walker ? "now" : "other"}`}
              points={pathOf(state, walks[name].slice(0, step + 1))}
            />
          ))}
        </svg>
        {[...others, walker].map((name) => (
          <Ball key={name} state={state} walk={walks[name]} name={name} />
        ))}
        {ticksOf(state).map((value) => (
          <span key={value} class="cs336-valley-tick-x" style={{ left: `${toMap(state, value)}%` }}>
            {value}
          </span>
        ))}
        {ticksOf(state).map((value) => (
          <span
            key={value}
            class="cs336-valley-tick-y"
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

/** Where an optimizer is, with its name. @param {{ state: State, walk: readonly Place[], name: Walker }} props */
function Ball({ state, walk, name }) {
  const here = walk[state.step] ?? walk.at(-1);
  if (!here) return null;
  const left = toMap(state, here.x);
  const kind = name === state.walker ? "now" : "other";
  return (
    <span
      class={`cs336-valley-ball cs336-valley-${kind}`}
      style={{ left: `${left}%`, bottom: `${toMap(state, here.y)}%` }}
    >
      <span class={left > SIZE / 2 ? "cs336-valley-before" : ""}>{t(`valley.${name}`)}</span>
    </span>
  );
}
