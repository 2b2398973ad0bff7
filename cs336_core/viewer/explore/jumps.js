// Jumps to a change, a match of the search, or a difference between two runs.

import { t } from "../../ui/strings.js";
import { nearest, nearestChange } from "../trace/navigation.js";
import { currentMatch } from "./search_bar.jsx";

/** @typedef {1 | -1} Direction */

/**
 * @param {{ index: import("../trace/trace_index.js").TraceIndex,
 *   settings: () => import("../settings.js").Settings,
 *   followed: import("../trace/navigation.js").Followed | null,
 *   found: import("./search_bar.jsx").Found, differences: number[], go: (step: number) => void,
 *   look: (path: string, line: number) => void, answer: (sentence: string) => void }} viewer
 *   `settings`: returns the latest; `answer`: announces a sentence in place of the step
 */
export function jumpsOf({ index, settings, followed, found, differences, go, look, answer }) {
  /** @param {number} step -1: there is none @param {string} none why */
  const goOrAnswer = (step, none) => (step >= 0 ? go(step) : answer(none));
  return {
    /** @param {Direction} direction */
    goToChange: (direction) =>
      goOrAnswer(
        nearestChange(index, settings().step, direction, followed),
        t(direction > 0 ? "trace.change.none" : "trace.changeBack.none"),
      ),
    /** @param {Direction} direction */
    goToDifference: (direction) =>
      goOrAnswer(
        nearest(differences, settings().step, direction),
        t(direction > 0 ? "trace.difference.none" : "trace.differenceBack.none"),
      ),
    /** @param {Direction} direction */
    goToMatch: (direction) => {
      const { lines, steps, problem } = found;
      if (lines.length) {
        const current = currentMatch(found, settings());
        const first = direction > 0 ? 0 : -1;
        const match = lines.at(current < 0 ? first : (current + direction) % lines.length);
        if (match) look(match.path, match.line);
        return;
      }
      const none = steps.length
        ? t(direction > 0 ? "trace.find.last" : "trace.find.first")
        : problem || t("trace.find.none");
      goOrAnswer(nearest(steps, settings().step, direction), none);
    },
  };
}
