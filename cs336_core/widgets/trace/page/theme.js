// Light or dark, before anything is drawn: as the reader chose on the course's pages, else as the
// system has it. And that scripts run at all.

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
