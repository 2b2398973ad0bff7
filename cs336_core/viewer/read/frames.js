// Frames, and stacks of calls: the same object for equal ones.

/** @typedef {import("../trace/types.js").Frame} Frame */
/** @typedef {import("../trace/types.js").Place} Place */

export class Places {
  constructor() {
    /** @type {Map<string, Frame>} */
    this.frames = new Map();
    /** @type {Map<Place | null, Map<Frame, Place>>} */
    this.called = new Map();
  }

  /**
   * A function at work.
   * @param {string} path
   * @param {number} line
   * @param {string} name the function's
   */
  frame(path, line, name) {
    const key = `${line} ${path.length} ${path}${name}`; // no two frames have the same
    const known = this.frames.get(key);
    if (known) return known;
    const frame = { path, line, function: name };
    this.frames.set(key, frame);
    return frame;
  }

  /**
   * The stack of `caller` with one more function at work.
   * @param {Place | null} caller
   * @param {Frame} frame one of `this.frame`
   */
  place(caller, frame) {
    const called = this.called.get(caller) ?? new Map();
    const known = called.get(frame);
    if (known) return known;
    const place = { caller, frame, depth: (caller?.depth ?? 0) + 1 };
    this.called.set(caller, called.set(frame, place));
    return place;
  }
}
