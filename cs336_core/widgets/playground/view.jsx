// Text under several tokenizers, side by side.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { schema } from "#schema/playground";
import { colorsOf } from "../../ui/colors.js";
import { toCSV } from "../../ui/export.js";
import { t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { defineView } from "../../ui/view.jsx";
import { Encoder } from "./encoder.js";
import source from "./encoding_worker.js?source";
import { EXAMPLES } from "./examples.js";
import { csvRows, jsonText, pictureSVG } from "./export.js";
import { Turns } from "./frame_scheduler.js";
import { Links } from "./links.js";
import { fitsAddress, NAMES, namesOf, refusal } from "./settings.js";
import { nameOf, selectionText, toldCounts } from "./text.js";
import { Writing } from "./text_editor.jsx";
import { Tokenizer } from "./tokenizer_panel.jsx";
import { FromPython, fromPage } from "./vocabularies.js";
import "./strings.en.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** The script of this view on a page of the site; a module of a notebook is none. */
const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);

/** @typedef {import("./encoder.js").Vocabulary} Vocabulary */
/** @typedef {{ text: string, tokenizers: string, trained: Partial<Vocabulary>, asked: string, vocabularies: Record<string, string> }} State */
/** @typedef {import("./encoding_worker.js").Result} Result */
/** @typedef {import("./encoding_worker.js").Failure} Failure */
/** @typedef {(Result | Failure) & { text: string }} Answer */

/** How far below the screen a figure is when its vocabularies are loaded. */
const NEAR = "400px";

/** @param {{ current: Element | null }} element @returns {boolean} whether it has been in view */
function useSeen(element) {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && setSeen(true), {
      rootMargin: NEAR,
    });
    if (element.current) observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return seen;
}

/**
 * The answers of the worker to a text in some tokenizers.
 * @param {State} state
 * @param {(changes: Partial<State>) => void} set
 * @param {string} text
 * @param {string[]} names
 * @param {boolean} seen
 */
function useAnswers(state, set, text, names, seen) {
  const [answers, setAnswers] = useState(/** @type {Record<string, Answer>} */ ({}));
  const now = useRef({ text, state });
  now.current = { text, state };
  const python = useMemo(() => new FromPython((asked) => set({ asked })), []);
  const encoder = useRef(/** @type {Encoder | null} */ (null));
  useEffect(() => () => encoder.current?.stop(), []);
  useEffect(() => python.arrive(state.vocabularies ?? {}), [state.vocabularies]);
  useEffect(() => {
    if (!seen) return;
    encoder.current ??= new Encoder(
      source,
      async (name) => {
        if (name === "trained") return /** @type {Vocabulary} */ (now.current.state.trained);
        const folder = script && new URL("vocabularies/", script.src).href;
        const packed = await (folder ? fromPage(folder, name) : python.bring(name));
        return { packed, pattern: /** @type {Vocabulary["pattern"]} */ (name) };
      },
      (answer) =>
        setAnswers((all) => ({ ...all, [answer.name]: { ...answer, text: now.current.text } })),
    );
    encoder.current.encode(
      text,
      names.filter((name) => answers[name]?.text !== text),
    );
  }, [seen, text, names.join()]);
  return answers;
}

/** @param {import("../../ui/view.jsx").ViewProps<State>} props */
function Playground({ state, set, page, published }) {
  const root = useRef(/** @type {HTMLDivElement | null} */ (null));
  const links = useMemo(() => new Links(), []);
  const turns = useMemo(() => new Turns(), []);
  const [said, say] = useState("");
  const [refused, refuse] = useState("");
  // A page's address does not hold a long text, so that the page keeps it by itself.
  const [long, setLong] = useState(/** @type {string | null} */ (null));
  const text = long ?? state.text;
  const offered = NAMES.filter((name) => name !== "trained" || state.trained?.packed);
  const names = namesOf(state.tokenizers, offered);
  const answers = useAnswers(state, set, text, names, useSeen(root));
  useEffect(() => {
    links.root = root.current;
  }, []);

  /** @param {string} wanted */
  const change = (wanted) => {
    const why = refusal(wanted);
    refuse(why);
    say("");
    if (why) return;
    links.show(null);
    const apart = page !== undefined && !fitsAddress(wanted);
    setLong(apart ? wanted : null);
    set({ text: apart ? published.text : wanted });
  };
  /** @param {string} name */
  const toggle = (name) => {
    say("");
    const chosen = names.includes(name)
      ? names.filter((other) => other !== name)
      : [...names, name];
    set({ tokenizers: namesOf(chosen.join(), offered).join() });
  };
  const reset = () => {
    change(published.text);
    set({ tokenizers: published.tokenizers });
  };
  const current = names
    .map((name) => answers[name])
    .filter((answer) => answer?.text === text && "counts" in answer);
  const results = /** @type {Result[]} */ (/** @type {unknown} */ (current));
  const files = {
    json: () => jsonText(text, results),
    csv: () => toCSV(csvRows(results)),
    svg: () => pictureSVG(results, colorsOf(/** @type {HTMLElement} */ (root.current))),
  };
  return (
    <div ref={root} class="cs336-playground" role="group" aria-label={t("playground.title")}>
      <Writing text={text} change={change} links={links} inAddress={page !== undefined} />
      {refused && (
        <p class="cs336-error" role="alert">
          {refused}
        </p>
      )}
      <Choices name={t("playground.examples")}>
        {EXAMPLES.map(([name, example]) => (
          <button key={name} type="button" onClick={() => change(example)}>
            {t(`playground.example.${name}`)}
          </button>
        ))}
      </Choices>
      <Choices name={t("playground.tokenizers")}>
        {offered.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={names.includes(name)}
            title={t(`playground.about.${name}`)}
            onClick={() => toggle(name)}
          >
            {nameOf(name)}
          </button>
        ))}
      </Choices>
      <p class="cs336-status" role="status">
        {said || (results.length === names.length ? toldCounts(results) : "")}
      </p>
      {names.length === 0 && <p class="cs336-quiet">{t("playground.none")}</p>}
      <div class="cs336-tokenizers">
        {names.map((name) => (
          <Tokenizer
            key={name}
            name={name}
            answer={answers[name]}
            late={answers[name]?.text !== text}
            links={links}
            turns={turns}
            say={say}
          />
        ))}
      </div>
      <Detail links={links} />
      <Toolbar name="tokens" page={page} reset={reset} files={files} />
    </div>
  );
}

/** @param {{ name: string, children: import("preact").ComponentChildren }} props */
function Choices({ name, children }) {
  return (
    <div class="cs336-choices" role="group" aria-label={name}>
      <span aria-hidden="true">{name}</span>
      <div>{children}</div>
    </div>
  );
}

/** The token that is pointed at, or the text that is selected, in words. @param {{ links: Links }} props */
function Detail({ links }) {
  const [sentence, tell] = useState("");
  useEffect(
    () =>
      links.listen((range, told) =>
        tell(told || (range ? selectionText(links.counts(range)) : "")),
      ),
    [],
  );
  return (
    <p class="cs336-detail" aria-live="polite">
      {sentence || <span class="cs336-quiet">{t("playground.hint")}</span>}
    </p>
  );
}

export default defineView({
  Component: Playground,
  schema,
});
