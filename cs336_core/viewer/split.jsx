// Two panels side by side with a movable bar between them.

import { useRef, useState } from "preact/hooks";
import { within } from "../ui/state.js";
import { t } from "../ui/strings.js";

/** The width of the left panel, in percent. */
const MIN = 25;
const MAX = 80;
const DEFAULT = 60;
const KEY = "cs336-trace-split";

function savedWidth() {
  try {
    return Number(localStorage.getItem(KEY)) || DEFAULT;
  } catch {
    return DEFAULT; // the browser stores nothing for this page
  }
}

/** @param {number} width */
function saveWidth(width) {
  try {
    localStorage.setItem(KEY, String(width));
  } catch {
    // The width lasts until the reader leaves the page.
  }
}

/**
 * @param {{ left: import("preact").ComponentChildren, right: import("preact").ComponentChildren | null }} props
 */
export function Split({ left, right }) {
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [width, setWidth] = useState(savedWidth);
  /** @param {number} to */
  const move = (to) => {
    const clamped = Math.round(within(to, MIN, MAX));
    setWidth(clamped);
    saveWidth(clamped);
  };
  /** @param {PointerEvent & { currentTarget: HTMLElement }} event */
  const drag = (event) => {
    if (!(event.buttons & 1) || !root.current) return;
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    const box = root.current.getBoundingClientRect();
    move((100 * (event.clientX - box.left)) / box.width);
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const change = event.key === "ArrowLeft" ? -5 : event.key === "ArrowRight" ? 5 : 0;
    if (!change) return;
    event.stopPropagation();
    event.preventDefault();
    move(width + change);
  };
  if (right === null) return <div class="cs336-split cs336-alone">{left}</div>;
  return (
    <div ref={root} class="cs336-split" style={{ "--left-width": `${width}%` }}>
      {left}
      <div
        class="cs336-bar-between"
        role="separator"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={t("trace.split")}
        aria-valuemin={MIN}
        aria-valuemax={MAX}
        aria-valuenow={width}
        onPointerDown={drag}
        onPointerMove={drag}
        onKeyDown={press}
      />
      {right}
    </div>
  );
}
