// The page that opens traces: one of this site, a file of the reader's, or, if the reader agrees,
// one of another site.

import { render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../../ui/strings.js";
import { Guard } from "../error_boundary.jsx";
import { titleOf } from "../labels.js";
import { readTrace } from "../read/read_trace.js";
import { pageLibraries } from "../renderings/libraries.js";
import { Renderings } from "../renderings/rendering.js";
import { settingsFrom, withSettings } from "../settings.js";
import { tellStory } from "../trace/trace_index.js";
import { Viewer } from "../viewer.jsx";
import { addressesOf } from "./address.js";
import { firstOf, fromDisk, fromFile, placeOf } from "./load_trace.js";
import { Start } from "./start.jsx";
import "../strings.en.js";
import "../../ui/ui.css";
import "../trace.css";
import "./page.css";

/** @typedef {import("../trace/trace_index.js").Story} Story */
/** @typedef {import("../settings.js").Settings} Settings */

/**
 * What the page shows. `address`: what was asked for; `name`: what the reader calls it.
 * @typedef {{ kind: "start", error?: string }
 *   | { kind: "loading", name: string }
 *   | { kind: "asking", url: URL, address: string }
 *   | { kind: "shown", story: Story, address: string, name: string }} View
 */

const REST = 200; // milliseconds after which the address is brought up to date

/** @param {string} address */
const nameOf = (address) => address.split(/[?#]/)[0]?.split("/").at(-1) ?? address;

/**
 * Takes files that are dropped anywhere on the page; tells whether one is being dragged over it.
 * @param {(file: File | undefined) => void} openFile
 */
function useDropped(openFile) {
  const [dragged, setDragged] = useState(false);
  useEffect(() => {
    const over = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setDragged(true);
    };
    const leave = (/** @type {DragEvent} */ event) =>
      event.relatedTarget === null && setDragged(false);
    const drop = (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      setDragged(false);
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
  return dragged;
}

function App() {
  const [view, setView] = useState(/** @type {View} */ ({ kind: "loading", name: "" }));
  const [settings, setSettings] = useState(() => settingsFrom(new URL(location.href).searchParams));
  const [opening, setOpening] = useState(false);
  const latest = useRef(settings);

  /** @param {Partial<Settings>} changes */
  const set = (changes) => {
    latest.current = { ...latest.current, ...changes };
    setSettings(latest.current);
  };
  /**
   * @param {string} name
   * @param {string} address
   * @param {() => Promise<string>} get
   */
  const open = async (name, address, get) => {
    setView({ kind: "loading", name });
    setOpening(false);
    try {
      const trace = readTrace(await get());
      if (!trace.steps.length) throw new Error(t("trace.opening.empty"));
      setView({ kind: "shown", story: tellStory(trace), address, name: titleOf(trace) ?? name });
    } catch (error) {
      setView({
        kind: "start",
        error: `${name}: ${error instanceof Error ? error.message : error}`,
      });
    }
  };
  /** @param {string} asked @param {boolean} [agreed] */
  const openAddress = (asked, agreed = false) => {
    try {
      const places = addressesOf(asked).map((address) => ({
        address,
        ...placeOf(address, document.baseURI),
      }));
      const [{ kind, url, address }] = /** @type {[typeof places[0], ...typeof places]} */ (places);
      if (kind === "foreign" && !agreed) setView({ kind: "asking", url, address });
      else
        open(nameOf(address), asked, () =>
          kind === "disk" ? fromDisk(address) : firstOf(places.map((place) => place.url)),
        );
    } catch (error) {
      setView({ kind: "start", error: error instanceof Error ? error.message : String(error) });
    }
  };
  /** @param {File | undefined} file */
  const openFile = (file) => {
    if (!file) return;
    set({ ...settingsFrom(new URLSearchParams()) });
    open(file.name, "", () => fromFile(file));
  };
  const dragged = useDropped(openFile);

  useEffect(() => {
    const asked = new URL(location.href).searchParams.get("trace");
    if (asked) openAddress(asked);
    else setView({ kind: "start" });
  }, []);
  useEffect(() => {
    if (view.kind !== "shown") return undefined;
    document.title = t("trace.page.title", { name: view.name });
    const timer = setTimeout(() => {
      try {
        history.replaceState(
          history.state,
          "",
          withSettings(location.href, view.address, settings),
        );
      } catch {
        // Browsers bound how often a page may change its address; the next change catches up.
      }
    }, REST);
    return () => clearTimeout(timer);
  }, [settings, view]);
  const shown = view.kind === "shown" ? view : undefined;
  const renderings = useMemo(
    () =>
      new Renderings({
        base: document.baseURI,
        libraries: pageLibraries(new URL("trace/", document.baseURI).href),
      }),
    [shown?.story],
  );
  return (
    <>
      <header class="page-head">
        <a href="index.html">{t("trace.home")}</a>
        <h1>{shown?.name ?? t("trace.page.start")}</h1>
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
        {(view.kind === "start" || opening) && (
          <Start
            error={view.kind === "start" ? view.error : undefined}
            openFile={openFile}
            openAddress={(address) => {
              set({ ...settingsFrom(new URLSearchParams()) });
              openAddress(address);
            }}
            back={opening ? () => setOpening(false) : undefined}
          />
        )}
        {shown && !opening && (
          <Guard key={shown.address + shown.name}>
            {shown.story.trace.left > 0 && (
              <p class="page-left" role="status">
                {t("trace.left", {
                  n: shown.story.trace.left,
                  shown: shown.story.trace.steps.length,
                })}
              </p>
            )}
            <Viewer
              key={shown.story}
              story={shown.story}
              settings={settings}
              set={set}
              renderings={renderings}
              keys={document}
              open={() => setOpening(true)}
            />
          </Guard>
        )}
      </main>
      {dragged && (
        <p class="page-drop" aria-hidden="true">
          {t("trace.drop.now")}
        </p>
      )}
    </>
  );
}

render(<App />, /** @type {HTMLElement} */ (document.getElementById("page")));
