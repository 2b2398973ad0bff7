// What each command of the viewer does.

import { stepBackOver, stepOut, stepOver } from "./trace/navigation.js";

/** @typedef {import("./settings.js").Settings} Settings */

/**
 * @param {{ index: import("./trace/trace_index.js").TraceIndex, settings: () => Settings,
 *   change: (changes: Partial<Settings>) => void, go: (step: number) => void,
 *   jumps: ReturnType<typeof import("./explore/jumps.js").jumpsOf>,
 *   part: (selector: string) => HTMLElement | null | undefined, addWatch: () => void,
 *   help: () => void, open: (() => void) | undefined }} viewer
 *   `settings`: returns the latest; `part`: finds an element of the viewer; `open`: opens another trace
 * @returns {Record<import("./keys.js").Command, () => unknown>}
 */
export function actionsOf({ index, settings, change, go, jumps, part, addWatch, help, open }) {
  /** @param {"raw" | "animate" | "hideEnv" | "showNotes" | "arrows"} name */
  const toggle = (name) => change({ [name]: !settings()[name] });
  const search = () => part('[type="search"]')?.focus();
  return {
    forward: () => go(settings().step + 1),
    back: () => go(settings().step - 1),
    over: () => go(stepOver(index, settings().step)),
    overBack: () => go(stepBackOver(index, settings().step)),
    out: () => go(stepOut(index, settings().step)),
    first: () => go(0),
    last: () => go(index.trace.steps.length - 1),
    change: () => jumps.goToChange(1),
    changeBack: () => jumps.goToChange(-1),
    raw: () => toggle("raw"),
    animate: () => toggle("animate"),
    hideEnv: () => toggle("hideEnv"),
    showNotes: () => toggle("showNotes"),
    arrows: () => toggle("arrows"),
    play: () => part(".cs336-play")?.click(),
    search,
    find: () => {
      change({ findIn: "when" });
      search();
    },
    next: () => jumps.goToMatch(1),
    previous: () => jumps.goToMatch(-1),
    difference: () => jumps.goToDifference(1),
    differenceBack: () => jumps.goToDifference(-1),
    watch: () => {
      change({ hideEnv: false });
      addWatch();
    },
    help,
    open: () => open?.(),
    close: () => {
      change({ source: "", line: 0, find: "" });
      part(".cs336-source")?.focus();
    },
  };
}
