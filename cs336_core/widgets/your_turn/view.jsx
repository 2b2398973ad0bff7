// An exercise: the reader writes a function, and the page's own Python runs its tests.

import { useRef, useState } from "preact/hooks";
import { schema } from "#schema/your_turn";
import { CodeEditor } from "../../ui/editor/code_editor.jsx";
import { TracePanel } from "../../ui/program/trace_panel.jsx";
import { Sentence } from "../../ui/sentence.jsx";
import { t } from "../../ui/strings.js";
import { defineView } from "../../ui/view.jsx";
import { lineOf } from "./check.js";
import { loadDraft, NO_DRAFT, saveDraft } from "./draft.js";
import { Help, Result } from "./parts.jsx";
import { useCheck } from "./use_check.js";
import "./strings.en.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** The script of this view on a page of the site; null in a notebook, which loads a module. */
const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
const folder = script && new URL("../python/", script.src).href;
const widgets = script && new URL("./", script.src).href;

/** @typedef {{ name: string, task: string, start: string, imports: string, hints: string[], solution: string, check: string, hint: number }} State */

/**
 * What the reader has done, which the browser remembers.
 * @param {string} name
 */
function useDraft(name) {
  const [draft, setDraft] = useState(() => loadDraft(name));
  const latest = useRef(draft);
  /** @param {Partial<import("./draft.js").Draft>} changes */
  const change = (changes) => {
    latest.current = { ...latest.current, ...changes };
    saveDraft(name, latest.current);
    setDraft(latest.current);
  };
  return /** @type {const} */ ([draft, change]);
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function YourTurn(props) {
  return folder && widgets ? <LiveTurn {...props} /> : <NotebookTurn {...props} />;
}

/** In a notebook the function has a cell of its own, and Python checks it. @param {import("../../ui/view.jsx").ViewProps<State>} props */
function NotebookTurn({ state, set }) {
  return (
    <div class="cs336-turn">
      <Task state={state} />
      <pre class="cs336-turn-code cs336-scrolls">{state.start}</pre>
      <p>{t("turn.notebook")}</p>
      <pre class="cs336-turn-code cs336-scrolls">{state.check}</pre>
      <Help hints={state.hints} shown={state.hint} show={(hint) => set({ hint })} />
    </div>
  );
}

/** @param {{ state: State }} props */
function Task({ state }) {
  return (
    <div>
      <p class="cs336-turn-title">{t("turn.title", { name: state.name })}</p>
      <p>
        <Sentence text={state.task} />
      </p>
    </div>
  );
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function LiveTurn({ state, set }) {
  const [draft, change] = useDraft(state.name);
  const tests = useCheck(folder ?? "", state);
  const { busy, checked, python } = tests;
  const [isEditing, setEditing] = useState(false);
  const isPrepared = useRef(false);
  const code = draft.code ?? state.start;

  /** @param {string} text */
  const edit = (text) => {
    if (!isPrepared.current) python.prepare(); // six megabytes, for a reader who means to try
    isPrepared.current = true;
    change({ code: text === state.start ? null : text });
  };
  const check = async () => {
    const passed = await tests.check(code);
    if (passed === null || code === state.start) return; // nothing was tried
    change({ attempts: draft.attempts + 1, passed: draft.passed || passed });
  };
  const reset = () => {
    tests.clear();
    change({ ...NO_DRAFT, passed: draft.passed });
    set({ hint: 0 });
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    check();
  };
  const status = busy ? t(`turn.${busy}`) : tests.message;
  const result = checked?.result;
  const isFailing = checked?.code === code && !result?.passed;
  return (
    <>
      <div class="cs336-turn" onKeyDownCapture={onKeyDown} onFocusCapture={() => setEditing(true)}>
        <Task state={state} />
        <CodeEditor
          code={code}
          change={edit}
          label={t("turn.editor", { name: state.name })}
          folder={isEditing ? widgets : null}
          errorLine={isFailing ? lineOf(result?.message ?? "") : null}
        />
        <div class="cs336-turn-bar">
          <button
            type="button"
            class="cs336-play"
            title={t("turn.check.title")}
            aria-disabled={busy !== ""}
            onClick={check}
          >
            {t("turn.check")}
          </button>
          {busy && (
            <button type="button" onClick={() => python.stop()}>
              {t("turn.stop")}
            </button>
          )}
          {result?.call && (
            <button
              type="button"
              title={t("turn.trace.title")}
              aria-disabled={busy !== ""}
              onClick={tests.traceCall}
            >
              {t("turn.trace")}
            </button>
          )}
          <button type="button" title={t("turn.reset.title")} onClick={reset}>
            {t("turn.reset")}
          </button>
          <span class="cs336-quiet">
            {status || t(draft.passed ? "turn.passed.before" : "turn.before")}
          </span>
        </div>
        <div role="status">
          {result && <Result result={result} />}
          {/* A screen reader hears what happens; the eye sees it beside the buttons. */}
          <span class="cs336-unseen">{status}</span>
        </div>
        <Help
          hints={state.hints}
          shown={state.hint}
          show={(hint) => set({ hint })}
          solution={draft.attempts > 0 ? state.solution : ""}
        />
      </div>
      {tests.trace && widgets && (
        <TracePanel trace={tests.trace} step={result?.lead ?? 0} folder={widgets} />
      )}
    </>
  );
}

export default defineView({ Component: YourTurn, schema });
