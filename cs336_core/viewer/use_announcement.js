// What screen readers announce: the step, once the reader stays at it, or at once the answer to a command.

import { useEffect, useRef, useState } from "preact/hooks";

const DELAY = 400; // milliseconds at a step before it is announced

/**
 * @param {() => string} sentence describes the step
 * @param {readonly unknown[]} inputs of the sentence: it is announced when one of them changes
 */
export function useAnnouncement(sentence, inputs) {
  const [announcement, announce] = useState("");
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => {
    timer.current = setTimeout(() => announce(sentence()), DELAY);
    return () => clearTimeout(timer.current);
  }, inputs);
  return {
    announcement,
    /** Announces a sentence at once, instead of the step. @param {string} answer */
    answer: (answer) => {
      clearTimeout(timer.current);
      announce(answer);
    },
    clear: () => announce(""),
  };
}
