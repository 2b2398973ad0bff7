// The status line: a step in words, for readers and for screen readers.

import { t } from "../ui/strings.js";
import { describeEvent } from "./events.js";
import { functionName, isolated } from "./labels.js";

/**
 * A step in words.
 * @param {import("./trace/trace_index.js").TraceIndex} index
 * @param {number} step
 */
export function describeStep({ trace, callAt }, step) {
  const { stack, env, event, stdout, stderr } = /** @type {import("./trace/types.js").Step} */ (
    trace.steps[step]
  );
  const sentences = [
    t("trace.status", {
      function: functionName(callAt[step]?.function ?? ""),
      line: stack.frame.line,
    }),
  ];
  const changed = [...env]
    .filter(([, value]) => value !== undefined)
    .map(([name]) => isolated(name));
  const names = changed.slice(0, 5).join(", ");
  if (changed.length > 5)
    sentences.push(t("trace.status.changed.more", { names, n: changed.length - 5 }));
  else if (changed.length) sentences.push(t("trace.status.changed", { names }));
  if (event) sentences.push(t("trace.status.event", { event: describeEvent(event) }));
  if (stdout) sentences.push(t("trace.status.printed", { text: stdout.trim().slice(0, 80) }));
  if (stderr) sentences.push(t("trace.status.stderr"));
  if (step === trace.steps.length - 1 && trace.ending !== "finished")
    sentences.push(t(`trace.ending.${trace.ending}`));
  return sentences.join(" ");
}
