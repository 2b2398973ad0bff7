// The settings of a figure that has more to say of some of its buttons than what is set.

import { useState } from "preact/hooks";

/**
 * Changes the settings, goes back to the published ones, and says what a button did until the next
 * change.
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
