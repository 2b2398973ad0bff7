// The header above the source: the call stack, the search and the display options.

import { useMemo, useRef, useState } from "preact/hooks";
import { formatNumber, t } from "../ui/strings.js";
import { functionName } from "./labels.js";

/** @typedef {import("./trace/trace_index.js").TraceIndex} TraceIndex */
/** @typedef {import("./settings.js").Settings} Settings */

/** Frames that are shown of a deep recursion: the outermost and the innermost ones. */
const OUTER = 2;
const INNER = 4;

/**
 * The frames of a call stack to show, outermost first; null stands for those in between.
 * @param {import("./trace/types.js").CallStack} innermost
 */
function abbreviate(innermost) {
  const { depth } = innermost;
  const omitted = depth - OUTER - INNER > 1 ? depth - OUTER - INNER : 0;
  /** @type {(import("./trace/types.js").Frame | null)[]} */
  const frames = [];
  for (
    let stack = /** @type {typeof innermost | null} */ (innermost);
    stack;
    stack = stack.caller
  ) {
    if (omitted && stack.depth > OUTER && stack.depth <= OUTER + omitted) {
      if (stack.depth === OUTER + 1) frames.push(null);
    } else {
      frames.push(stack.frame);
    }
  }
  return { frames: frames.reverse(), omitted };
}

/** @param {{ stack: ReturnType<typeof abbreviate>, look: (path: string, line: number) => void }} props */
function Stack({ stack: { frames, omitted }, look }) {
  return (
    <nav class="cs336-stack" aria-label={t("trace.stack")}>
      <ol>
        {frames.map((frame, i) => {
          if (!frame)
            return (
              <li key={i} class="cs336-quiet">
                {t("trace.stack.more", { n: formatNumber(omitted) })}
              </li>
            );
          const isInnermost = i === frames.length - 1;
          return (
            <li key={i}>
              <button
                type="button"
                aria-current={isInnermost ? "true" : undefined}
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
 * The address of the page section that explains the current code, if there is one.
 * @param {TraceIndex} index
 * @param {(import("./trace/types.js").Frame | null)[]} frames
 */
function pageAddress({ trace }, frames) {
  for (const frame of frames) {
    if (!frame) continue;
    const { path, line } = frame;
    let nearest = -1;
    const links = trace.links.get(path);
    for (const first of links?.keys() ?? []) if (first <= line && first > nearest) nearest = first;
    const address = links?.get(nearest);
    // The address comes from the file; allow only pages of this site.
    if (address && /^[\w./-]+(?:#[\w-]*)?$/.test(address) && !address.startsWith("//"))
      return address;
  }
  return undefined;
}

/**
 * @param {{ index: TraceIndex, step: number, settings: Settings,
 *   set: (changes: Partial<Settings>) => void, look: (path: string, line: number) => void,
 *   search: import("preact").ComponentChildren, help: () => void, open: (() => void) | undefined,
 *   openOther: ((file: File | undefined) => void) | undefined }} props
 *   `search`: the search bar; `openOther`: opens a trace to compare with
 */
export function Header({ index, step, settings, set, look, search, help, open, openOther }) {
  const { trace } = index;
  const { stack } = /** @type {import("./trace/types.js").Step} */ (trace.steps[step]);
  const shownStack = useMemo(() => abbreviate(stack), [stack]);
  const address = pageAddress(index, shownStack.frames);
  const hasRenderings = useMemo(
    () => trace.steps.some(({ renderings }) => renderings.length),
    [trace],
  );
  const hasNotes = useMemo(
    () => trace.steps.some(({ renderings }) => renderings.some(({ type }) => type === "note")),
    [trace],
  );
  const chooser = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [isMenuOpen, setMenuOpen] = useState(false);
  /** @param {"raw" | "animate" | "hideEnv" | "showNotes" | "arrows"} name */
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
      <Stack stack={shownStack} look={look} />
      <div class="cs336-tools">
        {trace.links.size > 0 && (
          <a {...(address ? { href: address } : { class: "cs336-absent" })}>{t("trace.page")}</a>
        )}
        {search}
        <button
          type="button"
          class="cs336-choose"
          aria-expanded={isMenuOpen}
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          {t("trace.view")}
        </button>
        <span class={`cs336-toggles${isMenuOpen ? " cs336-open" : ""}`}>
          {hasRenderings && toggle("raw")}
          {hasRenderings && toggle("animate")}
          {toggle("hideEnv")}
          {hasNotes && toggle("showNotes")}
          {index.same.steps.length > 0 && toggle("arrows")}
          {openOther && (
            <>
              <button
                type="button"
                title={t("trace.compare")}
                onClick={() => chooser.current?.click()}
              >
                {t("trace.compare.short")}
              </button>
              <input
                ref={chooser}
                type="file"
                accept=".json,application/json"
                hidden
                onChange={({ currentTarget }) => {
                  openOther(currentTarget.files?.[0]);
                  currentTarget.value = "";
                }}
              />
            </>
          )}
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
