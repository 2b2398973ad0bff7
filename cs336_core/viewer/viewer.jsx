// Steps through a trace: source, variables, output and timeline.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { within } from "../ui/state.js";
import { t } from "../ui/strings.js";
import { actionsOf } from "./actions.js";
import { describeEvent } from "./events.js";
import { besideStep, compare } from "./explore/compare.js";
import { ComparisonBar, describeDifference } from "./explore/comparison.jsx";
import { jumpsOf } from "./explore/jumps.js";
import { find, SearchBar } from "./explore/search_bar.jsx";
import { Header } from "./header.jsx";
import { Help } from "./help.jsx";
import { useCommands } from "./key_commands.js";
import { isolated } from "./labels.js";
import { RunBar } from "./run_bar.jsx";
import { SidePanel } from "./side_panel.jsx";
import { SourceView } from "./source/source_view.js";
import { Split } from "./split.jsx";
import { describeStep } from "./step_status.js";
import { changesOf, nextStepAtLine } from "./trace/navigation.js";
import { useAnnouncement } from "./use_announcement.js";
import { RestContext } from "./values/at_rest.jsx";
import { outputsOf, scrollToChange, useChangeInView } from "./variables.jsx";

/** @typedef {import("./trace/trace_index.js").TraceIndex} TraceIndex */
/** @typedef {import("./trace/navigation.js").Followed} Followed */

/** @typedef {import("./settings.js").Settings} Settings */

/**
 * Another trace of the same program. `swap`: shows it, at a step, and compares it with this one.
 * @typedef {{ index: TraceIndex, name: string, swap: (step: number) => void, close: () => void }} Other
 */

/** @type {number[]} */
const NONE = [];
const MAX_NOTE = 300; // characters about what a trace lacks

/** @param {string} followed @returns {Followed | null} */
function parseFollowed(followed) {
  const colon = followed.lastIndexOf(":");
  return colon < 0 ? null : { function: followed.slice(0, colon), name: followed.slice(colon + 1) };
}

/**
 * @param {{ index: TraceIndex, settings: Settings, set: (changes: Partial<Settings>) => void,
 *   renderings: import("./renderings/rendering.js").Renderings,
 *   keys?: EventTarget | null, open?: (() => void) | undefined,
 *   openOther?: ((file: File | undefined) => void) | undefined, other?: Other | undefined }} props
 *   `keys`: where to listen for keys, by default the viewer itself; `open`: opens another trace;
 *   `openOther`: opens one to compare with; `other`: the one to compare with
 */
