// The whole run at a glance: a band for each call, from its first step to its last, deeper calls
// further down. Pointing scrubs; the slider beside it does the same by keyboard.

import { useEffect, useRef } from "preact/hooks";
import { colorsOf } from "../ui/colors.js";
import { t } from "../ui/strings.js";
import { hue } from "../ui/tokens.js";
import { functionName } from "./labels.js";

/** @typedef {import("./trace/trace_index.js").Story} Story */

const ROW = 14; // pixels
const ROWS = 6; // deeper calls share the last one
const NARROW = 40; // pixels, below which a band has no name

/** The hue of a function: the same wherever it is called. @param {string} name */
function hueOf(name) {
  let sum = 7;
  for (const c of name) sum = (Math.imul(sum, 31) + /** @type {number} */ (c.codePointAt(0))) | 0;
  return hue(sum);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Story} story
 * @param {number[]} ticks steps that are marked
 */
function draw(canvas, story, ticks) {
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const scale = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (!context || !width) return;
  const color = colorsOf(canvas);
  const hues = Array.from({ length: 8 }, (_, i) => color(`hue-${i}`));
  const ink = color("ink");
  const accent = color("accent");
  context.scale(scale, scale);
  context.font = `11px ${getComputedStyle(canvas).fontFamily}`;
  context.textBaseline = "middle";
  const step = width / Math.max(1, story.trace.steps.length);
  for (const call of story.calls) {
    const row = Math.min(ROWS, call.depth) - 1;
    for (const [first, last] of call.spans) {
      const x = first * step;
      const wide = Math.max(1, (last - first + 1) * step - (step > 3 ? 1 : 0));
      context.fillStyle = hues[hueOf(call.function)] ?? "";
      context.fillRect(x, row * ROW, wide, ROW - 2);
      if (wide < NARROW) continue;
      context.save();
      context.beginPath();
      context.rect(x, row * ROW, wide - 4, ROW);
      context.clip();
      context.fillStyle = ink;
      context.fillText(functionName(call.function), x + 4, row * ROW + ROW / 2 - 1);
      context.restore();
    }
  }
  context.fillStyle = accent;
  for (const tick of ticks)
    context.fillRect(tick * step, height - 4, Math.max(1.5, Math.min(4, step)), 4);
}

/**
 * @param {{ story: Story, step: number, ticks: number[], go: (step: number) => void }} props
 *   `ticks`: the steps that change the variable that is followed
 */
export function Timeline({ story, step, ticks, go }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const count = story.trace.steps.length;
  const rows = Math.min(ROWS, story.deepest);
  useEffect(() => {
    const { current } = canvas;
    if (!current) return undefined;
    const redraw = () => draw(current, story, ticks);
    const sizes = new ResizeObserver(redraw);
    const themes = new MutationObserver(redraw);
    sizes.observe(current);
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    redraw();
    return () => {
      sizes.disconnect();
      themes.disconnect();
    };
  }, [story, ticks]);
  /** @param {PointerEvent & { currentTarget: HTMLCanvasElement }} event */
  const scrub = (event) => {
    if (!(event.buttons & 1)) return;
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    go(Math.floor((event.offsetX / event.currentTarget.clientWidth) * count));
  };
  return (
    <div class="cs336-timeline" style={{ height: `${rows * ROW + 6}px` }}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={t("trace.timeline", { n: story.calls.length })}
        onPointerDown={scrub}
        onPointerMove={scrub}
      />
      <span
        class="cs336-cursor"
        aria-hidden="true"
        style={{ left: `${(100 * (step + 0.5)) / count}%` }}
      />
    </div>
  );
}
