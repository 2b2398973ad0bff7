// The whole run at a glance: a band per call, from its first step to its last, with deeper calls
// further down. Dragging scrubs; the slider next to it does the same from the keyboard.

import { useEffect, useRef } from "preact/hooks";
import { colorsOf } from "../ui/colors.js";
import { plural } from "../ui/strings.js";
import { hue } from "../ui/tokens.js";
import { functionName } from "./labels.js";

/** @typedef {import("./trace/trace_index.js").TraceIndex} TraceIndex */

const ROW_HEIGHT = 14; // pixels
const MAX_ROWS = 6; // deeper calls share the last row
const EVENT_WIDTH = 12; // pixels
const MIN_EVENT_WIDTH = 5; // pixels of a step; in narrower ones only exceptions are marked
const MIN_LABEL_WIDTH = 40; // pixels; narrower bands have no name

/** The hue of a function, the same for all of its calls. @param {string} name */
function hueOf(name) {
  let sum = 7;
  for (const c of name) sum = (Math.imul(sum, 31) + /** @type {number} */ (c.codePointAt(0))) | 0;
  return hue(sum);
}

/**
 * Marks what statements returned (a triangle that points back), yielded (a dot) and raised (a cross).
 * @param {CanvasRenderingContext2D} context
 * @param {TraceIndex} index
 * @param {number} width of a step
 * @param {string} ink
 */
function drawEvents(context, { trace, depths }, width, ink) {
  context.fillStyle = context.strokeStyle = ink;
  context.lineWidth = 1.5;
  context.beginPath();
  trace.steps.forEach(({ event }, step) => {
    if (!event || (event.kind !== "raise" && width < MIN_EVENT_WIDTH)) return;
    const x = (step + 0.5) * width;
    const row = Math.min(MAX_ROWS, /** @type {number} */ (depths[step])) - 1;
    const y = (row + 0.5) * ROW_HEIGHT - 1;
    if (event.kind === "yield") {
      context.moveTo(x + 2.5, y);
      context.arc(x, y, 2.5, 0, 2 * Math.PI);
    } else if (event.kind === "return") {
      context.moveTo(x - 3, y);
      context.lineTo(x + 2, y - 3);
      context.lineTo(x + 2, y + 3);
      context.closePath();
    } else {
      for (const slope of [-1, 1]) {
        context.moveTo(x - 3, y - 3 * slope);
        context.lineTo(x + 3, y + 3 * slope);
      }
    }
  });
  context.fill();
  context.stroke();
  context.lineWidth = 1;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {TraceIndex} index
 * @param {number[]} ticks steps to mark with a bar
 * @param {number[]} matches steps to mark with a triangle
 * @param {number[]} differences steps to mark with a frame
 */
function draw(canvas, index, ticks, matches, differences) {
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
  const step = width / Math.max(1, index.trace.steps.length);
  for (const call of index.calls) {
    const y = (Math.min(MAX_ROWS, call.depth) - 1) * ROW_HEIGHT;
    for (const [first, last] of call.spans) {
      const x = first * step;
      const bandWidth = Math.max(1, (last - first + 1) * step - (step > 3 ? 1 : 0));
      context.fillStyle = hues[hueOf(call.function)] ?? "";
      context.fillRect(x, y, bandWidth, ROW_HEIGHT - 2);
      if (bandWidth < MIN_LABEL_WIDTH) continue;
      context.save();
      context.beginPath();
      context.rect(x, y, bandWidth - (step < MIN_EVENT_WIDTH ? 4 : EVENT_WIDTH), ROW_HEIGHT);
      context.clip();
      context.fillStyle = ink;
      context.fillText(functionName(call.function), x + 4, y + ROW_HEIGHT / 2 - 1);
      context.restore();
    }
  }
  drawEvents(context, index, step, ink);
  context.fillStyle = accent;
  for (const tick of ticks)
    context.fillRect(tick * step, height - 4, Math.max(1.5, Math.min(4, step)), 4);
  context.strokeStyle = context.fillStyle = ink;
  for (const difference of differences)
    context.strokeRect((difference + 0.5) * step - 2, height - 5, 4, 4);
  context.beginPath();
  for (const match of matches) {
    const x = (match + 0.5) * step;
    context.moveTo(x, height - 6);
    context.lineTo(x + 3.5, height);
    context.lineTo(x - 3.5, height);
  }
  context.fill();
}

/**
 * @param {{ index: TraceIndex, step: number, ticks: number[], matches: number[],
 *   differences: number[], go: (step: number) => void }} props
 *   `ticks`: the steps that change the followed variable; `matches`: the steps that a search found;
 *   `differences`: the steps that differ from another run
 */
export function Timeline({ index, step, ticks, matches, differences, go }) {
  const canvas = useRef(/** @type {HTMLCanvasElement | null} */ (null));
  const count = index.trace.steps.length;
  const rows = Math.min(MAX_ROWS, index.deepest);
  useEffect(() => {
    const { current } = canvas;
    if (!current) return undefined;
    const redraw = () => draw(current, index, ticks, matches, differences);
    const sizeObserver = new ResizeObserver(redraw);
    const themeObserver = new MutationObserver(redraw);
    sizeObserver.observe(current);
    themeObserver.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    redraw();
    return () => {
      sizeObserver.disconnect();
      themeObserver.disconnect();
    };
  }, [index, ticks, matches, differences]);
  /** @param {PointerEvent & { currentTarget: HTMLCanvasElement }} event */
  const scrub = (event) => {
    if (!(event.buttons & 1)) return;
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    go(Math.floor((event.offsetX / event.currentTarget.clientWidth) * count));
  };
  return (
    <div class="cs336-timeline" style={{ height: `${rows * ROW_HEIGHT + 6}px` }}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={plural("trace.timeline", index.calls.length)}
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
