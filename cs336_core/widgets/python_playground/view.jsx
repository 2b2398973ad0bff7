// An editor for a Python program, which runs and is stepped through in the page.

import { useEffect, useRef, useState } from "preact/hooks";
import { schema } from "#schema/python_playground";
import { CodeEditor } from "../../ui/editor/code_editor.jsx";
import { useUniqueId } from "../../ui/id.js";
import { Controls } from "../../ui/program/controls.jsx";
import { Output } from "../../ui/program/output.jsx";
import { describeRun } from "../../ui/program/text.js";
import { TracePanel } from "../../ui/program/trace_panel.jsx";
import { useRun } from "../../ui/program/use_run.js";
import { Select } from "../../ui/select.jsx";
import { t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { defineView } from "../../ui/view.jsx";
import { readsInput } from "./input.js";
import { pack, unpack } from "./share.js";
import "./strings.en.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** The script of this view on a page of the site; null in a notebook, which loads a module. */
const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
const folder = script && new URL("../python/", script.src).href;
const widgets = script && new URL("./", script.src).href;

/** @typedef {{ code: string, examples: Record<string, string>, program: string }} State */

/**
 * The program in the editor. The page's address has it, unless it is the published one.
 * @param {State} state
 * @param {(changes: Partial<State>) => void} set
 */
function useProgram(state, set) {
  const [code, setCode] = useState(state.code);
  const [arrival, setArrival] = useState(/** @type {"" | "shared" | "unreadable"} */ (""));
  const [isTooLong, setTooLong] = useState(false);
  const newest = useRef(code);
  useEffect(() => {
    if (!state.program) return;
    unpack(state.program).then((shared) => {
      setArrival(shared === null ? "unreadable" : "shared");
      if (shared === null) return;
      newest.current = shared;
      setCode(shared);
    });
  }, []);
  /** @param {string} text */
  const change = async (text) => {
    newest.current = text;
    setCode(text);
    setArrival("");
    const packed = text === state.code ? "" : await pack(text);
    if (newest.current !== text) return;
    setTooLong(packed === "" && text !== state.code);
    set({ program: packed });
  };
  return { code, change, arrival, isTooLong };
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function PythonPlayground({ state, set, page }) {
  const { code, change, arrival, isTooLong } = useProgram(state, set);
  const [input, setInput] = useState("");
  const [goTo, setGoTo] = useState(/** @type {{ line: number } | null} */ (null));
  const { run, start, stop, clear } = useRun(folder);
  const panel = useRef(/** @type {HTMLDivElement | null} */ (null));
  const inputId = useUniqueId();
  const names = Object.keys(state.examples);
  const example = names.find((name) => state.examples[name] === code) ?? "";
  const error = run.code === code ? run.outcome?.error : null;
  const needsInput = readsInput(code);

  /** @param {boolean} trace */
  const startRun = (trace) => start({ code, trace, stdin: needsInput ? input : "" });
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    startRun(event.shiftKey);
  };
  useEffect(() => {
    if (run.outcome?.trace) panel.current?.scrollIntoView({ block: "nearest" });
  }, [run.outcome]);
  return (
    <div class="cs336-python" role="group" aria-label={t("py.title")} onKeyDownCapture={onKeyDown}>
      <div class="cs336-python-bar">
        <Select
          name={t("py.examples")}
          value={example}
          options={[
            ...names.map((name) => /** @type {const} */ ([name, t(`py.example.${name}`)])),
            ...(example ? [] : [/** @type {const} */ (["", t("py.example.own")])]),
          ]}
          set={(name) => {
            change(state.examples[name] ?? code);
            clear();
          }}
        />
        {folder && <Controls isBusy={run.status !== "idle"} start={startRun} stop={stop} />}
      </div>
      {!folder && <p class="cs336-quiet">{t("py.notebook")}</p>}
      {arrival && <p class="cs336-error">{t(`py.${arrival}`)}</p>}
      <div class="cs336-python-columns">
        <CodeEditor
          code={code}
          change={change}
          label={t("py.program")}
          folder={widgets}
          errorLine={error?.file === "main.py" ? error.line : null}
          goTo={goTo}
        />
        <div class="cs336-python-side">
          {needsInput && (
            <div class="cs336-python-input">
              <label for={inputId}>{t("py.input")}</label>
              <textarea
                id={inputId}
                rows={2}
                spellcheck={false}
                value={input}
                onInput={(event) => setInput(event.currentTarget.value)}
              />
            </div>
          )}
          <Output run={run} goTo={(line) => setGoTo({ line })} />
          <p class="cs336-status" role="status">
            {describeRun(run)}
          </p>
        </div>
      </div>
      <div ref={panel} class="cs336-python-trace">
        {widgets && run.outcome?.trace && <TracePanel trace={run.outcome.trace} folder={widgets} />}
      </div>
      <Toolbar
        name="program"
        page={page}
        reset={() => {
          change(state.code);
          setInput("");
          clear();
        }}
        files={{ py: () => code }}
        linkWarning={isTooLong ? t("py.tooLong") : ""}
      />
    </div>
  );
}

export default defineView({ Component: PythonPlayground, schema });
