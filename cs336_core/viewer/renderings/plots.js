// Plots of a trace: Vega-Lite, drawn once the library is there.

import { plotDescription, refusal } from "./plot_spec.js";

/** Characters of a specification that are shown. */
const LONGEST = 20_000;

/** Follows the page's theme, since SVG knows variables. */
const COLORS = {
  ink: "var(--cs336-ink)",
  quiet: "var(--cs336-quiet)",
  line: "var(--cs336-line)",
  accent: "var(--cs336-accent)",
};

/**
 * A plot, or a sentence that says why there is none.
 * @param {unknown} spec
 * @param {import("./rendering.js").Context} context
 * @returns {HTMLElement}
 */
export function plot(spec, context) {
  const figure = document.createElement("div");
  figure.className = "cs336-plot-drawn";
  const refused = refusal(spec);
  if (refused) {
    explain(figure, sentence(refused, context), spec, context);
    return figure;
  }
  figure.textContent = context.t("rendering.plot.loading");
  drawn(figure, /** @type {Record<string, unknown>} */ (spec), context);
  return figure;
}

/**
 * @param {HTMLElement} figure
 * @param {Record<string, unknown>} spec
 * @param {import("./rendering.js").Context} context
 */
async function drawn(figure, spec, context) {
  try {
    const plots = await context.libraries.plots();
    await new Promise((resolve) => requestAnimationFrame(resolve)); // it is in the page, and has a width
    const described = { ...spec, description: plotDescription(spec, context.t) };
    const { refused } = await plots.draw(described, figure, COLORS);
    if (refused !== undefined) {
      explain(
        figure,
        context.t("rendering.plot.request", { address: refused.slice(0, 100) }),
        spec,
        context,
      );
    }
  } catch (error) {
    const { refusal: refused } = /** @type {{ refusal?: import("./plot_spec.js").Refusal }} */ (
      error
    );
    const message = error instanceof Error ? error.message : String(error);
    explain(
      figure,
      refused
        ? sentence(refused, context)
        : context.t("rendering.plot.failed", { error: message.slice(0, 300) }),
      spec,
      context,
    );
  }
}

/**
 * Why a plot is not drawn, in a sentence.
 * @param {import("./plot_spec.js").Refusal} refused
 * @param {import("./rendering.js").Context} context
 */
function sentence({ key, values: { what, ...values } }, { t }) {
  const inWords = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === "number" ? value.toLocaleString("en") : value,
  ]);
  return t(key, {
    ...Object.fromEntries(inWords),
    ...(what === undefined ? {} : { what: t(`rendering.plot.${what}`) }),
  });
}

/**
 * Shows a sentence in place of the plot, and what was to be drawn.
 * @param {HTMLElement} figure
 * @param {string} sentence
 * @param {unknown} spec
 * @param {import("./rendering.js").Context} context
 */
function explain(figure, sentence, spec, { t }) {
  for (const name of ["role", "aria-roledescription", "aria-label"]) figure.removeAttribute(name);
  const told = document.createElement("p");
  told.className = "cs336-absence";
  told.textContent = sentence;
  const folded = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = t("rendering.plot.spec");
  const code = document.createElement("pre");
  code.tabIndex = 0;
  const text = JSON.stringify(spec, null, 2) ?? "";
  code.textContent = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  folded.append(summary, code);
  figure.replaceChildren(told, folded);
}
