// Above the source: where the step is, what is shown, and a search.

import { useMemo, useState } from "preact/hooks";
import { t } from "../ui/strings.js";
import { functionName } from "./labels.js";

/** @typedef {import("./trace/trace_index.js").Story} Story */
/** @typedef {import("./settings.js").Settings} Settings */

/** Callers that are named; of a deep recursion, the outermost and the innermost ones. */
const OUTER = 2;
const INNER = 4;

/**
 * The frames of a stack that are named, the outermost first; null stands for those between.
 * @param {import("./trace/types.js").Place} innermost
 */
function framesOf(innermost) {
  const { depth } = innermost;
  const left = depth - OUTER - INNER > 1 ? depth - OUTER - INNER : 0;
  /** @type {(import("./trace/types.js").Frame | null)[]} */
  const frames = [];
  for (
    let place = /** @type {typeof innermost | null} */ (innermost);
    place;
    place = place.caller
  ) {
    if (left && place.depth > OUTER && place.depth <= OUTER + left) {
      if (place.depth === OUTER + 1) frames.push(null);
    } else {
      frames.push(place.frame);
    }
  }
  return { frames: frames.reverse(), left };
}

/** @param {{ stack: ReturnType<typeof framesOf>, look: (path: string, line: number) => void }} props */
function Stack({ stack: { frames, left }, look }) {
  return (
    <nav class="cs336-stack" aria-label={t("trace.stack")}>
      <ol>
        {frames.map((frame, i) => {
          if (!frame)
            return (
              <li key={i} class="cs336-quiet">
                {t("trace.stack.more", { n: left })}
              </li>
            );
          const innermost = i === frames.length - 1;
          return (
            <li key={i}>
              <button
                type="button"
                aria-current={innermost ? "true" : undefined}
                title={t("trace.stack.title", { path: frame.path, line: frame.line })}
                onClick={() => look(frame.path, frame.line)}
              >
                {functionName(frame.function)}
                <span class="cs336-quiet">:{frame.line}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/**
 * The address of the place on a page where a step is told; none where no page tells it.
 * @param {Story} story
 * @param {(import("./trace/types.js").Frame | null)[]} frames
 */
function pageOf({ trace }, frames) {
  for (const frame of frames) {
    if (!frame) continue;
    const { path, line } = frame;
    let nearest = -1;
    const links = trace.links.get(path);
    for (const first of links?.keys() ?? []) if (first <= line && first > nearest) nearest = first;
    const address = links?.get(nearest);
    // A file says where it leads: only to a page of this site.
    if (address && /^[\w./-]+(?:#[\w-]*)?$/.test(address) && !address.startsWith("//"))
      return address;
  }
  return undefined;
}

/**
 * @param {{ settings: Settings, set: (changes: Partial<Settings>) => void,
 *   found: { path: string, line: number }[], look: (path: string, line: number) => void }} props
 */
function Search({ settings, set, found, look }) {
  const { find, source, line } = settings;
  const at = found.findIndex((one) => one.path === source && one.line === line);
  /** @param {1 | -1} way */
  const next = (way) => {
    const to = found.at(at < 0 ? (way > 0 ? 0 : -1) : (at + way) % found.length);
    if (to) look(to.path, to.line);
  };
  const count =
    find === ""
      ? ""
      : found.length === 0
        ? t("trace.search.none")
        : at < 0
          ? t("trace.search.found", { n: found.length })
          : t("trace.search.at", { i: at + 1, n: found.length });
  return (
    <span class="cs336-search">
      <input
        type="search"
        value={find}
        placeholder={t("trace.search")}
        aria-label={t("trace.search")}
        maxLength={200}
        onInput={(event) => set({ find: event.currentTarget.value, source: "", line: 0 })}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          next(event.shiftKey ? -1 : 1);
        }}
      />
      {find !== "" && (
        <span class="cs336-quiet" role="status">
          {count}
        </span>
      )}
      {found.length > 0 && find !== "" && (
        <button
          type="button"
          aria-label={t("trace.search.next")}
          title={t("trace.search.next")}
          onClick={() => next(1)}
        >
          ↓
        </button>
      )}
    </span>
  );
}

/**
 * @param {{ story: Story, step: number, settings: Settings, set: (changes: Partial<Settings>) => void,
 *   look: (path: string, line: number) => void, found: { path: string, line: number }[],
 *   help: () => void, open: (() => void) | undefined }} props
 */
export function Header({ story, step, settings, set, look, found, help, open }) {
  const { trace } = story;
  const place = /** @type {import("./trace/types.js").Step} */ (trace.steps[step]).place;
  const stack = useMemo(() => framesOf(place), [place]);
  const address = pageOf(story, stack.frames);
  const shows = useMemo(() => trace.steps.some((one) => one.renderings.length), [trace]);
  const notes = useMemo(
    () => trace.steps.some((one) => one.renderings.some(({ type }) => type === "note")),
    [trace],
  );
  const [chooses, setChooses] = useState(false);
  /** @param {"raw" | "animate" | "hideEnv" | "showNotes"} name */
  const toggle = (name) => (
    <button
      key={name}
      type="button"
      aria-pressed={settings[name]}
      title={t(`trace.${name}`)}
      onClick={() => set({ [name]: !settings[name] })}
    >
      {t(`trace.${name}.short`)}
    </button>
  );
  return (
    <div class="cs336-head">
      <Stack stack={stack} look={look} />
      <div class="cs336-tools">
        {address && <a href={address}>{t("trace.page")}</a>}
        <Search settings={settings} set={set} found={found} look={look} />
        <button
          type="button"
          class="cs336-choose"
          aria-expanded={chooses}
          onClick={() => setChooses(!chooses)}
        >
          {t("trace.view")}
        </button>
        <span class={`cs336-toggles${chooses ? " cs336-open" : ""}`}>
          {shows && toggle("raw")}
          {shows && toggle("animate")}
          {toggle("hideEnv")}
          {notes && toggle("showNotes")}
        </span>
        {open && (
          <button type="button" onClick={open}>
            {t("trace.open.short")}
          </button>
        )}
        <button type="button" title={t("trace.help")} aria-label={t("trace.help")} onClick={help}>
          ?
        </button>
      </div>
    </div>
  );
}
