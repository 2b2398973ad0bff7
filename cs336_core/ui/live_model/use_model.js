// The small model that pages run, loaded when its figure comes near the screen.

import { useEffect, useMemo, useState } from "preact/hooks";
import { ModelTokenizer } from "../../browser/model/transformer/tokenizer.js";
import { readModel } from "../../browser/model/transformer/weights.js";
import { FilesFromPython, loadFile } from "../late_files.js";
import { t } from "../strings.js";
import { tokenLabel } from "../tokens.js";
import "./strings.en.js";

/**
 * @typedef {object} Live
 * @property {import("../../browser/model/transformer/weights.js").Header} header
 * @property {import("../../browser/model/transformer/model.js").Model} model
 * @property {ModelTokenizer} tokenizer
 * @property {string[]} labels of all tokens
 * @property {boolean[]} isText whether each token consists of whole, visible characters
 */

/** @param {string} packed @returns {Live} */
export function liveModel(packed) {
  const { header, model } = readModel(packed);
  const tokenizer = new ModelTokenizer(header);
  const labels = tokenizer.vocab.map(tokenLabel);
  return {
    header,
    model,
    tokenizer,
    labels: labels.map(({ text }) => text),
    isText: labels.map(({ text, kind }) => kind === "text" && !text.startsWith("U+")),
  };
}

/**
 * The texts of the model's folder that a figure needs, once they have loaded, and the error message if
 * one cannot be loaded.
 * @param {{ files?: Record<string, string> }} state
 * @param {(changes: { requested: string }) => void} set
 * @param {readonly string[]} names empty while nothing is needed
 */
export function useModelFiles(state, set, names) {
  const [texts, setTexts] = useState(/** @type {Record<string, string>} */ ({}));
  const [error, setError] = useState("");
  const missing = t("live.missing");
  const python = useMemo(() => new FilesFromPython(missing, (requested) => set({ requested })), []);
  useEffect(() => python.receive(state.files ?? {}), [state.files]);
  useEffect(() => {
    for (const name of names.filter((each) => !(each in texts))) {
      loadFile({ folder: "models", table: "cs336Models", missing }, python, name).then(
        (text) => setTexts((all) => ({ ...all, [name]: text })),
        (/** @type {Error} */ { message }) => setError(message),
      );
    }
  }, [names.join()]);
  return { texts, error };
}

/**
 * A model of a text that has loaded.
 * @param {string | undefined} packed
 * @returns {Live | undefined}
 */
export const useLiveModel = (packed) =>
  useMemo(() => (packed === undefined ? undefined : liveModel(packed)), [packed]);

/** A text with a token appended, unless the token is only a part of a character. @param {Live} live @param {string} text @param {number} id */
export const withToken = ({ tokenizer, isText }, text, id) =>
  isText[id] ? text + new TextDecoder().decode(tokenizer.vocab[id]) : text;
