// Text under several tokenizers, side by side.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { schema } from "#schema/playground";
import { colorsOf } from "../../ui/colors.js";
import { toCSV } from "../../ui/export.js";
import { FilesFromPython, loadFile } from "../../ui/late_files.js";
import { t } from "../../ui/strings.js";
import { Toolbar } from "../../ui/toolbar.jsx";
import { useSeen } from "../../ui/use_seen.js";
import { defineView } from "../../ui/view.jsx";
import { Encoder } from "./encoder.js";
import source from "./encoding_worker.js?source";
import { EXAMPLES } from "./examples.js";
import { csvRows, jsonText, pictureSVG } from "./export.js";
import { FrameScheduler } from "./frame_scheduler.js";
import { Links } from "./links.js";
import { fitsAddress, NAMES, namesOf, textProblem } from "./settings.js";
import { describeCounts, nameOf, selectionText } from "./text.js";
import { TextEditor } from "./text_editor.jsx";
import { TokenizerPanel } from "./tokenizer_panel.jsx";
import "./strings.en.js";
import "../../ui/ui.css"; // before the figure's own, which builds on it
import "./style.css";

/** @typedef {import("./encoder.js").Vocabulary} Vocabulary */
/** @typedef {{ text: string, tokenizers: string, trained: Partial<Vocabulary>, requested: string, files: Record<string, string> }} State */
/** @typedef {import("./encoding_worker.js").Result} Result */
/** @typedef {import("./encoding_worker.js").Failure} Failure */
/** @typedef {(Result | Failure) & { text: string }} Answer */

const VOCABULARIES = { folder: "vocabularies", table: "cs336Vocabularies" };
/**
 * The worker's answers for a text, by tokenizer.
 * @param {State} state
 * @param {(changes: Partial<State>) => void} set
 * @param {string} text
 * @param {string[]} names
 * @param {boolean} seen
 */
function useAnswers(state, set, text, names, seen) {
  const [answers, setAnswers] = useState(/** @type {Record<string, Answer>} */ ({}));
  const latest = useRef({ text, state });
  latest.current = { text, state };
  const missing = t("playground.missing");
  const python = useMemo(
    () => new FilesFromPython(missing, (names) => set({ requested: names })),
    [],
  );
  const encoder = useRef(/** @type {Encoder | null} */ (null));
  useEffect(() => () => encoder.current?.stop(), []);
  useEffect(() => python.receive(state.files ?? {}), [state.files]);
  useEffect(() => {
    if (!seen) return;
    encoder.current ??= new Encoder(
      source,
      async (name) => {
        if (name === "trained") return /** @type {Vocabulary} */ (latest.current.state.trained);
        const packed = await loadFile({ ...VOCABULARIES, missing }, python, name);
        return { packed, pattern: /** @type {Vocabulary["pattern"]} */ (name) };
      },
      (answer) =>
        setAnswers((all) => ({ ...all, [answer.name]: { ...answer, text: latest.current.text } })),
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
  const scheduler = useMemo(() => new FrameScheduler(), []);
  const [message, setMessage] = useState("");
  const [problem, setProblem] = useState("");
  // A long text does not fit into the page's address; it stays in the view alone.
  const [longText, setLongText] = useState(/** @type {string | null} */ (null));
  const text = longText ?? state.text;
  const offered = NAMES.filter((name) => name !== "trained" || state.trained?.packed);
  const names = namesOf(state.tokenizers, offered);
  const answers = useAnswers(state, set, text, names, useSeen(root));
  useEffect(() => {
    links.root = root.current;
  }, []);

  /** @param {string} newText */
  const change = (newText) => {
    const newProblem = textProblem(newText);
    setProblem(newProblem);
    setMessage("");
    if (newProblem) return;
    links.show(null);
    const tooLong = page !== undefined && !fitsAddress(newText);
    setLongText(tooLong ? newText : null);
    set({ text: tooLong ? published.text : newText });
  };
  /** @param {string} name */
  const toggle = (name) => {
    setMessage("");
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
      <TextEditor text={text} change={change} links={links} inAddress={page !== undefined} />
      {problem && (
        <p class="cs336-error" role="alert">
          {problem}
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
        {message || (results.length === names.length ? describeCounts(results) : "")}
      </p>
      {names.length === 0 && <p class="cs336-quiet">{t("playground.none")}</p>}
      <div class="cs336-tokenizers">
        {names.map((name) => (
          <TokenizerPanel
            key={name}
            name={name}
            text={text}
            answer={answers[name]}
            stale={answers[name]?.text !== text}
            links={links}
            scheduler={scheduler}
            report={setMessage}
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

/** Describes the highlighted token or the selected text. @param {{ links: Links }} props */
function Detail({ links }) {
  const [sentence, setSentence] = useState("");
  useEffect(
    () =>
      links.listen((range, description) =>
        setSentence(description || (range ? selectionText(links.counts(range)) : "")),
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
