// Formatting of numbers.

/**
 * `value` with `digits` decimals, rounded as Python's `f"{value:.2f}"` does: what lies exactly
 * between two goes to the even one. (`toFixed` goes up, so that 1.125 would be 1.13 in a figure
 * and 1.12 in the sentence beside it.)
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
 * `value` with `digits` decimals for text: with a real minus sign, and none before zero.
 * @param {number} value
 * @param {number} digits
 */
export function decimal(value, digits) {
  const text = fixed(value, digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
}
