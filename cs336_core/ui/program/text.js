// What happened to a run, in words.

import { t } from "../strings.js";
import "./strings.en.js";

/** @param {number} seconds */
const duration = (seconds) =>
  t("program.seconds", { n: seconds < 10 ? seconds.toFixed(2) : seconds.toFixed(0) });

/** @param {import("./use_run.js").RunState} run */
export function describeRun({ status, isTraced, outcome }) {
  if (status === "loading") return t("program.loading");
  if (status === "running") return t(isTraced ? "program.recording" : "program.running");
  if (!outcome) return "";
  const { error, problem, seconds, trace } = outcome;
  const sentences = [];
  if (problem) sentences.push(problem);
  else if (error)
    sentences.push(
      error.line === null
        ? t("program.raised", { type: error.type })
        : t("program.raised.line", { type: error.type, line: error.line }),
    );
  else sentences.push(t("program.finished", { duration: duration(seconds) }));
  if (trace) sentences.push(t("program.recorded"));
  return sentences.join(" ");
}
