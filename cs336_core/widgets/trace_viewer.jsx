// A trace in a notebook or on a lecture's page.

import { useMemo, useRef, useState } from "preact/hooks";
import { Guard } from "./trace/guard.jsx";
import { readTrace } from "./trace/reading/reading.js";
import { notebookLibraries, pageLibraries } from "./trace/renderings/libraries.js";
import { Renderings } from "./trace/renderings/rendering.js";
import { DEFAULTS } from "./trace/settings.js";
import { tellStory } from "./trace/story.js";
import { Viewer } from "./trace/viewer.jsx";
import { defineView } from "./ui/view.jsx";
import "./trace/strings.js";
import "./ui/ui.css";
import "./trace/trace.css";
import "./trace_viewer.css";

/** The script of this view on a page of the site; a module of a notebook is none. */
const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);

/** @param {Record<string, string>} given what the libraries are, where Python hands them over */
function librariesOf(given) {
  if (script) return pageLibraries(new URL("../../trace/", script.src).href);
  const get = (/** @type {string} */ name) => async () => given[name] ?? "";
  return notebookLibraries({ maths: get("maths"), plots: get("plots") });
}

/** @typedef {{ trace: string, step: number, libraries?: Record<string, string> }} State */
/** @typedef {import("./trace/settings.js").Settings} Settings */

/** @param {import("./ui/view.jsx").ViewProps<State>} props */
function TraceViewer({ state, set }) {
  const story = useMemo(() => tellStory(readTrace(state.trace)), [state.trace]);
  const renderings = useMemo(() => new Renderings({ base: document.baseURI, libraries: librariesOf(state.libraries ?? {}) }), [story]);
  const [settings, setSettings] = useState(DEFAULTS);
  const latest = useRef(settings);
  /** @param {Partial<Settings>} changes */
  const change = ({ step, ...others }) => {
    if (step !== undefined) set({ step });
    latest.current = { ...latest.current, ...others };
    setSettings(latest.current);
  };
  return <Viewer story={story} settings={{ ...settings, step: state.step }} set={change} renderings={renderings} />;
}

/** @param {import("./ui/view.jsx").ViewProps<State>} props */
function Guarded(props) {
  return <Guard key={props.state.trace}><TraceViewer {...props} /></Guard>;
}

export default defineView({ Component: Guarded, traits: ["trace", "step", "libraries"], url: ["step"] });
