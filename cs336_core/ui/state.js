// A figure's state, checked against its schema, which is generated from the traits in Python
// (state_schema.py): the only source of types, defaults, bounds and choices.

/**
 * @typedef {object} Trait
 * @property {"boolean" | "integer" | "number" | "string" | "choice" | "list" | "object"} type
 * @property {unknown} [default]
 * @property {number} [min]
 * @property {number} [max]
 * @property {readonly string[]} [choices]
 * @property {number} [most_bytes] the longest string, in bytes
 * @property {number} [most_items] the longest list
 * @property {boolean} [url] whether it is written into the page's URL
 */

/** @typedef {Readonly<Record<string, Trait>>} Schema */

/** @param {number} value @param {number} min @param {number} max */
export const within = (value, min, max) => Math.min(max, Math.max(min, value));

/** @param {Trait} trait @param {unknown} value */
function boundedValue(trait, value) {
  const { type, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = trait;
  if (type === "choice")
    return trait.choices?.includes(/** @type {string} */ (value)) ? value : trait.default;
  if (type === "integer") return within(Math.round(/** @type {number} */ (value)), min, max);
  if (type === "number") return within(/** @type {number} */ (value), min, max);
  return value;
}

/**
 * The state with each number clamped to its bounds, and unknown choices replaced by the default.
 * @template {object} State
 * @param {Schema} schema
 * @param {State} state
 * @returns {State}
 */
export function boundedBy(schema, state) {
  return /** @type {State} */ (
    Object.fromEntries(
      Object.entries(state).map(([name, value]) => {
        const trait = schema[name];
        return [name, trait ? boundedValue(trait, value) : value];
      }),
    )
  );
}

/** The type of a value in JSON -> the values that have it. @type {Record<string, (value: unknown) => boolean>} */
const IS = {
  boolean: (value) => typeof value === "boolean",
  integer: Number.isSafeInteger,
  number: Number.isFinite,
  string: (value) => typeof value === "string",
  choice: (value) => typeof value === "string",
  list: Array.isArray,
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

/**
 * A state from outside, such as a trace: the traits of the schema and no others, each of its type and
 * within its bounds, and the default for a trait that is missing. Throws for a value of another type,
 * or for a text or a list that is too long.
 * @param {Schema} schema
 * @param {unknown} given
 * @param {number} longest the length of a text or a list whose trait has no limit of its own
 */
export function checkedState(schema, given, longest) {
  /** @type {Record<string, unknown>} */
  const state = {};
  if (!IS.object?.(given)) throw new TypeError("a state is an object");
  const values = /** @type {Record<string, unknown>} */ (given);
  for (const [name, trait] of Object.entries(schema)) {
    const value = Object.hasOwn(values, name) ? values[name] : trait.default;
    if (value === undefined) continue;
    if (!IS[trait.type]?.(value)) throw new TypeError(`${name} is not of the type ${trait.type}`);
    const most = trait.most_bytes ?? trait.most_items ?? longest;
    if ((typeof value === "string" || Array.isArray(value)) && value.length > most)
      throw new RangeError(`${name} is too long: ${value.length}, at most ${most}`);
    state[name] = value;
  }
  return boundedBy(schema, state);
}

/**
 * The traits that are written into the page's URL.
 * @template {Schema} Traits
 * @param {Traits} schema
 */
export const urlTraits = (schema) =>
  /** @type {(keyof Traits & string)[]} */ (
    Object.keys(schema).filter((name) => schema[name]?.url)
  );
