// Sets the page's theme before it is drawn: the reader's choice, else the system's. Every page has this
// script inline. Another choice is a press of `.theme-switch`, which any page may have.
{
  const MODES = ["auto", "light", "dark"];
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  /** @param {string} mode */
  const set = (mode) => {
    root.dataset.mode = mode;
    root.dataset.theme = mode === "auto" ? (dark.matches ? "dark" : "light") : mode;
  };
  /** @type {string | null} */
  let chosen = null;
  try {
    chosen = localStorage.getItem("mode");
  } catch {} // a browser that stores nothing
  set(MODES.find((mode) => mode === chosen) ?? "auto");
  dark.addEventListener("change", () => set(root.dataset.mode ?? "auto"));
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element) || !target.closest(".theme-switch")) return;
    const next = MODES[(MODES.indexOf(root.dataset.mode ?? "") + 1) % MODES.length] ?? "auto";
    set(next);
    try {
      localStorage.setItem("mode", next);
    } catch {}
  });
}
