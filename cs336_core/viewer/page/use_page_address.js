// The page's own address: it names the traces in view, and the reader's settings.

import { useEffect } from "preact/hooks";
import { withSettings } from "../settings.js";

const DELAY = 200; // milliseconds after a change before the address follows

/**
 * @param {string | undefined} address of the trace in view, if there is one
 * @param {import("../settings.js").Settings} settings
 * @param {string} compared the address of the trace to compare with, or ""
 */
export function usePageAddress(address, settings, compared) {
  useEffect(() => {
    if (address === undefined) return undefined;
    const timer = setTimeout(() => {
      try {
        const next = withSettings(location.href, address, settings, compared);
        history.replaceState(history.state, "", next);
      } catch {
        // Browsers limit how often a page may change its address; the next change catches up.
      }
    }, DELAY);
    return () => clearTimeout(timer);
  }, [address, settings, compared]);
}
