// Formatting of numbers.

/**
 * `value` with `digits` decimals, rounded as Python's `f"{value:.2f}"` does: ties go to the even
 * digit. (`toFixed` rounds ties up: 1.125 would be 1.13 in a figure and 1.12 in the sentence beside
 * it, which Python wrote.)
 * @param {number} value
 * @param {number} digits
 */
export function fixed(value, digits) {
  const up = value.toFixed(digits);
  const exact = value.toFixed(Math.min(100, digits + 60));
  const tail = exact.slice(exact.indexOf(".") + 1 + digits);
  if (!/^50*$/.test(tail)) return up;
  const down = exact.slice(0, exact.length - tail.length).replace(/\.$/, "");
  return Number(down.at(-1)) % 2 === 0 ? down : up;
}

/**
 * `value` with `digits` decimals for text: with a real minus sign, but no minus sign before zero.
 * @param {number} value
 * @param {number} digits
 */
export function decimal(value, digits) {
  const text = fixed(value, digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}

/**
 * A fraction as a percentage, with one decimal by default.
 * @param {number} fraction
 * @param {number} [digits]
 */
export const percent = (fraction, digits = 1) => `${decimal(100 * fraction, digits)}\u00a0%`;
