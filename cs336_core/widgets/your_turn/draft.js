// What a reader has done in an exercise, remembered by the browser. Storage may be missing, full or
// forbidden, as for some pages opened from disk; then the page forgets.

/** @typedef {{ code: string | null, attempts: number, passed: boolean }} Draft `code`: null for the start */

/** @type {Readonly<Draft>} */
export const NO_DRAFT = { code: null, attempts: 0, passed: false };
const LONGEST = 100_000; // characters of code

/** @param {string} name */
const keyOf = (name) => `cs336-exercise-${name}`;

/** @returns {Storage | null} */
function pageStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** @param {unknown} value @returns {number} a count from 0 */
const count = (value) => (Number.isSafeInteger(value) ? Math.max(0, Number(value)) : 0);

/**
 * The draft of an exercise; what cannot be read counts as missing.
 * @param {string} name
 * @param {Pick<Storage, "getItem"> | null} [storage]
 * @returns {Draft}
 */
export function loadDraft(name, storage = pageStorage()) {
  try {
    const { code, attempts, passed } = JSON.parse(storage?.getItem(keyOf(name)) ?? "{}");
    return {
      code: typeof code === "string" && code.length <= LONGEST ? code : null,
      attempts: count(attempts),
      passed: passed === true,
    };
  } catch {
    return { ...NO_DRAFT };
  }
}

/**
 * @param {string} name
 * @param {Draft} draft
 * @param {Pick<Storage, "setItem"> | null} [storage]
 */
export function saveDraft(name, draft, storage = pageStorage()) {
  try {
    storage?.setItem(keyOf(name), JSON.stringify(draft));
  } catch {
    // The page forgets.
  }
}
