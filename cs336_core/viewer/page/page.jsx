// The page that opens traces: a trace of this site, the reader's own file or, if the reader agrees, a
// trace of another site.

import { render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import themeSwitch from "../../../book/theme/templates/theme_switch.html";
import { t } from "../../ui/strings.js";
import { ErrorBoundary } from "../error_boundary.jsx";
import { pageLibraries } from "../renderings/libraries.js";
import { Renderings } from "../renderings/rendering.js";
import { settingsFrom } from "../settings.js";
import { Viewer } from "../viewer.jsx";
import { ownTrace, readBeside } from "./load_trace.js";
import { AskForeign, ComparedNote, OmittedNote } from "./notes.jsx";
import { Start } from "./start.jsx";
import { useFileDrop } from "./use_file_drop.js";
import { usePageAddress } from "./use_page_address.js";
import { useTrace } from "./use_trace.js";
import "../strings.en.js";
import "../../ui/ui.css";
import "../trace.css";
import "./page.css";

/** @typedef {import("../settings.js").Settings} Settings */

/** The trace of a page that is one file; such a page has no site around it. */
const OWN_TRACE = ownTrace();

/** The button that every page of the course has; `theme.js` handles it. */
function ThemeSwitch() {
  return <div class="page-colors" dangerouslySetInnerHTML={{ __html: themeSwitch }} />;
}

function App() {
  const [settings, setSettings] = useState(() => settingsFrom(new URL(location.href).searchParams));
  const [isOpening, setOpening] = useState(false);
  const main = useTrace({ kind: "loading", name: "" });
  const compared = useTrace({ kind: "none" });
  const latest = useRef(settings);

  /** @param {Partial<Settings>} changes */
  const set = (changes) => {
    latest.current = { ...latest.current, ...changes };
    setSettings(latest.current);
  };
  /** Opens a trace in place of the one in view, with default settings. @param {() => void} open */
  const openInstead = (open) => {
    compared.close();
    set(settingsFrom(new URLSearchParams()));
    setOpening(false);
    open();
  };
  /** @param {File | undefined} file */
  const openFile = (file) => file && openInstead(() => main.openFile(file));
  const isDragging = useFileDrop(openFile);

  useEffect(() => {
    const { searchParams } = new URL(location.href);
    const [requested, second] = [searchParams.get("trace"), searchParams.get("compare")];
    if (OWN_TRACE !== null) main.open(document.title, "", async () => OWN_TRACE);
    else if (requested) main.openAddress(requested);
    else main.close();
    if (OWN_TRACE === null && requested && second) compared.openAddress(second);
  }, []);
  const view = main.state;
  const shown = view.kind === "shown" ? view : undefined;
  const other = compared.state;
  useEffect(() => {
    if (shown) document.title = t("trace.page.title", { name: shown.name });
  }, [shown]);
  usePageAddress(
    shown?.address,
    settings,
    other.kind === "shown" || other.kind === "asking" ? other.address : "",
  );
  const renderings = useMemo(
    () =>
      new Renderings({
        base: document.baseURI,
        libraries: pageLibraries(new URL("trace/", document.baseURI).href),
        read: readBeside,
      }),
    [shown?.index],
  );
  useEffect(() => () => renderings.close(), [renderings]);
  return (
    <>
      <header class="page-head">
        {OWN_TRACE === null && <a href="index.html">{t("trace.home")}</a>}
        <h1>{shown?.name ?? t("trace.page.start")}</h1>
        <ThemeSwitch />
      </header>
      <main class="cs336">
        {view.kind === "loading" && (
          <p class="page-note" role="status">
            {t("trace.loading", { name: view.name })}
          </p>
        )}
        <AskForeign trace={main} />
        {(view.kind === "none" || view.kind === "failed" || isOpening) && (
          <Start
            error={view.kind === "failed" ? view.error : undefined}
            openFile={openFile}
            openAddress={(address) => openInstead(() => main.openAddress(address))}
            back={isOpening ? () => setOpening(false) : undefined}
          />
        )}
        {shown && !isOpening && (
          <ErrorBoundary key={shown.address + shown.name}>
            <OmittedNote trace={shown.index.trace} />
            <ComparedNote trace={compared} />
            <Viewer
              key={shown.index}
              index={shown.index}
              settings={settings}
              set={set}
              renderings={renderings}
              keys={document}
              open={OWN_TRACE === null ? () => setOpening(true) : undefined}
              openOther={(file) => file && compared.openFile(file)}
              other={
                other.kind === "shown"
                  ? {
                      ...other,
                      swap: (step) => {
                        compared.show(shown);
                        set({ step, source: "", line: 0 });
                        main.show(other);
                      },
                      close: compared.close,
                    }
                  : undefined
              }
            />
          </ErrorBoundary>
        )}
      </main>
      {isDragging && (
        <p class="page-drop" aria-hidden="true">
          {t("trace.drop.now")}
        </p>
      )}
    </>
  );
}

render(<App />, /** @type {HTMLElement} */ (document.getElementById("page")));
