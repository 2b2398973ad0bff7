// The page that opens traces: a trace of this site, the reader's own file or, if the reader agrees, a
// trace of another site.

import { render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import themeSwitch from "../../../book/theme/templates/theme_switch.html";
import { formatNumber, plural, t } from "../../ui/strings.js";
import { ErrorBoundary } from "../error_boundary.jsx";
import { pageLibraries } from "../renderings/libraries.js";
import { Renderings } from "../renderings/rendering.js";
import { settingsFrom, withSettings } from "../settings.js";
import { Viewer } from "../viewer.jsx";
import { ownTrace, readBeside, readFile } from "./load_trace.js";
import { indexOf, loaderOf } from "./open_trace.js";
import { OtherTraceNote, useOtherTrace } from "./other_trace.jsx";
import { Start } from "./start.jsx";
import "../strings.en.js";
import "../../ui/ui.css";
import "../trace.css";
import "./page.css";

/** @typedef {import("../settings.js").Settings} Settings */

/**
 * What the page shows. `address`: the requested address.
 * @typedef {{ kind: "start", error?: string }
 *   | { kind: "loading", name: string }
 *   | { kind: "asking", url: URL, address: string }
 *   | ({ kind: "shown" } & import("./open_trace.js").Opened)} View
 */

/** The trace of a page that is one file; such a page has no site around it. */
const OWN_TRACE = ownTrace();
const ADDRESS_DELAY = 200; // milliseconds after a change before the page's address follows

/**
 * Opens files that are dropped on the page; returns whether one is being dragged over it.
 * @param {(file: File | undefined) => void} openFile
 */
function useFileDrop(openFile) {
  const [isDragging, setDragging] = useState(false);
  useEffect(() => {
    const over = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setDragging(true);
    };
    const leave = (/** @type {DragEvent} */ event) =>
      event.relatedTarget === null && setDragging(false);
    const drop = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setDragging(false);
      openFile(event.dataTransfer?.files[0]);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  });
  return isDragging;
}

/** The button that every page of the course has; `theme.js` handles it. */
function ThemeSwitch() {
  return <div class="page-colors" dangerouslySetInnerHTML={{ __html: themeSwitch }} />;
}

function App() {
  const [view, setView] = useState(/** @type {View} */ ({ kind: "loading", name: "" }));
  const [settings, setSettings] = useState(() => settingsFrom(new URL(location.href).searchParams));
  const [isOpening, setOpening] = useState(false);
  const compared = useOtherTrace();
  const { other } = compared;
  const latest = useRef(settings);

  /** @param {Partial<Settings>} changes */
  const set = (changes) => {
    latest.current = { ...latest.current, ...changes };
    setSettings(latest.current);
  };
  /**
   * @param {string} name
   * @param {string} address
   * @param {() => Promise<string>} load
   */
  const open = async (name, address, load) => {
    setView({ kind: "loading", name });
    setOpening(false);
    try {
      setView({ kind: "shown", ...(await indexOf(name, address, load)) });
    } catch (error) {
      setView({ kind: "start", error: error instanceof Error ? error.message : String(error) });
    }
  };
  /** @param {string} requested @param {boolean} [agreed] */
  const openAddress = (requested, agreed = false) => {
    try {
      const { isForeign, url, name, load } = loaderOf(requested);
      if (isForeign && !agreed) setView({ kind: "asking", url, address: requested });
      else open(name, requested, load);
    } catch (error) {
      setView({ kind: "start", error: error instanceof Error ? error.message : String(error) });
    }
  };
  /** @param {File | undefined} file */
  const openFile = (file) => {
    if (!file) return;
    compared.close();
    set({ ...settingsFrom(new URLSearchParams()) });
    open(file.name, "", () => readFile(file));
  };
  const isDragging = useFileDrop(openFile);

  useEffect(() => {
    const { searchParams } = new URL(location.href);
    const [requested, second] = [searchParams.get("trace"), searchParams.get("compare")];
    if (OWN_TRACE !== null) open(document.title, "", async () => OWN_TRACE);
    else if (requested) openAddress(requested);
    else setView({ kind: "start" });
    if (OWN_TRACE === null && requested && second) compared.openAddress(second);
  }, []);
  const comparedAddress = other.kind === "shown" || other.kind === "asking" ? other.address : "";
  useEffect(() => {
    if (view.kind !== "shown") return undefined;
    document.title = t("trace.page.title", { name: view.name });
    const timer = setTimeout(() => {
      try {
        history.replaceState(
          history.state,
          "",
          withSettings(location.href, view.address, settings, comparedAddress),
        );
      } catch {
        // Browsers limit how often a page may change its address; the next change catches up.
      }
    }, ADDRESS_DELAY);
    return () => clearTimeout(timer);
  }, [settings, view, comparedAddress]);
  const shown = view.kind === "shown" ? view : undefined;
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
        {view.kind === "asking" && (
          <div class="page-note">
            <p>{t("trace.asking", { origin: view.url.origin })}</p>
            <p>
              <code>{view.url.href}</code>
            </p>
            <p>
              <button
                type="button"
                class="cs336-play"
                onClick={() => openAddress(view.address, true)}
              >
                {t("trace.asking.yes")}
              </button>{" "}
              <button type="button" onClick={() => setView({ kind: "start" })}>
                {t("trace.asking.no")}
              </button>
            </p>
          </div>
        )}
        {(view.kind === "start" || isOpening) && (
          <Start
            error={view.kind === "start" ? view.error : undefined}
            openFile={openFile}
            openAddress={(address) => {
              compared.close();
              set({ ...settingsFrom(new URLSearchParams()) });
              openAddress(address);
            }}
            back={isOpening ? () => setOpening(false) : undefined}
          />
        )}
        {shown && !isOpening && (
          <ErrorBoundary key={shown.address + shown.name}>
            {shown.index.trace.omitted > 0 && (
              <p class="page-omitted" role="status">
                {plural("trace.omitted", shown.index.trace.omitted, {
                  shown: formatNumber(shown.index.trace.steps.length),
                })}
              </p>
            )}
            <OtherTraceNote trace={compared} />
            <Viewer
              key={shown.index}
              index={shown.index}
              settings={settings}
              set={set}
              renderings={renderings}
              keys={document}
              open={OWN_TRACE === null ? () => setOpening(true) : undefined}
              openOther={compared.openFile}
              other={
                other.kind === "shown"
                  ? {
                      ...other,
                      swap: (step) => {
                        compared.set(shown);
                        set({ step, source: "", line: 0 });
                        setView(other);
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
