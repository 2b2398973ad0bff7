// The Edit buttons of a lecture's page. A cell that can be run has its program as data; the editor and
// all it needs are loaded when the first button is pressed.

import { loadScript, loadStyle } from "../loading.js";
import { t } from "../strings.js";
import "./strings.en.js";

/** @typedef {{ code: string, before: string, line: number }} Program as the builder writes it */
/** @typedef {{ open: (cell: HTMLElement, program: Program, closed: () => void) => void }} LiveCells */

const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const folder = new URL("./", script.src).href;

/** @type {Promise<unknown> | undefined} */
let loading;

/** @returns {Promise<LiveCells>} */
async function liveCells() {
  loading ??= Promise.all([loadScript(`${folder}live.js`), loadStyle(`${folder}live.css`)]);
  try {
    await loading;
  } catch (error) {
    loading = undefined; // the next press tries again
    throw error;
  }
  return /** @type {any} */ (globalThis).cs336LiveCells;
}

/** @param {HTMLElement} data the element with the program of a cell */
function addButton(data) {
  const cell = /** @type {HTMLElement} */ (data.parentElement);
  /** @type {Program} */
  const program = JSON.parse(data.textContent ?? "");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cell-edit";
  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.textContent = t("cell.edit.spoken", { line: program.line });
  button.append(t("cell.edit"), spoken);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      (await liveCells()).open(cell, program, () => {
        button.hidden = false;
        button.focus();
      });
      button.hidden = true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      button.textContent = t("cell.failed", { error: reason });
    }
    button.disabled = false;
  });
  cell.querySelector(":scope > .trace-cell")?.prepend(button);
}

for (const data of document.querySelectorAll(".cell-program"))
  addButton(/** @type {HTMLElement} */ (data));
