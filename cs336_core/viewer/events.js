// How a statement ended, in words.

import { t } from "../ui/strings.js";
import { isolated } from "./labels.js";
import { repr } from "./trace/repr.js";

/** Characters of a value or a message. */
const MAX_LENGTH = 60;

/**
 * What a statement returned, yielded or raised: "returned 7"; "" if it did none of it.
 * @param {import("./trace/types.js").TraceEvent | null} event
 */
export function describeEvent(event) {
  if (!event) return "";
  if (event.kind !== "raise")
    return t(`trace.event.${event.kind}`, { value: isolated(repr(event.value, MAX_LENGTH)) });
  const type = isolated(event.type.split(".").at(-1) ?? "");
  const [line = ""] = event.message.split("\n");
  const message = line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
  return message
    ? t("trace.event.raise", { type, message: isolated(message) })
    : t("trace.event.raise.bare", { type });
}
