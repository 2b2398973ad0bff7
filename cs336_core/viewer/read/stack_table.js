// Interns frames and call stacks: equal ones are the same object.

/** @typedef {import("../trace/types.js").Frame} Frame */
/** @typedef {import("../trace/types.js").CallStack} CallStack */

export class StackTable {
  constructor() {
    /** @type {Map<string, Frame>} */
    this.frames = new Map();
    /** @type {Map<CallStack | null, Map<Frame, CallStack>>} */
    this.callees = new Map();
  }

  /**
   * @param {string} path
   * @param {number} line
   * @param {string} name of the function
   */
  frame(path, line, name) {
    const key = `${line} ${path.length} ${path}${name}`; // unambiguous, thanks to the length
    const known = this.frames.get(key);
    if (known) return known;
    const frame = { path, line, function: name };
    this.frames.set(key, frame);
    return frame;
  }

  /**
   * The stack of `caller` with one more frame.
   * @param {CallStack | null} caller
   * @param {Frame} frame from `this.frame`
   */
  stack(caller, frame) {
    const callees = this.callees.get(caller) ?? new Map();
    const known = callees.get(frame);
    if (known) return known;
    const stack = { caller, frame, depth: (caller?.depth ?? 0) + 1 };
    this.callees.set(caller, callees.set(frame, stack));
    return stack;
  }
}
