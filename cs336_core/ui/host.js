// The page's host: mounts every static widget of a page, as anywidget does in a notebook.
// A classic script, like the views it mounts: a page opened from disk may load no modules.

import { watchArrivals } from "./arrival.js";
import { loadScript } from "./loading.js";
import { PageModel, settingsOf } from "./page_model.js";
import { t } from "./strings.js";
import { idIn, linkTo, readState, writeState } from "./url.js";

const figures = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-widget]"));

/** Where the views are, beside this script. */
const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);
/** How far from the window a figure is loaded whose view the page has left out. */
const NEAR = "1000px";
/** Milliseconds without a change before the page's address is updated. */
const REST = 200;
/** @type {Map<string, () => string>} by key of a figure whose settings are not in the address yet: computes the new address */
const unwritten = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Map<string, (href: string) => void>} by id of a mounted figure: sets it as an address says, and otherwise as published */
const setters = new Map();

/** Writes the settings into the address: after a pause, since writing takes longer than a step. */
function writeAddress() {
  try {
    for (const address of unwritten.values()) history.replaceState(history.state, "", address());
    unwritten.clear();
  } catch {
    // Browsers limit how often a page may change its address; the next change tries again.
  }
}

/** The first of `name`, `name-2`, `name-3` … that is free. @param {string} name @param {(name: string) => boolean} isTaken */
function numbered(name, isTaken) {
  let free = name;
  for (let n = 2; isTaken(free); n += 1) free = `${name}-${n}`;
  return free;
}

/** Gives each figure a unique key, and an id like its key, numbered if a heading has that id. */
function nameFigures() {
  const keys = new Set();
  for (const figure of figures) figure.removeAttribute("id");
  for (const figure of figures) {
    const key = numbered(figure.dataset.key ?? "", (name) => keys.has(name));
    keys.add(key);
    figure.dataset.key = key;
    figure.id = numbered(key, (name) => document.getElementById(name) !== null);
  }
}

/** @param {HTMLElement} figure the element that Python wrote: state, fallback, nothing else */
function mount(figure) {
  const { widget = "", key = "" } = figure.dataset;
  const view = /** @type {any} */ (globalThis).cs336Widgets?.[widget];
  const script = figure.querySelector('script[type="application/json"]');
  const el = document.createElement("div");
  try {
    if (!view) throw new Error(`no view called ${widget} on this page`);
    const model = new PageModel(JSON.parse(script?.textContent ?? ""));
    const settings = () => settingsOf(model, view.url);
    const defaults = settings();
    for (const [name, value] of Object.entries(readState(location.href, key, view.schema)))
      model.set(name, value);
    const address = () => writeState(location.href, key, settings(), defaults);
    const link = () => linkTo(address(), figure.id);
    view.render({ model, el, page: { link, defaults } });
    for (const name of view.url) {
      model.on(`change:${name}`, () => {
        unwritten.set(key, address);
        clearTimeout(timer);
        timer = setTimeout(writeAddress, REST);
      });
    }
    setters.set(figure.id, (href) => {
      const state = { ...defaults, ...readState(href, key, view.schema) };
      for (const [name, value] of Object.entries(state)) model.set(name, value);
    });
    figure.querySelector(".cs336-fallback")?.remove();
    figure.append(el);
    figure.dataset.ready = "true";
  } catch (error) {
    el.className = "cs336-error";
    el.textContent = t("view.failed", { error: String(error) });
    figure.append(el);
    console.error(error);
  }
}

/**
 * Mounts a figure once it comes near: the page has left out its view because of its weight. Until then
 * a placeholder of the same height holds its place (the style sheet of the view has the height).
 * @param {HTMLElement} figure
 */
function mountLate(figure) {
  const fallback = /** @type {HTMLElement | null} */ (figure.querySelector(".cs336-fallback"));
  const placeholder = document.createElement("div");
  placeholder.dataset.waiting = "";
  if (fallback) fallback.hidden = true;
  figure.append(placeholder);
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      loadScript(new URL(`${figure.dataset.widget}.js`, src).href)
        .catch(() => {}) // mounting says that there is no view
        .then(() => {
          placeholder.remove();
          if (fallback) fallback.hidden = false;
          mount(figure);
        });
    },
    { rootMargin: NEAR },
  );
  observer.observe(figure);
}

// All at once, before the reader scrolls: a figure that is drawn later would move the text below it.
nameFigures();
for (const figure of figures) {
  if (/** @type {any} */ (globalThis).cs336Widgets?.[figure.dataset.widget ?? ""]) mount(figure);
  else mountLate(figure);
}
const arrive = watchArrivals();

// A link from the text to a figure sets it without loading the page again.
document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const link = /** @type {HTMLAnchorElement | null} */ (target.closest("a.figure-link"));
  const set = link && setters.get(idIn(link.href));
  if (!set || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  set(link.href);
  if (location.hash === link.hash) arrive();
  else location.hash = link.hash;
});
