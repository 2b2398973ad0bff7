// A figure's state, checked against its schema, which is generated from the traits in Python
// (state_schema.py): the only source of types, defaults, bounds and choices.

/**
 * @typedef {object} Trait
 * @property {"boolean" | "integer" | "number" | "string" | "choice" | "list" | "object"} type
 * @property {unknown} [default]
 * @property {number} [min]
 * @property {number} [max]
 * @property {readonly string[]} [choices]
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

/**
 * The traits that are written into the page's URL.
 * @template {Schema} Traits
 * @param {Traits} schema
 */
export const urlTraits = (schema) =>
  /** @type {(keyof Traits & string)[]} */ (
    Object.keys(schema).filter((name) => schema[name]?.url)
  );
