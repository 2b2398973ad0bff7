// Keys at work: they reach the viewer from wherever it listens.

import { useLayoutEffect, useRef } from "preact/hooks";
import { commandOf } from "./keys.js";

/** @typedef {import("./keys.js").Command} Command */

/**
 * Does what keys ask for.
 * @param {EventTarget | null | undefined} keys where they are listened for, the element unless given
 * @param {{ current: HTMLElement | null }} element
 * @param {(command: Command) => (() => unknown) | undefined} doer what a command does now, if anything
 */
export function useCommands(keys, element, doer) {
  const latest = useRef(doer);
  latest.current = doer;
  useLayoutEffect(() => {
    const from = keys ?? element.current;
    const pressed = (/** @type {Event} */ event) => {
      if (event.defaultPrevented) return;
      const command = commandOf(
        /** @type {KeyboardEvent} */ (event),
        /** @type {HTMLInputElement} */ (event.target),
      );
      const act = command && latest.current(command);
      if (!act) return;
      event.preventDefault();
      act();
    };
    from?.addEventListener("keydown", pressed);
    return () => from?.removeEventListener("keydown", pressed);
  }, [keys]);
}
