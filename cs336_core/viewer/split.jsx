// Two panels side by side, and a bar between them that can be moved.

import { useRef, useState } from "preact/hooks";
import { t } from "../ui/strings.js";

const LEAST = 25;
const MOST = 80;
const KEY = "cs336-trace-split";

/** What was chosen last time, in per cent. */
function kept() {
  try {
    return Number(localStorage.getItem(KEY)) || 60;
  } catch {
    return 60; // the browser keeps nothing for this page
  }
}

/** @param {number} share */
function keep(share) {
  try {
    localStorage.setItem(KEY, String(share));
  } catch {
    // It holds until the page is left.
  }
}

/**
 * @param {{ left: import("preact").ComponentChildren, right: import("preact").ComponentChildren | null }} props
 */
export function Split({ left, right }) {
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [share, setShare] = useState(kept);
  /** @param {number} to */
  const move = (to) => {
    const within = Math.round(Math.min(MOST, Math.max(LEAST, to)));
    setShare(within);
    keep(within);
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
    const way = event.key === "ArrowLeft" ? -5 : event.key === "ArrowRight" ? 5 : 0;
    if (!way) return;
    event.stopPropagation();
    event.preventDefault();
    move(share + way);
  };
  if (right === null) return <div class="cs336-split cs336-alone">{left}</div>;
  return (
    <div ref={root} class="cs336-split" style={{ "--share": `${share}%` }}>
      {left}
      <div
        class="cs336-bar-between"
        role="separator"
        tabIndex={0}
        aria-orientation="vertical"
        aria-label={t("trace.split")}
        aria-valuemin={LEAST}
        aria-valuemax={MOST}
        aria-valuenow={share}
        onPointerDown={drag}
        onPointerMove={drag}
        onKeyDown={press}
      />
      {right}
    </div>
  );
}
