// Runs before the page's main script: sets the theme that the reader chose on the course's pages (or
// the system's), marks that scripts run, and requests the trace that the address names.

import { addressesOf } from "./address.js";

/** @type {string | null} */
let chosen = null;
try {
  chosen = localStorage.getItem("mode");
} catch {
  // The browser stores nothing for this page.
}
const dark = matchMedia("(prefers-color-scheme: dark)");
const apply = () => {
  const theme = chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light";
  document.documentElement.dataset.theme = theme;
};
dark.addEventListener("change", apply);
apply();
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
