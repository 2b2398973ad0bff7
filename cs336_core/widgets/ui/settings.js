// The settings of a figure, and what its buttons did.

import { useState } from "preact/hooks";

/**
 * What every figure does with its settings: changes them, goes back to the published ones, and
 * says what a button did until the next change.
 * @template State
 * @param {import("./view.jsx").ViewProps<State>} view
 */
export function useSettings({ set, restore }) {
  const [said, say] = useState("");
  /** @param {Partial<State>} changes */
  const change = (changes) => {
    say("");
    set(changes);
  };
  const reset = () => {
    say("");
    restore();
  };
  return { said, say, change, reset };
}
