// An editor for Python: a text area that becomes CodeMirror once that is loaded, and works without.

import { useEffect, useRef, useState } from "preact/hooks";
import { useUniqueId } from "../id.js";
import { loadScript } from "../loading.js";
import { t } from "../strings.js";
import "./strings.en.js";

/** @typedef {ReturnType<typeof import("./codemirror.js").createEditor>} Editor */

/** @returns {typeof import("./codemirror.js").createEditor | undefined} */
const loaded = () => /** @type {any} */ (globalThis).cs336Editor?.createEditor;

/**
 * @param {{ code: string, change: (code: string) => void, label: string, folder: string | null,
 *   errorLine?: number | null, goTo?: { line: number } | null }} props
 *   `folder`: of the editor's script, null in a notebook; `errorLine`: a line to mark, counted from
 *   1; `goTo`: each new object moves the cursor to its line
 */
export function CodeEditor({ code, change, label, folder, errorLine = null, goTo = null }) {
  const id = useUniqueId();
  const parent = useRef(/** @type {HTMLDivElement | null} */ (null));
  const area = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const editor = useRef(/** @type {Editor | null} */ (null));
  const [isReady, setReady] = useState(false);
  const latest = useRef({ code, change });
  latest.current = { code, change };

  useEffect(() => {
    let isMounted = true;
    if (!folder) return undefined;
    const start = async () => {
      if (!loaded()) await loadScript(`${folder}editor.js`);
      const createEditor = loaded();
      if (!isMounted || !parent.current || !createEditor) return;
      const hadFocus = document.activeElement === area.current;
      editor.current = createEditor({
        parent: parent.current,
        code: latest.current.code,
        label,
        describedBy: id,
        change: (text) => latest.current.change(text),
      });
      setReady(true);
      if (hadFocus) editor.current.focus();
    };
    start().catch(() => {}); // the text area stays
    return () => {
      isMounted = false;
      editor.current?.destroy();
      editor.current = null;
    };
  }, [folder]);
  useEffect(() => editor.current?.setCode(code), [code]);
  useEffect(() => editor.current?.mark(errorLine), [errorLine, isReady]);
  useEffect(() => {
    if (goTo) editor.current?.goTo(goTo.line);
  }, [goTo]);

  return (
    <div class="cs336-code">
      <div ref={parent} class="cs336-code-editor" />
      {!isReady && (
        <textarea
          ref={area}
          class="cs336-code-area"
          aria-label={label}
          aria-describedby={id}
          spellcheck={false}
          autocapitalize="off"
          rows={code.split("\n").length}
          value={code}
          onInput={(event) => change(event.currentTarget.value)}
        />
      )}
      <p id={id} class="cs336-unseen">
        {t("editor.keys")}
      </p>
    </div>
  );
}
