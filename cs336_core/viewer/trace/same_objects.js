// Which variables refer to one object.

import { getOrCreate } from "./trace_index.js";

/**
 * A name of an object: a variable of a call, or one of its parts such as `rows[0]`.
 * @typedef {{ call: number, variable: string, text: string }} Name
 */

/**
 * That a variable, or a part of it, is an object with other names. `group`: the number of the object.
 * @typedef {{ group: number, name: Name, others: Name[] }} Shared
 */

/** @param {string} text such as "0:rows[0]" @returns {Name} */
function nameFrom(text) {
  const colon = text.indexOf(":");
  const name = text.slice(colon + 1);
  return {
    call: Number(text.slice(0, colon)),
    variable: /^[^[.]*/.exec(name)?.[0] ?? name,
    text: name,
  };
}

/**
 * What the variables of each call share: the number of the call -> the variable -> itself first, then
 * its parts.
 * @param {string[][]} groups of names that refer to one object
 */
export function sharedAt(groups) {
  /** @type {Map<number, Map<string, Shared[]>>} */
  const shared = new Map();
  groups.forEach((group, i) => {
    const names = group.map(nameFrom);
    for (const name of names) {
      const others = names.filter((other) => other !== name);
      const variables = getOrCreate(shared, name.call, () => new Map());
      const entry = { group: i + 1, name, others };
      const entries = getOrCreate(variables, name.variable, () => []);
      if (name.text === name.variable) entries.unshift(entry);
      else entries.push(entry);
    }
  });
  return shared;
}
