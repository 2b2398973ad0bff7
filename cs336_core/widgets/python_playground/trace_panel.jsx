// The trace viewer on a run, loaded when the first run was recorded.

import { useEffect, useRef, useState } from "preact/hooks";
import { loadScript, loadStyle } from "../../ui/loading.js";
import { t } from "../../ui/strings.js";

/** @typedef {ReturnType<typeof import("../../ui/view.jsx").defineView>} View */

/** @returns {View | undefined} */
const loaded = () => /** @type {any} */ (globalThis).cs336Widgets?.trace_viewer;

/** The state of the viewer, with the part of anywidget's model that a view uses. */
class ViewerModel {
  /** @param {Record<string, unknown>} state */
  constructor(state) {
    this.state = state;
    /** @type {Map<string, Set<() => void>>} */
    this.listeners = new Map();
  }
  /** @param {string} name */
  get(name) {
    return this.state[name];
  }
  /** @param {string} name @param {unknown} value */
  set(name, value) {
    this.state[name] = value;
    for (const callback of [...(this.listeners.get(`change:${name}`) ?? [])]) callback();
  }
  save_changes() {} // nobody else has this state
  /** @param {string} event @param {() => void} callback */
  on(event, callback) {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(callback));
  }
  /** @param {string} event @param {() => void} callback */
  off(event, callback) {
    this.listeners.get(event)?.delete(callback);
  }
}

/** @param {{ trace: string, folder: string, step?: number }} props `folder`: of the views; `step`: the first that is shown */
export function TracePanel({ trace, folder, step = 0 }) {
  const parent = useRef(/** @type {HTMLDivElement | null} */ (null));
  const [problem, setProblem] = useState("");
  useEffect(() => {
    /** @type {(() => void) | undefined} */
    let remove;
    let isMounted = true;
    const show = async () => {
      if (!loaded())
        await Promise.all([
          loadScript(`${folder}trace_viewer.js`),
          loadStyle(`${folder}trace_viewer.css`),
        ]);
      const view = loaded();
      if (!isMounted || !parent.current || !view) return;
      const el = document.createElement("div");
      parent.current.replaceChildren(el);
      remove = view.render({ model: new ViewerModel({ trace, step, libraries: {} }), el });
    };
    show().catch((error) => setProblem(String(error.message ?? error)));
    return () => {
      isMounted = false;
      remove?.();
    };
  }, [trace, folder]);
  return (
    <>
      {problem && <p class="cs336-error">{t("py.viewer.failed", { error: problem })}</p>}
      <div ref={parent} />
    </>
  );
}
