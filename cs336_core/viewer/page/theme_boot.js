// Runs before the page's main script: sets the theme that the reader chose on the course's pages (or
// the system's), marks that scripts run, and requests the trace that the address names, or else the list
// of this site's.

import "../../../book/theme/templates/theme.js";
import { addressesOf } from "./address.js";
import { siteTraces } from "./site_traces.js";

document.documentElement.dataset.script = "on";

const requested = new URLSearchParams(location.search).get("trace");
if (requested && location.protocol !== "file:") {
  try {
    const url = new URL(addressesOf(requested)[0] ?? "", location.href);
    if (url.origin === location.origin) {
      const response = fetch(url, { credentials: "omit", referrerPolicy: "no-referrer" });
      response.catch(() => {}); // load_trace.js, which awaits it, reports the error
      /** @type {any} */ (globalThis).cs336Prefetch = { href: url.href, response };
    }
  } catch {
    // Not an address; load_trace.js reports the error.
  }
}
// A page that is one file has this script inline, and no site around it.
const script = /** @type {HTMLScriptElement} */ (document.currentScript);
if (!requested && script.src) siteTraces();
