// What happened to a run, in words.

import { t } from "../../ui/strings.js";
import "./strings.en.js";

/** Whether a program may read standard input. @param {string} code */
export const readsInput = (code) => /\binput\s*\(|\bstdin\b/.test(code);

/** @param {number} seconds */
const duration = (seconds) =>
  t("py.seconds", { n: seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(0) });

/** @param {import("./use_run.js").RunState} run */
export function describeRun({ status, isTraced, outcome }) {
  if (status === "loading") return t("py.loading");
  if (status === "running") return t(isTraced ? "py.recording" : "py.running");
  if (!outcome) return "";
  const { error, problem, seconds, trace } = outcome;
  const sentences = [];
  if (problem) sentences.push(problem);
  else if (error)
    sentences.push(
      error.line === null
        ? t("py.raised", { type: error.type })
        : t("py.raised.line", { type: error.type, line: error.line }),
    );
  else sentences.push(t("py.finished", { duration: duration(seconds) }));
  if (trace) sentences.push(t("py.recorded"));
  return sentences.join(" ");
}
