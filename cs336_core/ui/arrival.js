// A link to a figure scrolls the page to it, holds it there while late content still shifts the page,
// and highlights it.

import { idIn } from "./url.js";

/** Milliseconds after the page's load during which the figure stays in view. */
const SETTLES = 3000;
/** Milliseconds that the figure is highlighted. */
const MARKED = 4000;
/** Events that show that the reader has moved on. */
const DEPARTURES = ["wheel", "touchstart", "pointerdown", "keydown"];

/** The figure that the page's address names. @returns {HTMLElement | undefined} */
function named() {
  const element = document.getElementById(idIn(location.href));
  return element?.matches("[data-widget]") ? element : undefined;
}

/** Marks a figure for a while. @param {HTMLElement} figure */
function mark(figure) {
  figure.dataset.arrived = "true";
  setTimeout(() => delete figure.dataset.arrived, MARKED);
}

/** Moves the focus to a figure, so that the next Tab and a screen reader go on from there. @param {HTMLElement} figure */
function focus(figure) {
  const focused = /** @type {HTMLElement} */ (figure.querySelector('[role="group"]') ?? figure);
  focused.tabIndex = -1;
  focused.focus({ preventScroll: true });
}

/**
 * Keeps a figure at the top of the screen until the page has settled, or the reader moves on.
 * @param {HTMLElement} figure
 */
function stay(figure) {
  const hold = new ResizeObserver(() =>
    figure.scrollIntoView({ block: "start", behavior: "instant" }),
  );
  let departed = false;
  const release = () => {
    departed = true;
    hold.disconnect();
    for (const departure of DEPARTURES) removeEventListener(departure, release, true);
  };
  hold.observe(document.body); // which is also seen once at the beginning
  for (const departure of DEPARTURES)
    addEventListener(departure, release, { capture: true, passive: true });
  const loaded = () => {
    if (!departed) focus(figure); // not before: at the end of a page's load the browser takes the focus away
    setTimeout(release, SETTLES);
  };
  if (document.readyState === "complete") loaded();
  else addEventListener("load", () => setTimeout(loaded), { once: true });
}

/**
 * Brings the reader to the figure that the address names, now and whenever it names another.
 * @returns {() => void} brings the reader to the figure that the address names already
 */
export function watchArrivals() {
  const arrive = () => {
    const figure = named();
    if (!figure) return;
    mark(figure);
    stay(figure);
  };
  const [navigation] = performance.getEntriesByType("navigation");
  const { type } = /** @type {PerformanceNavigationTiming} */ (navigation ?? { type: "navigate" });
  // On reload and on going back, the browser restores the scroll position itself.
  if (type === "navigate") arrive();
  addEventListener("hashchange", arrive);
  return arrive;
}
