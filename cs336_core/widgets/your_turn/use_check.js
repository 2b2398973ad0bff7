// The state of an exercise's tests: what runs, what they found, the trace of the failing call.

import { useEffect, useMemo, useState } from "preact/hooks";
import { createPython } from "../../browser/python/python.js";
import { t } from "../../ui/strings.js";
import { checkProgram, readResult, traceProgram } from "./check.js";

/** @typedef {"" | "loading" | "running" | "tracing"} Busy */
/** @typedef {{ code: string, result: import("./check.js").Result }} Checked `code`: that the result is of */

/**
 * @param {string} folder of the files of Python
 * @param {{ name: string, imports: string }} exercise
 */
export function useCheck(folder, { name, imports }) {
  const [busy, setBusy] = useState(/** @type {Busy} */ (""));
  const [checked, setChecked] = useState(/** @type {Checked | null} */ (null));
  const [trace, setTrace] = useState("");
  const [message, setMessage] = useState("");
  const python = useMemo(() => {
    /** @param {import("../../browser/python/python.js").Status} status */
    const onStatus = (status) =>
      setBusy((now) => (now === "loading" && status === "running" ? "running" : now));
    return createPython({ folder, onStatus });
  }, [folder]);
  useEffect(() => () => python.stop(), [python]);

  /**
   * Runs the tests.
   * @param {string} code
   * @returns {Promise<boolean | null>} whether the function passed; null if nothing was found out
   */
  const check = async (code) => {
    if (busy) return null;
    setBusy("loading");
    setTrace("");
    setMessage("");
    const outcome = await python.run(checkProgram(name, code));
    setBusy("");
    if (outcome.interrupted === "stopped") {
      setMessage(outcome.problem);
      return null;
    }
    const result = readResult(outcome);
    setChecked({ code, result });
    return result.passed;
  };
  const traceCall = async () => {
    if (busy || !checked?.result.call) return;
    setBusy("tracing");
    const outcome = await python.run(traceProgram(checked.code, imports, checked.result.call));
    setBusy("");
    setTrace(outcome.trace ?? "");
    const reason = outcome.problem || outcome.error?.message || "";
    setMessage(t(outcome.trace ? "turn.traced" : "turn.untraced", { reason }));
  };
  const clear = () => {
    python.stop();
    setChecked(null);
    setTrace("");
    setMessage("");
  };
  return { busy, checked, trace, message, check, traceCall, clear, python };
}
