// What a step leaves for the reader who stays at it: parts of large values, out of view below the first.

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

/** Whether the reader rests; where nothing says so, everything is drawn at once. */
export const RestContext = createContext(/** @type {import("../rest.js").Rest | null} */ (null));

/**
 * Draws its children once the reader rests, and a stub until then.
 * @param {{ value: unknown, stub: import("preact").ComponentChild,
 *   children: import("preact").ComponentChildren }} props `value`: what is drawn; another one waits
 *   for the next rest
 */
export function AtRest({ value, stub, children }) {
  const rest = useContext(RestContext);
  const [drawn, setDrawn] = useState(/** @type {unknown} */ (undefined));
  useEffect(() => rest?.during(() => setDrawn(value)), [rest, value]);
  return !rest || drawn === value ? children : stub;
}
