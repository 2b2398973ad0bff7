// A trace, step by step: the source, the variables, the output, and the run as a whole.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../ui/strings.js";
import { Transport } from "../ui/transport.jsx";
import { Header } from "./header.jsx";
import { Help } from "./help.jsx";
import { useCommands } from "./key_commands.js";
import { functionName, isolated } from "./labels.js";
import { search } from "./source/search.js";
import { SourceView } from "./source/source_view.js";
import { Split } from "./split.jsx";
import { Timeline } from "./timeline.jsx";
import { changesOf, out, over, overBack, toChange, toLine } from "./trace/navigation.js";
import { Output, outputs, State, showChanges } from "./variables.jsx";

/** @typedef {import("./trace/trace_index.js").Story} Story */
/** @typedef {import("./keys.js").Command} Command */
/** @typedef {import("./trace/navigation.js").Followed} Followed */

/** @typedef {import("./settings.js").Settings} Settings */

const REST = 700; // milliseconds that playing rests at a step
const SAY_AFTER = 400; // milliseconds at rest after which a step is told to who listens

/** @param {string} followed @returns {Followed | null} */
function read(followed) {
  const at = followed.lastIndexOf(":");
  return at < 0 ? null : { function: followed.slice(0, at), name: followed.slice(at + 1) };
}

/** A step in words. @param {Story} story @param {number} step */
export function tell({ trace, callAt }, step) {
  const { place, env, stdout, stderr } = /** @type {import("./trace/types.js").Step} */ (
    trace.steps[step]
  );
  const sentences = [
    t("trace.told", {
      function: functionName(callAt[step]?.function ?? ""),
      line: place.frame.line,
    }),
  ];
  const changed = [...env]
    .filter(([, value]) => value !== undefined)
    .map(([name]) => isolated(name));
  const shown = changed.slice(0, 5).join(", ");
  if (changed.length)
    sentences.push(
      t(changed.length > 5 ? "trace.told.changed.more" : "trace.told.changed", {
        names: shown,
        n: changed.length - 5,
      }),
    );
  if (stdout) sentences.push(t("trace.told.printed", { text: stdout.trim().slice(0, 80) }));
  if (stderr) sentences.push(t("trace.told.stderr"));
  if (step === trace.steps.length - 1 && trace.ending !== "finished")
    sentences.push(t(`trace.ending.${trace.ending}`));
  return sentences.join(" ");
}

/**
 * @param {{ story: Story, settings: Settings, set: (changes: Partial<Settings>) => void,
 *   renderings: import("./source/source_file.js").Renderings & { goTo: (path: string, line: number) => void },
 *   keys?: EventTarget | null, open?: (() => void) | undefined }} props
 *   `keys`: where keys are listened for, the viewer itself unless given; `open`: opens another trace
 */