export function Viewer({ index, settings, set, renderings, keys, open, openOther, other }) {
  const { trace } = index;
  const last = trace.steps.length - 1;
  const step = within(settings.step, 0, last);
  const { raw, animate, hideEnv, showNotes } = settings;
  const { stack, event } = /** @type {import("./trace/types.js").Step} */ (trace.steps[step]);
  const { frame } = stack;
  const looksElsewhere = settings.source !== "" && trace.files.has(settings.source);
  const path = looksElsewhere ? settings.source : frame.path;
  const line = looksElsewhere ? settings.line || 1 : frame.line;
  const followed = useMemo(() => parseFollowed(settings.followed), [settings.followed]);
  const ticks = useMemo(() => (followed ? changesOf(index, followed) : []), [index, followed]);
  const outputs = useMemo(() => outputsOf(index), [index]);
  const found = useMemo(
    () => find(index, settings.find, settings.findIn, frame.path),
    [index, settings.find, settings.findIn, settings.findIn === "source" && frame.path],
  );
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [isAddingWatch, setAddingWatch] = useState(false);
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const scroller = useRef(/** @type {HTMLDivElement | null} */ (null));
  const side = useRef(/** @type {HTMLDivElement | null} */ (null));
  const source = useRef(/** @type {SourceView | null} */ (null));
  const comparison = useMemo(() => other && compare(index, other.index), [index, other?.index]);
  const difference = comparison ? describeDifference(comparison, step) : "";
  const status = useMemo(() => describeStep(index, step), [index, step]);
  const { announcement, answer, clear } = useAnnouncement(() => {
    const code = (trace.files.get(frame.path) ?? "").split("\n")[frame.line - 1]?.trim() ?? "";
    const sentences = [status, difference, t("trace.status.code", { code: code.slice(0, 120) })];
    return sentences.filter(Boolean).join(" ");
  }, [status, difference]);

  // Keys may repeat faster than the screen is drawn, so commands start from the latest settings.
  const live = useRef({ ...settings, step });
  live.current = { ...settings, step };
  /** @param {Partial<Settings>} changes */
  const change = (changes) => {
    live.current = { ...live.current, ...changes };
    set(changes);
  };
  /** @param {number} to */
  const go = (to) => {
    clear();
    change({ step: within(to, 0, last), source: "", line: 0 });
  };
  /** @param {string} file @param {number} at */
  const look = (file, at) =>
    change(
      file === frame.path && at === frame.line
        ? { source: "", line: 0 }
        : { source: file, line: at },
    );
  const jumps = jumpsOf({
    index,
    settings: () => live.current,
    followed,
    found,
    differences: comparison?.steps ?? NONE,
    go,
    look,
    answer,
  });
  const actions = actionsOf({
    index,
    settings: () => live.current,
    change,
    go,
    jumps,
    part: (selector) => root.current?.querySelector(selector),
    addWatch: () => setAddingWatch(true),
    help: () => setHelpOpen(true),
    open,
  });

  useLayoutEffect(() => {
    if (!scroller.current) return;
    source.current ??= new SourceView(scroller.current, index, renderings);
    const options = { raw, animate, showNotes };
    const mark = looksElsewhere ? "" : describeEvent(event);
    source.current.show(path, line, step, !looksElsewhere, options, mark);
    if (side.current) scrollToChange(side.current); // after the source, so both share one layout
  }, [index, renderings, path, line, step, looksElsewhere, raw, animate, showNotes]);
  useChangeInView(side);
  const marked =
    settings.findIn === "source" && !settings.find.startsWith(":") ? settings.find : "";
  useEffect(() => source.current?.mark(marked), [marked, path]);
  renderings.goTo = (file, at) => {
    const to = nextStepAtLine(index, live.current.step, file, at);
    if (to >= 0) go(to);
    else look(file, at);
  };
  useCommands(keys, root, (command) => {
    if (isHelpOpen || (command === "close" && !looksElsewhere && !settings.find)) return undefined;
    if (!comparison && command.startsWith("difference")) return undefined;
    return actions[command];
  });

  /** @param {MouseEvent} event */
  const click = (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const clicked = target.closest(".cs336-line");
    if (
      !(clicked instanceof HTMLElement) ||
      target.closest("a, button, summary, details, video, .cs336-card")
    )
      return;
    if (!getSelection()?.isCollapsed) return; // the reader is selecting text
    const to = nextStepAtLine(index, live.current.step, path, Number(clicked.dataset.line));
    if (to >= 0) go(to);
    else answer(t("trace.line.none", { line: clicked.dataset.line ?? "" }));
  };
  const following = {
    followed,
    follow: (/** @type {Followed | null} */ variable) =>
      change({ followed: variable ? `${variable.function}:${variable.name}` : "" }),
    goToChange: jumps.goToChange,
  };
  const label = t("trace.source", { path });
  return (
    <div ref={root} class="cs336-trace" role="group" aria-label={t("trace.title")}>
      <Header
        index={index}
        step={step}
        settings={settings}
        set={change}
        look={look}
        search={
          <SearchBar
            settings={{ ...settings, step }}
            set={change}
            found={found}
            goToMatch={jumps.goToMatch}
          />
        }
        help={actions.help}
        open={open}
        openOther={openOther}
      />
      {comparison && other && (
        <ComparisonBar
          comparison={comparison}
          step={step}
          name={other.name}
          goToDifference={jumps.goToDifference}
          swap={() => other.swap(Math.max(0, besideStep(comparison, live.current.step)))}
          close={other.close}
        />
      )}
      {trace.incomplete && (
        <p class="cs336-problem">{isolated(trace.incomplete).slice(0, MAX_NOTE)}</p>
      )}
      {found.problem && (
        <p class="cs336-problem" role="status">
          {found.problem}
        </p>
      )}
      {looksElsewhere && (
        <p class="cs336-elsewhere">
          {t("trace.elsewhere", { path, line })}{" "}
          <button type="button" onClick={() => change({ source: "", line: 0 })}>
            {t("trace.elsewhere.back")}
          </button>
        </p>
      )}
      <Split
        left={
          <div
            ref={scroller}
            class="cs336-source"
            tabIndex={0}
            role="region"
            aria-label={label}
            onClick={click}
          />
        }
        right={
          hideEnv ? null : (
            <RestContext.Provider value={renderings.rest}>
              <SidePanel
                panel={side}
                index={index}
                step={step}
                settings={settings}
                set={change}
                comparison={comparison}
                otherName={other?.name ?? ""}
                following={following}
                outputs={outputs}
                isAddingWatch={isAddingWatch}
                setAddingWatch={setAddingWatch}
              />
            </RestContext.Provider>
          )
        }
      />
      <RunBar
        index={index}
        step={step}
        status={status}
        announcement={announcement}
        ticks={ticks}
        matches={found.steps}
        differences={comparison?.steps ?? NONE}
        go={go}
        actions={actions}
      />
      {isHelpOpen && <Help close={() => setHelpOpen(false)} canOpen={open !== undefined} />}
    </div>
  );
}
