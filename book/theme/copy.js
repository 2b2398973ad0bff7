// A button beside each block of code that copies it.

import { strings } from "./strings.en.js";

const SHOWN = 2000; // milliseconds

const ICON =
  '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" ' +
  'stroke-width="1.5" stroke-linejoin="round" aria-hidden="true">' +
  '<path d="M5.5 5.5h8v8h-8z"/><path d="M10.5 5.5v-3h-8v8h3"/></svg>';

/** @param {HTMLElement} code */
function addButton(code) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.innerHTML = ICON;
  /** @param {string} label */
  const name = (label) => button.setAttribute("aria-label", label);
  name(strings.copy);
  button.addEventListener("click", async () => {
    let done = strings.copied;
    try {
      await navigator.clipboard.writeText(code.textContent?.trimEnd() ?? "");
    } catch {
      getSelection()?.selectAllChildren(code); // for the reader to copy
      done = strings.selected;
    }
    name(done);
    button.dataset.done = done;
    setTimeout(() => {
      name(strings.copy);
      delete button.dataset.done;
    }, SHOWN);
  });
  code.after(button);
}

for (const code of document.querySelectorAll("article .highlight > pre"))
  if (!code.closest(".cell_output, [data-widget]")) addButton(/** @type {HTMLElement} */ (code));
