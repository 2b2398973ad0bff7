// Names from a trace as labels in the interface.

import { t } from "../ui/strings.js";

/** Bidirectional control characters, and letters of right-to-left scripts. */
const BIDI_CONTROL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * A name from a trace for use within a sentence; it cannot change the direction of the text around it.
 * @param {string} name
 */
export function isolated(name) {
  const plain = name.replace(
    BIDI_CONTROL,
    (mark) => `\\u${/** @type {number} */ (mark.codePointAt(0)).toString(16).padStart(4, "0")}`,
  );
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain;
}

/** @param {string} name a function's name */
export function functionName(name) {
  return name === "<module>" ? t("trace.module") : isolated(name);
}

/**
 * The title of a program: the first heading that it displays.
 * @param {import("./trace/types.js").Trace} trace
 */
export function titleOf(trace) {
  for (const { renderings } of trace.steps.slice(0, 3)) {
    for (const { type, data } of renderings) {
      const title =
        type === "markdown" && typeof data === "string"
          ? /^#{1,2} +(.{1,120}?)\s*$/m.exec(data.slice(0, 500))?.[1]
          : undefined;
      if (title) return title.replace(/[*`_]/g, "");
    }
  }
  return undefined;
}
