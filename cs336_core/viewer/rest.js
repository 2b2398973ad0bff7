// Whether the reader stays at a step. Work that only such a reader needs waits for that, so that quick
// steps cost as little as they can.

/** Milliseconds at a step after which the reader rests. */
const REST = 200;

/** @typedef {() => (() => void) | void} Begin */

export class Rest {
  constructor() {
    /** Whether the reader rests now. */
    this.isNow = false;
    this.timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
    /** @type {Map<Begin, (() => void) | void>} what begins with a rest -> what ends it */
    this.activities = new Map();
  }

  /** A step ends the rest; the next one begins after a while. */
  interrupt() {
    this.isNow = false;
    for (const [begin, end] of this.activities) {
      this.activities.set(begin, undefined);
      end?.();
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.isNow = true;
      for (const begin of this.activities.keys()) this.activities.set(begin, begin());
    }, REST);
  }

  /**
   * Calls a function whenever a rest begins, and now if the reader rests; what it returns, if
   * anything, is called when the rest ends.
   * @param {Begin} begin
   * @returns {() => void} ends it for good
   */
  during(begin) {
    this.activities.set(begin, this.isNow ? begin() : undefined);
    return () => {
      this.activities.get(begin)?.();
      this.activities.delete(begin);
    };
  }
}
