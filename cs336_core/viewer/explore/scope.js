// The variables that a step can see: those of its own call, then those of the calls around it.

import { getOrCreate, lastUpTo } from "../trace/trace_index.js";

/** @typedef {import("../trace/trace_index.js").TraceIndex} TraceIndex */
/** @typedef {import("../trace/call.js").Chain} Chain */
/** @typedef {import("../trace/types.js").Value} Value */

/** Looks names up at any step of a trace; keeps which call has which name. */
export class Scope {
  /** @param {TraceIndex} index */
  constructor(index) {
    this.index = index;
    /** @type {Map<string, Map<Chain, Chain | null>>} name -> call -> itself or its nearest caller that ever has the name */
    this.owners = new Map();
  }

  /** Whether any call ever has a variable. @param {string} name */
  knows(name) {
    return this.index.calls.some(({ variables }) => variables.has(name));
  }

  /**
   * The value of a variable at a step; undefined if it is not in view there.
   * @param {string} name
   * @param {number} step
   * @returns {Value | undefined}
   */
  valueAt(name, step) {
    let chain = this.owner(name, this.index.chains[step] ?? null);
    while (chain) {
      const { steps, values } = /** @type {import("../trace/trace_index.js").History} */ (
        chain.call.variables.get(name)
      );
      const value = values[lastUpTo(steps, step)];
      if (value !== undefined) return value;
      chain = this.owner(name, chain.outer);
    }
    return undefined;
  }

  /**
   * A call in progress or its nearest caller that ever has a variable.
   * @param {string} name
   * @param {Chain | null} from
   */
  owner(name, from) {
    /** @type {Map<Chain, Chain | null>} */
    const known = getOrCreate(this.owners, name, () => new Map());
    const passed = [];
    let chain = from;
    while (chain && !known.has(chain) && !chain.call.variables.has(name)) {
      passed.push(chain);
      chain = chain.outer;
    }
    const owner = chain && (known.get(chain) ?? (chain.call.variables.has(name) ? chain : null));
    for (const inner of passed) known.set(inner, owner);
    return owner;
  }
}
