// The settings of a figure whose buttons announce more than the new setting.

import { useState } from "preact/hooks";

/**
 * Changes the settings, resets them to the published ones, and holds a message about the last action
 * until the next change.
 * @template State
 * @param {import("./view.jsx").ViewProps<State>} view
 */
export function useSettings({ set, restore }) {
  const [message, announce] = useState("");
  /** @param {Partial<State>} changes */
  const change = (changes) => {
    announce("");
    set(changes);
  };
  const reset = () => {
    announce("");
    restore();
  };
  return { message, announce, change, reset };
}
