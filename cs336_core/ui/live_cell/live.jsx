// Opens the editors of cells: page.js loads this when the first Edit button is pressed.

import { render } from "preact";
import { LiveCell } from "./live_cell.jsx";
import "../ui.css";
import "../program/style.css";
import "./style.css";

const { currentScript } = document;
const script = /** @type {HTMLScriptElement} */ (currentScript);
const folders = {
  python: new URL("../python/", script.src).href,
  widgets: new URL("../widgets/", script.src).href,
};

/**
 * Opens a cell in place of its code; its output stays until the first run.
 * @type {import("./page.js").LiveCells["open"]}
 */
function open(cell, program, closed) {
  const input = /** @type {HTMLElement | null} */ (cell.querySelector(".cell_input"));
  const outputs = /** @type {NodeListOf<HTMLElement>} */ (cell.querySelectorAll(".cell_output"));
  /** @param {boolean} isShown */
  const showOutputs = (isShown) => {
    for (const output of outputs) output.hidden = !isShown;
  };
  const container = document.createElement("div");
  container.className = "cs336";
  if (input) input.hidden = true;
  if (input) input.before(container);
  else cell.append(container);
  const close = () => {
    render(null, container);
    container.remove();
    if (input) input.hidden = false;
    showOutputs(true);
    closed();
  };
  render(
    <LiveCell
      program={program}
      folders={folders}
      started={() => showOutputs(false)}
      reset={() => showOutputs(true)}
      close={close}
    />,
    container,
  );
  container.querySelector("textarea")?.focus(); // the editor takes the focus over
}

/** @type {any} */ (globalThis).cs336LiveCells = { open };
