// Runs the commands of keys that are pressed.

import { useLayoutEffect, useRef } from "preact/hooks";
import { commandOf } from "./keys.js";

/** @typedef {import("./keys.js").Command} Command */

/**
 * @param {EventTarget | null | undefined} keys where to listen, by default the element
 * @param {{ current: HTMLElement | null }} element
 * @param {(command: Command) => (() => unknown) | undefined} actionOf what a command does now, if anything
 */
export function useCommands(keys, element, actionOf) {
  const latest = useRef(actionOf);
  latest.current = actionOf;
  useLayoutEffect(() => {
    const target = keys ?? element.current;
    const onKeyDown = (/** @type {Event} */ event) => {
      if (event.defaultPrevented) return;
      const command = commandOf(
        /** @type {KeyboardEvent} */ (event),
        /** @type {HTMLInputElement} */ (event.target),
      );
      const action = command && latest.current(command);
      if (!action) return;
      event.preventDefault();
      action();
    };
    target?.addEventListener("keydown", onKeyDown);
    return () => target?.removeEventListener("keydown", onKeyDown);
  }, [keys]);
}
