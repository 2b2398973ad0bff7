// The traces of this site, from a script, which a page opened from disk can load as well.

import { loadScript } from "../../ui/loading.js";

/** @typedef {{ address: string, title: string, steps: number }} SiteTrace */

/**
 * Loads the list of the site's traces once: theme_boot.js asks first, before the page's main script has
 * been loaded. Empty where the site has no traces of its own.
 * @returns {Promise<SiteTrace[]>}
 */
export function siteTraces() {
  const page = /** @type {any} */ (globalThis);
  page.cs336TraceList ??= loadScript("traces/list.js").then(
    () => page.cs336Traces ?? [],
    () => [],
  );
  return page.cs336TraceList;
}
