// Arrows in the side panel, from each name of an object to the first one.

import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** How far an arrow bends, in pixels: less for a short one. */
const BEND = 56;
const HEAD = 5;

/**
 * The marks of shared objects in a panel, by the number of the object.
 * @param {HTMLElement} panel
 */
function marksIn(panel) {
  /** @type {Map<string, DOMRect[]>} */
  const marks = new Map();
  for (const mark of panel.querySelectorAll("[data-object]:not(.cs336-away *)")) {
    const { object = "" } = /** @type {HTMLElement} */ (mark).dataset;
    marks.set(object, [...(marks.get(object) ?? []), mark.getBoundingClientRect()]);
  }
  return marks;
}

/**
 * An arrow that bends to the right, within the panel.
 * @param {{ x: number, y: number }} from
 * @param {{ x: number, y: number }} to
 * @param {number} width of the panel
 */
function path(from, to, width) {
  const bend = Math.min(BEND, 16 + Math.abs(to.y - from.y) / 4);
  const right = Math.min(width, Math.max(from.x, to.x) + bend);
  return (
    `M${from.x} ${from.y}C${right} ${from.y} ${right} ${to.y} ${to.x} ${to.y}` +
    `m${HEAD} ${-HEAD}l${-HEAD} ${HEAD}l${HEAD} ${HEAD}`
  );
}

/** Draws over the panel that contains it, after each of its drawings. */
export function Arrows() {
  const root = useRef(/** @type {SVGSVGElement | null} */ (null));
  const [arrows, setArrows] = useState({ d: "", height: 0 });
  const measure = () => {
    const panel = /** @type {HTMLElement | null} */ (root.current?.closest(".cs336-side"));
    if (!panel) return;
    const { left, top } = panel.getBoundingClientRect();
    const d = [...marksIn(panel).values()]
      .flatMap(([object, ...names]) =>
        names.map((name) => {
          const at = (/** @type {DOMRect | undefined} */ box) => ({
            x: Math.round((box?.right ?? 0) - left + 3),
            y: Math.round((box?.top ?? 0) + (box?.height ?? 0) / 2 - top + panel.scrollTop),
          });
          return path(at(name), at(object), panel.clientWidth);
        }),
      )
      .join("");
    // The height of what is drawn, without this drawing itself.
    const height = d ? Math.max(...[...panel.children].map(bottomOf)) : 0;
    if (d !== arrows.d || height !== arrows.height) setArrows({ d, height });
  };
  useLayoutEffect(measure);
  useLayoutEffect(() => {
    const panel = root.current?.closest(".cs336-side");
    if (!panel) return undefined;
    const observer = new ResizeObserver(() => setArrows({ d: "", height: -1 })); // measures again
    for (const child of panel.children) if (child !== root.current) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return (
    <svg ref={root} class="cs336-arrows" aria-hidden="true" height={Math.max(0, arrows.height)}>
      <path d={arrows.d} />
    </svg>
  );
}

/** @param {Element} element */
function bottomOf(element) {
  return element instanceof HTMLElement ? element.offsetTop + element.offsetHeight : 0;
}
