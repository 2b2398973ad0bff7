// A priority queue: numbers go in in any order and come out from the smallest on.

export class Heap {
  constructor() {
    /** @type {number[]} */
    this.items = []; // item i is not larger than items 2i + 1 and 2i + 2
  }

  /** @param {number} item */
  push(item) {
    const { items } = this;
    let at = items.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = /** @type {number} */ (items[above]);
      if (other <= item) break;
      items[at] = other;
      at = above;
    }
    items[at] = item;
  }

  /** @returns {number | undefined} the smallest, which leaves the queue */
  pop() {
    const { items } = this;
    const smallest = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return smallest;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= items.length) break;
      if (below + 1 < items.length && Number(items[below + 1]) < Number(items[below])) below += 1;
      const other = /** @type {number} */ (items[below]);
      if (last <= other) break;
      items[at] = other;
      at = below;
    }
    items[at] = last;
    return smallest;
  }
}
