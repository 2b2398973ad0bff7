// The course's interactive figures in a trace: the same views as on the pages, in the recorded state. A
// trace may come from anyone. It names a view of this site, never a script, and the state is data. A
// figure is loaded and drawn when the reader rests with it in view, since that takes longer than a
// step may take; until then, and if it fails, a note leads to the page.

import { VIEWS } from "#schema/views";
import { whenNear } from "../../ui/loading.js";
import { PageModel, settingsOf } from "../../ui/page_model.js";
import { checkedState } from "../../ui/state.js";
import { LONGEST, linkTo, writeState } from "../../ui/url.js";
import { linkAddress } from "./addresses.js";
import { setAddress } from "./markdown.js";

/** The class of the frame of a figure that is not drawn yet. */
const WAITING = "cs336-waiting";

/** @typedef {import("./rendering.js").Context} Context */
/** `state`: the state, or the address of its JSON. @typedef {{ view: string, key: string, state: object | string }} Recorded */

/**
 * @param {import("../trace/types.js").Rendering} rendering
 * @param {Context} context
 * @returns {HTMLElement}
 */
export function widget({ data, external }, context) {
  const frame = document.createElement("div");
  // Not a `cs336-rendering`: the figure has its own styles, as on a page.
  frame.className = "cs336-embedded";
  const page = external?.url ? linkAddress(external.url) : null;
  frame.append(note(page, context));
  // A click on a line of source goes to its step, a click in a figure does not.
  frame.addEventListener("click", (event) => event.stopPropagation());
  const recorded = recordedFrom(data);
  if (recorded) {
    const address = page && !page.external ? new URL(page.href, document.baseURI).href : undefined;
    mountAtRest(frame, recorded, address, context);
  }
  return frame;
}

/**
 * Mounts a figure once the reader rests with its frame in view.
 * @param {HTMLElement} frame
 * @param {Recorded} recorded
 * @param {string | undefined} address the page that shows the figure
 * @param {Context} context
 */
function mountAtRest(frame, recorded, address, context) {
  const { rest, closing } = context;
  frame.classList.add(WAITING);
  /** @type {ReturnType<typeof load> | undefined} */
  let loading;
  const mountLoaded = async () => {
    loading ??= load(recorded, context);
    const figure = await loading;
    if (closing.aborted || !rest.isNow) return; // at the next rest
    stop();
    if (figure && frame.classList.contains(WAITING))
      mount(frame, figure, recorded.key, address, context);
    frame.classList.remove(WAITING);
  };
  const stop = rest.during(() => whenNear(frame, mountLoaded));
  closing.addEventListener("abort", stop);
}

/**
 * The view, key and state in a rendering; undefined if it names no view of the site.
 * @param {unknown} data
 * @returns {Recorded | undefined}
 */
export function recordedFrom(data) {
  const { view, key, state } = /** @type {Record<string, unknown>} */ (data ?? {});
  const known = VIEWS.find((name) => name === view);
  if (!known || state === null || !["object", "string"].includes(typeof state)) return undefined;
  return { view: known, key: String(key), state: /** @type {object | string} */ (state) };
}

/**
 * @param {ReturnType<typeof linkAddress>} page
 * @param {Context} context
 */
function note(page, { t }) {
  const element = document.createElement("p");
  element.className = "cs336-quiet";
  element.append(t("rendering.widget"));
  if (page) {
    const link = document.createElement("a");
    setAddress(link, page);
    link.textContent = t("rendering.widget.page");
    element.append(" ", link);
  }
  return element;
}

/**
 * The view of a figure and its state; undefined if they cannot be loaded or do not fit each other.
 * @param {Recorded} recorded
 * @param {Context} context
 */
async function load({ view: name, state }, { libraries, read }) {
  try {
    const [view, given] = await Promise.all([
      libraries.view(name),
      typeof state === "string" ? read(state).then(JSON.parse) : state,
    ]);
    return { view, model: new PageModel(checkedState(view.schema, given, LONGEST)) };
  } catch {
    return undefined;
  }
}

/**
 * Replaces the note in a frame by the figure; the note stays if the figure cannot be drawn.
 * @param {HTMLElement} frame
 * @param {NonNullable<Awaited<ReturnType<typeof load>>>} figure
 * @param {string} key
 * @param {string | undefined} address the page that shows the figure
 * @param {Context} context
 */
function mount(frame, { view, model }, key, address, { closing }) {
  const settings = () => settingsOf(model, view.url);
  const defaults = settings();
  const page = address && {
    defaults,
    link: () => linkTo(writeState(address, key, settings(), defaults), key),
  };
  const el = document.createElement("div");
  frame.append(el); // before it is rendered: a view may measure itself
  try {
    const close = view.render({ model, el, ...(page ? { page } : {}) });
    closing.addEventListener("abort", close);
    frame.firstElementChild?.remove();
  } catch {
    el.remove(); // the note stays
  }
}
