import { useState } from "preact/hooks";

/**
 * What every figure does with its settings: changes them, goes back to the published ones, and
 * says what a button did until the next change.
 * @template State
 * @param {import("./view.jsx").ViewProps<State>} view
 * @param {(keyof State)[]} names those that go back
 */
export function useSettings({ set, published }, names) {
  const [said, say] = useState("");
  /** @param {Partial<State>} changes */
  const change = (changes) => {
    say("");
    set(changes);
  };
  const reset = () =>
    change(/** @type {Partial<State>} */ (Object.fromEntries(names.map((name) => [name, published[name]]))));
  return { said, say, change, reset };
}
