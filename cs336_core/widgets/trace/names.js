// What things are called where people read them.

import { t } from "../ui/strings.js";

/** @param {string} name a function's name */
export function functionName(name) {
  return name === "<module>" ? t("trace.module") : name;
}

/**
 * The title of a program: the heading that it shows first.
 * @param {import("./model.js").Trace} trace
 */
export function titleOf(trace) {
  for (const { renderings } of trace.steps.slice(0, 3)) {
    for (const { type, data } of renderings) {
      const title = type === "markdown" && typeof data === "string" ? /^#{1,2} +(.{1,120}?)\s*$/m.exec(data.slice(0, 500))?.[1] : undefined;
      if (title) return title.replace(/[*`_]/g, "");
    }
  }
  return undefined;
}
