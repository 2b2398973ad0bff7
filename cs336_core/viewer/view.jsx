// The viewer as a widget, in a notebook or on a lecture's page.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { schema } from "#schema/trace_viewer";
import { defineView } from "../ui/view.jsx";
import { ErrorBoundary } from "./error_boundary.jsx";
import { readTrace } from "./read/read_trace.js";
import { notebookLibraries, pageLibraries } from "./renderings/libraries.js";
import { Renderings } from "./renderings/rendering.js";
import { DEFAULTS } from "./settings.js";
import { buildIndex } from "./trace/trace_index.js";
import { Viewer } from "./viewer.jsx";
import "./strings.en.js";
import "../ui/ui.css";
import "./trace.css";
import "./style.css";

/** The script of this view on a page of the site; null in a notebook, where it is a module. */
const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);

/** @param {Record<string, string>} sources of the libraries, which Python sends to notebooks */
function librariesOf(sources) {
  if (script) return pageLibraries(new URL("../../trace/", script.src).href);
  const get = (/** @type {string} */ name) => async () => sources[name] ?? "";
  return notebookLibraries({ maths: get("maths"), plots: get("plots") });
}

/** @typedef {{ trace: string, step: number, libraries?: Record<string, string> }} State */
/** @typedef {import("./settings.js").Settings} Settings */

/** @param {import("../ui/view.jsx").ViewProps<State>} props */
function TraceViewer({ state, set }) {
  const index = useMemo(() => buildIndex(readTrace(state.trace)), [state.trace]);
  const renderings = useMemo(
    () => new Renderings({ base: document.baseURI, libraries: librariesOf(state.libraries ?? {}) }),
    [index],
  );
  useEffect(() => () => renderings.close(), [renderings]);
  const [settings, setSettings] = useState(DEFAULTS);
  const latest = useRef(settings);
  /** @param {Partial<Settings>} changes */
  const change = ({ step, ...others }) => {
    if (step !== undefined) set({ step });
    latest.current = { ...latest.current, ...others };
    setSettings(latest.current);
  };
  return (
    <Viewer
      index={index}
      settings={{ ...settings, step: state.step }}
      set={change}
      renderings={renderings}
    />
  );
}

/** @param {import("../ui/view.jsx").ViewProps<State>} props */
function SafeTraceViewer(props) {
  return (
    <ErrorBoundary key={props.state.trace}>
      <TraceViewer {...props} />
    </ErrorBoundary>
  );
}

export default defineView({
  Component: SafeTraceViewer,
  schema,
});
