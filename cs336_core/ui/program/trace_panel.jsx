// The trace viewer on a run, loaded when the first run was recorded.

import { useEffect, useRef, useState } from "preact/hooks";
import { loadScript, loadStyle } from "../loading.js";
import { PageModel } from "../page_model.js";
import { t } from "../strings.js";
import "./strings.en.js";

/** @typedef {ReturnType<typeof import("../view.jsx").defineView>} View */

/** @returns {View | undefined} */
const loaded = () => /** @type {any} */ (globalThis).cs336Widgets?.trace_viewer;

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
      remove = view.render({ model: new PageModel({ trace, step, libraries: {} }), el });
    };
    show().catch((error) => setProblem(String(error.message ?? error)));
    return () => {
      isMounted = false;
      remove?.();
    };
  }, [trace, folder]);
  return (
    <>
      {problem && <p class="cs336-error">{t("program.viewer.failed", { error: problem })}</p>}
      <div ref={parent} />
    </>
  );
}
