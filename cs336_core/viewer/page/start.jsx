// What is seen before a trace is open: which ones there are, and how to open another.

import { useEffect, useRef, useState } from "preact/hooks";
import { loadScript } from "../../ui/loading.js";
import { t } from "../../ui/strings.js";

/** @typedef {{ address: string, title: string, steps: number }} Listed */

/** The traces of this site: a script, which a page opened from disk may load, too. */
function useListed() {
  const [listed, setListed] = useState(/** @type {Listed[]} */ ([]));
  useEffect(() => {
    loadScript("traces/list.js").then(
      () => setListed(/** @type {any} */ (globalThis).cs336Traces ?? []),
      () => {}, // a site without traces of its own opens others
    );
  }, []);
  return listed;
}

/**
 * @param {{ error: string | undefined, openFile: (file: File | undefined) => void,
 *   openAddress: (address: string) => void, back: (() => void) | undefined }} props
 */
export function Start({ error, openFile, openAddress, back }) {
  const listed = useListed();
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const chooser = useRef(/** @type {HTMLInputElement | null} */ (null));
  return (
    <div class="page-start">
      {error && (
        <p class="cs336-error" role="alert">
          {error}
        </p>
      )}
      <p>{t("trace.start.what")}</p>
      {listed.length > 0 && (
        <>
          <h2>{t("trace.start.listed")}</h2>
          <ul>
            {listed.map(({ address, title, steps }) => (
              <li key={address}>
                <a
                  href={`?trace=${address}&step=0`}
                  onClick={(event) => {
                    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                    event.preventDefault();
                    openAddress(address);
                  }}
                >
                  {title}
                </a>{" "}
                <span class="cs336-quiet">{t("trace.start.steps", { n: steps })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <h2>{t("trace.start.own")}</h2>
      <p>{t("trace.start.drop")}</p>
      <p>
        <button type="button" class="cs336-play" onClick={() => chooser.current?.click()}>
          {t("trace.start.choose")}
        </button>
        <input
          ref={chooser}
          type="file"
          accept=".json,application/json"
          hidden
          onChange={(event) => openFile(event.currentTarget.files?.[0])}
        />
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (field.current?.value.trim()) openAddress(field.current.value.trim());
        }}
      >
        <label for="address">{t("trace.start.address")}</label>
        <input
          id="address"
          ref={field}
          type="text"
          inputMode="url"
          autocomplete="off"
          spellcheck={false}
        />
        <button type="submit">{t("trace.start.open")}</button>
      </form>
      <p class="cs336-quiet">
        {t("trace.start.make")} <code>python -m cs336_core.trace run my_program.py</code>
      </p>
      {back && (
        <p>
          <button type="button" onClick={back}>
            {t("trace.start.back")}
          </button>
        </p>
      )}
    </div>
  );
}
