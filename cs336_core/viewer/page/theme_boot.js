// What cannot wait for the page's script: light or dark, as the reader chose on the course's pages,
// else as the system has it; that scripts run at all; a trace of this site, asked for meanwhile.

import { addressesOf } from "./address.js";

/** @type {string | null} */
let chosen = null;
try {
  chosen = localStorage.getItem("mode");
} catch {
  // The browser keeps nothing for this page.
}
const dark = matchMedia("(prefers-color-scheme: dark)");
const apply = () => {
  const wanted = chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light";
  document.documentElement.dataset.theme = wanted;
};
dark.addEventListener("change", apply);
apply();
document.documentElement.dataset.script = "on";

const asked = new URLSearchParams(location.search).get("trace");
if (asked && location.protocol !== "file:") {
  try {
    const url = new URL(addressesOf(asked)[0] ?? "", location.href);
    if (url.origin === location.origin) {
      const response = fetch(url, { credentials: "omit", referrerPolicy: "no-referrer" });
      response.catch(() => {}); // who waits for it will be told
      /** @type {any} */ (globalThis).cs336Asked = { href: url.href, response };
    }
  } catch {
    // It is no address; the page says so.
  }
}
