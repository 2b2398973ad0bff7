// What the reader sets: the traits of Python.

import { schema } from "#schema/bpe_time_machine";
import { boundedBy } from "../../ui/state.js";

/** @typedef {import("#schema/bpe_time_machine").Traits} State */

export { schema };

/** Stands for the newest token, instead of the id of one that the reader chose. */
export const NEWEST = schema.token.default;

/** @param {State} state @returns {State} */
export const bounded = (state) => boundedBy(schema, state);
