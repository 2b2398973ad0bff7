// Traces for the tests of the viewer, written by hand.

/** A step that shows nothing, of a file that does not say which call it belongs to. */
export const NO_DETAILS = {
  renderings: [],
  stdout: "",
  stderr: "",
  call: null,
  caller: null,
  event: null,
  outer: new Map(),
  same: null,
};

/**
 * A trace of one file, a.py, from call stacks such as ["main:2", "double:5"], each with the variables
 * that its step changes and what else is known of it.
 * @param {string} source
 * @param {[names: string[], env?: Record<string, unknown>, details?: object][]} steps
 */
export function traceOf(source, steps) {
  /** @type {Map<any, Map<string, any>>} */
  const callees = new Map();
  return {
    files: new Map([["a.py", source]]),
    hidden: new Map([["a.py", new Set([5])]]),
    links: new Map(),
    ending: /** @type {const} */ ("finished"),
    incomplete: "",
    omitted: 0,
    steps: steps.map(([names, env = {}, details]) => {
      let stack = null;
      for (const frame of names) {
        const called = callees.get(stack) ?? new Map();
        callees.set(stack, called);
        const [name = "", line] = frame.split(":");
        const inner = {
          caller: stack,
          frame: { path: "a.py", line: Number(line), function: name },
          depth: (stack?.depth ?? 0) + 1,
        };
        stack = called.get(frame) ?? inner;
        called.set(frame, stack);
      }
      return { ...NO_DETAILS, stack, env: new Map(Object.entries(env)), ...details };
    }),
  };
}
