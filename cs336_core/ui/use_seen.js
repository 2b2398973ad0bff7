// What a figure loads late, it loads when it comes near the screen.

import { useEffect, useState } from "preact/hooks";
import { whenNear } from "./loading.js";

/** How far below the screen a figure is when it begins to load. */
const MARGIN = "400px";

/** Whether an element has been near the screen. @param {{ current: Element | null }} element */
export function useSeen(element) {
  const [seen, setSeen] = useState(false);
  useEffect(
    () => whenNear(/** @type {Element} */ (element.current), () => setSeen(true), MARGIN),
    [],
  );
  return seen;
}
