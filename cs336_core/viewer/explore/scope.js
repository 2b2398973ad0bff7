// The variables that a step can see: those of its own call, then those of the calls around it.

import { lastUpTo } from "../trace/trace_index.js";

/** @typedef {import("../trace/trace_index.js").TraceIndex} TraceIndex */
/** @typedef {import("../trace/calls.js").Call} Call */
/** @typedef {import("../trace/types.js").Value} Value */

/** Looks names up at any step of a trace; keeps which call has which name. */
export class Scope {
  /** @param {TraceIndex} index */
  constructor(index) {
    this.index = index;
    /** @type {Map<string, Map<Call, Call | null>>} name -> call -> itself or its nearest caller that ever has the name */
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
    let call = this.owner(name, this.index.callAt[step] ?? null);
    while (call) {
      const { steps, values } = /** @type {import("../trace/trace_index.js").History} */ (
        call.variables.get(name)
      );
      const value = values[lastUpTo(steps, step)];
      if (value !== undefined) return value;
      call = this.owner(name, call.caller);
    }
    return undefined;
  }

  /**
   * A call or its nearest caller that ever has a variable.
   * @param {string} name
   * @param {Call | null} from
   */
  owner(name, from) {
    const known = this.owners.get(name) ?? new Map();
    this.owners.set(name, known);
    const passed = [];
    let call = from;
    for (; call && !call.variables.has(name); call = call.caller) {
      const cached = known.get(call);
      if (cached !== undefined) {
        call = cached;
        break;
      }
      passed.push(call);
    }
    for (const inner of passed) known.set(inner, call);
    return call;
  }
}
