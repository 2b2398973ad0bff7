// Aligns two sequences: which items of the first match which of the second, in order.

/** Insertions and deletions that are tried at once; beyond them, the best start is kept. */
const MAX_EDITS = 400;
const UNREACHABLE = -2;

/**
 * The longest common subsequence of two sequences, or a good one if they differ in many places: for
 * each item of `a` the position of its counterpart in `b`, -1 if it has none. By Myers' greedy
 * algorithm (An O(ND) Difference Algorithm and Its Variations, 1986), with at most `MAX_EDITS` edits
 * at once, so that the time is bounded by that number times the length.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function align(a, b) {
  const counterparts = new Int32Array(a.length).fill(-1);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start])
    counterparts[start] = start++;
  let end = a.length;
  let otherEnd = b.length;
  while (end > start && otherEnd > start && a[end - 1] === b[otherEnd - 1])
    counterparts[--end] = --otherEnd;
  let [x, y] = [start, start];
  while (x < end && y < otherEnd) {
    const edits = new Edits(a, b, x, y, end - x, otherEnd - y);
    edits.mark(counterparts);
    x += edits.best.x;
    y += edits.best.y;
  }
  return counterparts;
}

/** The shortest edits that lead from a part of one sequence to a part of another. */
class Edits {
  /**
   * @param {ArrayLike<number>} a @param {ArrayLike<number>} b
   * @param {number} x where the part of `a` begins @param {number} y where the part of `b` begins
   * @param {number} width length of the part of `a` @param {number} height length of the part of `b`
   */
  constructor(a, b, x, y, width, height) {
    this.x = x;
    this.y = y;
    /** @type {Int32Array[]} how far d edits lead in `a`, on each diagonal: a position in `a` minus one in `b` */
    this.furthest = [];
    this.best = { x: 0, y: 0, edits: 0 };
    const most = Math.min(MAX_EDITS, width + height);
    for (let d = 0; d <= most; d++) {
      const row = new Int32Array(2 * d + 1).fill(UNREACHABLE);
      this.furthest.push(row);
      for (let k = -d; k <= d; k += 2) {
        let i = this.start(d, k);
        let j = i - k;
        if (i < 0 || i > width || j > height) continue;
        while (i < width && j < height && a[x + i] === b[y + j]) {
          i++;
          j++;
        }
        row[k + d] = i;
        if (i + j > this.best.x + this.best.y) this.best = { x: i, y: j, edits: d };
      }
      if (this.best.x === width && this.best.y === height) return;
    }
  }

  /** How far d edits lead. @param {number} d @param {number} k the diagonal @returns {number} */
  at(d, k) {
    if (d < 0) return k === 1 ? 0 : UNREACHABLE; // as if an insertion led to the beginning
    return Math.abs(k) > d ? UNREACHABLE : /** @type {number} */ (this.furthest[d]?.[k + d]);
  }

  /** Where the last of d edits leads. @param {number} d @param {number} k */
  start(d, k) {
    return Math.max(this.at(d - 1, k + 1), this.at(d - 1, k - 1) + 1);
  }

  /** Enters the counterparts on the best path. @param {Int32Array} counterparts */
  mark(counterparts) {
    let { x: i, y: j } = this.best;
    for (let d = this.best.edits; d >= 0; d--) {
      const k = i - j;
      const start = this.start(d, k);
      while (i > start) counterparts[this.x + --i] = this.y + --j;
      if (this.at(d - 1, k + 1) === start) j--;
      else i--;
    }
  }
}
