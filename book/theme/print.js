// For printing, beyond what a style sheet can do: opens answers, prints a dark page in light colors,
// and prints the table of a figure that has not loaded its data yet.

const fallbacks = new Map(
  [...document.querySelectorAll("[data-widget] > .cs336-fallback")].map((table) => [
    /** @type {HTMLElement} */ (table.parentElement),
    table.cloneNode(true),
  ]),
);

/** @type {(() => void)[]} steps that restore the page */
let undo = [];

addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("article details:not([open])")) {
    if (details.matches(".above-input, [data-widget] *")) continue; // folded code and settings stay closed
    details.setAttribute("open", "");
    undo.push(() => details.removeAttribute("open"));
  }
  const { theme } = document.documentElement.dataset;
  document.documentElement.dataset.theme = "light";
  undo.push(() => void (document.documentElement.dataset.theme = theme));
  for (const [figure, table] of fallbacks) {
    if (!figure.querySelector("[data-waiting]")) continue;
    figure.append(table);
    figure.dataset.printed = "fallback";
    undo.push(() => {
      table.parentNode?.removeChild(table);
      delete figure.dataset.printed;
    });
  }
});

addEventListener("afterprint", () => {
  for (const step of undo) step();
  undo = [];
});
