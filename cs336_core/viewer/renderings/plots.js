// Plots in a trace: Vega-Lite, drawn once the library is loaded.

import { formatNumber } from "../../ui/strings.js";
import { plotDescription, refusal } from "./plot_spec.js";

/** Characters of a specification that are shown. */
const MAX_SPEC_LENGTH = 20_000;

/** CSS variables, so that the SVG follows the page's theme. */
const COLORS = {
  ink: "var(--cs336-ink)",
  quiet: "var(--cs336-quiet)",
  line: "var(--cs336-line)",
  accent: "var(--cs336-accent)",
};

/**
 * A plot, or the reason why it is not drawn.
 * @param {unknown} spec
 * @param {import("./rendering.js").Context} context
 * @returns {HTMLElement}
 */
export function plot(spec, context) {
  const figure = document.createElement("div");
  figure.className = "cs336-plot-drawn";
  const refused = refusal(spec);
  if (refused) {
    explain(figure, reasonOf(refused, context), spec, context);
    return figure;
  }
  figure.textContent = context.t("rendering.plot.loading");
  draw(figure, /** @type {Record<string, unknown>} */ (spec), context);
  return figure;
}

/**
 * @param {HTMLElement} figure
 * @param {Record<string, unknown>} spec
 * @param {import("./rendering.js").Context} context
 */
async function draw(figure, spec, context) {
  try {
    const plots = await context.libraries.plots();
    await new Promise((resolve) => requestAnimationFrame(resolve)); // until the figure has a width
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
        ? reasonOf(refused, context)
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
function reasonOf({ key, values }, { t }) {
  const formatted = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === "number" ? formatNumber(value) : value,
  ]);
  return t(key, Object.fromEntries(formatted));
}

/**
 * Shows the reason instead of the plot, with the specification.
 * @param {HTMLElement} figure
 * @param {string} reason
 * @param {unknown} spec
 * @param {import("./rendering.js").Context} context
 */
function explain(figure, reason, spec, { t }) {
  for (const name of ["role", "aria-roledescription", "aria-label"]) figure.removeAttribute(name);
  const message = document.createElement("p");
  message.className = "cs336-placeholder";
  message.textContent = reason;
  const folded = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = t("rendering.plot.spec");
  const code = document.createElement("pre");
  code.tabIndex = 0;
  const text = JSON.stringify(spec, null, 2) ?? "";
  code.textContent = text.length > MAX_SPEC_LENGTH ? `${text.slice(0, MAX_SPEC_LENGTH)}…` : text;
  folded.append(summary, code);
  figure.replaceChildren(message, folded);
}
