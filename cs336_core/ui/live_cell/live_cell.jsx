// A cell of a lecture as an editor: it runs after the lines of the cells above that it needs.

import { useEffect, useRef, useState } from "preact/hooks";
import { createPython } from "../../browser/python/python.js";
import { CodeEditor } from "../editor/code_editor.jsx";
import { Controls } from "../program/controls.jsx";
import { Output } from "../program/output.jsx";
import { describeRun } from "../program/text.js";
import { TracePanel } from "../program/trace_panel.jsx";
import { useRun } from "../program/use_run.js";
import { t } from "../strings.js";
import "./strings.en.js";

const FILE = "cell.py";

/**
 * @param {{ program: import("./page.js").Program, folders: { python: string, widgets: string },
 *   started: () => void, reset: () => void, close: () => void }} props
 *   `started`: the output of the page is out of date; `reset`: it is back
 */
export function LiveCell({ program, folders, started, reset, close }) {
  const [code, setCode] = useState(program.code);
  const [goTo, setGoTo] = useState(/** @type {{ line: number } | null} */ (null));
  const { run, start: startRun, stop, clear } = useRun(folders.python);
  // The page's figures share one Python, which starts while the reader edits.
  useEffect(() => createPython({ folder: folders.python }).prepare(), []);
  const trace = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => {
    if (run.outcome?.trace) trace.current?.scrollIntoView({ block: "nearest" });
  }, [run.outcome]);

  /** @param {boolean} traced */
  const start = (traced) => {
    started();
    startRun({ code, before: program.before, filename: FILE, trace: traced });
  };
  /** @param {KeyboardEvent} event */
  const onKeyDown = (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    start(event.shiftKey);
  };
  const error = run.code === code ? run.outcome?.error : null;
  const isBusy = run.status !== "idle";
  return (
    <div
      class="cs336-live-cell"
      role="group"
      aria-label={t("cell.live", { line: program.line })}
      onKeyDownCapture={onKeyDown}
    >
      <CodeEditor
        code={code}
        change={setCode}
        label={t("cell.editor", { line: program.line })}
        folder={folders.widgets}
        errorLine={error?.file === FILE ? error.line : null}
        goTo={goTo}
      />
      {program.before && (
        <details class="cs336-live-before">
          <summary>{t("cell.before")}</summary>
          <pre class="cs336-scrolls">{program.before}</pre>
        </details>
      )}
      <div class="cs336-live-bar">
        <Controls isBusy={isBusy} start={start} stop={stop} />
        <button
          type="button"
          title={t("cell.reset.title")}
          onClick={() => {
            setCode(program.code);
            clear();
            reset();
          }}
        >
          {t("cell.reset")}
        </button>
        <button type="button" onClick={close}>
          {t("cell.close")}
        </button>
      </div>
      {(isBusy || run.outcome) && <Output run={run} goTo={(line) => setGoTo({ line })} />}
      <p class="cs336-status" role="status">
        {describeRun(run)}
      </p>
      <div ref={trace} class="cs336-live-trace">
        {run.outcome?.trace && <TracePanel trace={run.outcome.trace} folder={folders.widgets} />}
      </div>
    </div>
  );
}
