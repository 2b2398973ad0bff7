// The start screen: the traces of this site, and how to open another.

import { useEffect, useRef, useState } from "preact/hooks";
import { plural, t } from "../../ui/strings.js";
import { siteTraces } from "./site_traces.js";

/** The traces of this site; undefined until their list has been loaded. */
function useSiteTraces() {
  const [traces, setTraces] = useState(
    /** @type {import("./site_traces.js").SiteTrace[] | undefined} */ (undefined),
  );
  useEffect(() => {
    siteTraces().then(setTraces);
  }, []);
  return traces;
}

/**
 * @param {{ error: string | undefined, openFile: (file: File | undefined) => void,
 *   openAddress: (address: string) => void, back: (() => void) | undefined }} props
 */
export function Start({ error, openFile, openAddress, back }) {
  const traces = useSiteTraces();
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const chooser = useRef(/** @type {HTMLInputElement | null} */ (null));
  const opening = (
    <>
      {error && (
        <p class="cs336-error" role="alert">
          {error}
        </p>
      )}
      <p>{t("trace.start.what")}</p>
    </>
  );
  // The list would move what is below it.
  if (!traces) return <div class="page-start">{opening}</div>;
  return (
    <div class="page-start">
      {opening}
      {traces.length > 0 && (
        <>
          <h2>{t("trace.start.listed")}</h2>
          <ul>
            {traces.map(({ address, title, steps }) => (
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
                <span class="cs336-quiet">{plural("trace.start.steps", steps)}</span>
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
        {t("trace.start.record")} <code>python -m cs336_core.trace run my_program.py</code>
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
