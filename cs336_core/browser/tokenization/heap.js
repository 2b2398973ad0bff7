// A priority queue of numbers: the smallest comes out first.

export class Heap {
  constructor() {
    /** @type {number[]} */
    this.items = []; // item i is not larger than items 2i + 1 and 2i + 2
  }

  /** @param {number} item */
  push(item) {
    const { items } = this;
    let index = items.length;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const parentItem = /** @type {number} */ (items[parent]);
      if (parentItem <= item) break;
      items[index] = parentItem;
      index = parent;
    }
    items[index] = item;
  }

  /** Removes the smallest item. @returns {number | undefined} */
  pop() {
    const { items } = this;
    const smallest = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return smallest;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && Number(items[child + 1]) < Number(items[child])) child += 1;
      const childItem = /** @type {number} */ (items[child]);
      if (last <= childItem) break;
      items[index] = childItem;
      index = child;
    }
    items[index] = last;
    return smallest;
  }
}
