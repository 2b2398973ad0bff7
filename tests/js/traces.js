// Traces for the tests of the viewer, written by hand.

import { buildIndex } from "../../cs336_core/viewer/trace/trace_index.js";

/**
 * The index of a trace of one file, a.py.
 * @param {string} source
 * @param {[names: string[], env?: Record<string, unknown>, stdout?: string][]} steps call stacks such as
 *   ["main:2", "double:5"], each with the variables that it changes and what it prints
 */
export function indexOf(source, steps) {
  /** @type {Map<string, any>} */
  const stacks = new Map();
  return buildIndex({
    files: new Map([["a.py", source]]),
    hidden: new Map(),
    links: new Map(),
    ending: "finished",
    omitted: 0,
    steps: steps.map(([names, env = {}, stdout = ""]) => {
      let stack = null;
      let key = "";
      for (const frame of names) {
        key += `/${frame}`;
        const [name, line] = frame.split(":");
        const depth = (stack?.depth ?? 0) + 1;
        const inner = {
          caller: stack,
          frame: { path: "a.py", line: Number(line), function: name },
          depth,
        };
        stack = stacks.get(key) ?? inner;
        stacks.set(key, stack);
      }
      return { stack, env: new Map(Object.entries(env)), renderings: [], stdout, stderr: "" };
    }),
  });
}
