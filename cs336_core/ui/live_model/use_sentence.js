// The reader's sentence, and the small model that reads it.

import { useState } from "preact/hooks";
import { forward } from "../../browser/model/transformer/model.js";
import { useSeen } from "../use_seen.js";
import { textProblem } from "./limits.js";
import { useLiveModel, useModelFiles } from "./use_model.js";

/** @typedef {import("./use_model.js").Live} Live */

const FILES = ["small"];

/**
 * The trained model, once its figure has been near the screen and the model has loaded.
 * @param {{ current: Element | null }} root of the figure
 * @param {{ files?: Record<string, string> }} state
 * @param {(changes: { requested: string }) => void} set
 */
export function useSmallModel(root, state, set) {
  const { texts, error } = useModelFiles(state, set, useSeen(root) ? FILES : []);
  return { live: useLiveModel(texts.small), error };
}

/**
 * The figure's text: `change` sets it, or `problem` says why it is refused.
 * @param {(changes: { text: string, position: number }) => void} set
 * @param {number} longest in bytes
 */
export function useSentence(set, longest) {
  const [problem, setProblem] = useState("");
  /** @param {string} text */
  const change = (text) => {
    const found = textProblem(text, longest);
    setProblem(found);
    if (!found) set({ text, position: 0 });
  };
  return { problem, change, forget: () => setProblem("") };
}

/**
 * The tokens of a text that a figure shows, and the forward pass of the whole model over them.
 * @param {Live} live
 * @param {string} text
 * @param {number} most how many tokens are read, of a longer text the last ones
 * @returns undefined for a text without tokens
 */
export function readSentence({ model, tokenizer, labels }, text, most) {
  const all = tokenizer.encode(text);
  const ids = all.slice(-most);
  if (ids.length === 0) return undefined;
  return {
    ids,
    isCut: all.length > ids.length,
    labels: ids.map((id) => labels[id] ?? ""),
    pass: forward(model, ids),
  };
}