export function Viewer({ story, settings, set, renderings, keys, open }) {
  const { trace } = story;
  const last = trace.steps.length - 1;
  const step = Math.min(last, Math.max(0, settings.step));
  const { raw, animate, hideEnv, showNotes, find } = settings;
  const { frame } = /** @type {import("./trace/types.js").Step} */ (trace.steps[step]).place;
  const looksElsewhere = settings.source !== "" && trace.files.has(settings.source);
  const path = looksElsewhere ? settings.source : frame.path;
  const line = looksElsewhere ? settings.line || 1 : frame.line;
  const followed = useMemo(() => read(settings.followed), [settings.followed]);
  const ticks = useMemo(() => (followed ? changesOf(story, followed) : []), [story, followed]);
  const written = useMemo(() => outputs(story), [story]);
  const found = useMemo(() => search(trace, find, frame.path), [trace, find, frame.path]);
  const [helps, setHelps] = useState(false);
  const [said, say] = useState("");
  const toSay = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const scroller = useRef(/** @type {HTMLDivElement | null} */ (null));
  const side = useRef(/** @type {HTMLDivElement | null} */ (null));
  const source = useRef(/** @type {SourceView | null} */ (null));
  const sentence = useMemo(() => tell(story, step), [story, step]);

  // Keys may come faster than the screen is drawn: what they start from is what was set last.
  const live = useRef({ ...settings, step });
  live.current = { ...settings, step };
  /** @param {Partial<Settings>} changes */
  const change = (changes) => {
    live.current = { ...live.current, ...changes };
    set(changes);
  };
  /** @param {number} to */
  const go = (to) => {
    say("");
    change({ step: Math.min(last, Math.max(0, to)), source: "", line: 0 });
  };
  /** @param {string} sentence what is told at once, in place of the step */
  const answer = (sentence) => {
    clearTimeout(toSay.current);
    say(sentence);
  };
  /** @param {string} file @param {number} at */
  const look = (file, at) =>
    change(
      file === frame.path && at === frame.line
        ? { source: "", line: 0 }
        : { source: file, line: at },
    );
  /** @param {1 | -1} way */
  const goToChange = (way) => {
    const to = toChange(story, live.current.step, way, followed);
    if (to < 0) answer(t(way > 0 ? "trace.change.none" : "trace.changeBack.none"));
    else go(to);
  };
  /** @param {"raw" | "animate" | "hideEnv" | "showNotes"} name */
  const toggle = (name) => change({ [name]: !live.current[name] });
  /** @param {string} selector */
  const part = (selector) =>
    /** @type {HTMLElement | null | undefined} */ (root.current?.querySelector(selector));
  /** @type {Record<Command, () => unknown>} */
  const does = {
    forward: () => go(live.current.step + 1),
    back: () => go(live.current.step - 1),
    over: () => go(over(story, live.current.step)),
    overBack: () => go(overBack(story, live.current.step)),
    out: () => go(out(story, live.current.step)),
    first: () => go(0),
    last: () => go(last),
    change: () => goToChange(1),
    changeBack: () => goToChange(-1),
    raw: () => toggle("raw"),
    animate: () => toggle("animate"),
    hideEnv: () => toggle("hideEnv"),
    showNotes: () => toggle("showNotes"),
    play: () => part(".cs336-play")?.click(),
    search: () => part('[type="search"]')?.focus(),
    help: () => setHelps(true),
    open: () => open?.(),
    close: () => {
      change({ source: "", line: 0, find: "" });
      scroller.current?.focus();
    },
  };

  useLayoutEffect(() => {
    if (!scroller.current) return;
    source.current ??= new SourceView(scroller.current, story, renderings);
    source.current.show(path, line, step, !looksElsewhere, { raw, animate, showNotes });
    if (side.current) showChanges(side.current); // after the source: both ask for the layout once
  }, [story, renderings, path, line, step, looksElsewhere, raw, animate, showNotes]);
  useEffect(() => source.current?.mark(find.startsWith(":") ? "" : find), [find, path]);
  useEffect(() => {
    toSay.current = setTimeout(() => {
      const code = (trace.files.get(frame.path) ?? "").split("\n")[frame.line - 1]?.trim() ?? "";
      say(`${sentence} ${t("trace.told.code", { code: code.slice(0, 120) })}`);
    }, SAY_AFTER);
    return () => clearTimeout(toSay.current);
  }, [sentence]);
  renderings.goTo = (file, at) => {
    const to = toLine(story, live.current.step, file, at);
    if (to >= 0) go(to);
    else look(file, at);
  };
  useCommands(keys, root, (command) => {
    if (helps || (command === "close" && !looksElsewhere && !find)) return undefined;
    return does[command];
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
    if (!getSelection()?.isCollapsed) return; // a text is being selected
    const to = toLine(story, live.current.step, path, Number(clicked.dataset.line));
    if (to >= 0) go(to);
    else answer(t("trace.line.none", { line: clicked.dataset.line ?? "" }));
  };
  const following = {
    followed,
    follow: (/** @type {Followed | null} */ one) =>
      change({ followed: one ? `${one.function}:${one.name}` : "" }),
    toChange: goToChange,
  };
  const label = t("trace.source", { path });
  return (
    <div ref={root} class="cs336-trace" role="group" aria-label={t("trace.title")}>
      <Header
        story={story}
        step={step}
        settings={settings}
        set={change}
        look={look}
        found={found}
        help={() => setHelps(true)}
        open={open}
      />
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
            <div
              ref={side}
              class="cs336-side"
              tabIndex={0}
              role="region"
              aria-label={t("trace.variables")}
            >
              <State story={story} step={step} following={following} />
              <Output written={written} step={step} />
            </div>
          )
        }
      />
      <div class="cs336-run">
        <Timeline story={story} step={step} ticks={ticks} go={go} />
        <Transport
          name={t("trace.step")}
          step={step}
          last={last}
          told={sentence}
          go={go}
          rest={REST}
        >
          {
            /** @type {const} */ (["overBack", "over", "out"]).map((command) => (
              <button
                key={command}
                type="button"
                class="cs336-word"
                title={t(`trace.${command}`)}
                onClick={does[command]}
              >
                {t(`trace.${command}.short`)}
              </button>
            ))
          }
        </Transport>
        <p class="cs336-told-step cs336-quiet">{sentence}</p>
        <p class="cs336-unseen" role="status">
          {said}
        </p>
      </div>
      {helps && <Help close={() => setHelps(false)} canOpen={open !== undefined} />}
    </div>
  );
}
