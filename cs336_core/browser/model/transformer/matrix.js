// Matrices of 32-bit floats, and the two products of a Transformer: a linear layer, and a row times one
// vector. Sums are in 64 bits.

/** A matrix, row by row. @typedef {{ rows: number, columns: number, data: Float32Array }} Matrix */

/** @param {number} rows @param {number} columns @returns {Matrix} */
export const zeros = (rows, columns) => ({
  rows,
  columns,
  data: new Float32Array(rows * columns),
});

/** A row, as a view of the matrix. @param {Matrix} matrix @param {number} row */
export const rowOf = ({ columns, data }, row) => data.subarray(row * columns, (row + 1) * columns);

/** @param {Float32Array} a @param {Float32Array} b */
export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += /** @type {number} */ (a[i]) * Number(b[i]);
  return sum;
}

/** The length of a vector. @param {Float32Array} vector */
export const norm = (vector) => Math.sqrt(dot(vector, vector));

/** @param {Matrix} a @param {Matrix} b @returns {Matrix} */
export function sum(a, b) {
  return { ...a, data: a.data.map((x, i) => x + Number(b.data[i])) };
}

/**
 * A linear layer, y = x Wᵀ: each row of `x` times each row of the weight, four at a time.
 * @param {Matrix} x (n × d_in)
 * @param {Matrix} weight (d_out × d_in)
 * @returns {Matrix} (n × d_out)
 */
export function linear(x, weight) {
  const { columns: width, data: w } = weight;
  const y = zeros(x.rows, weight.rows);
  const whole = weight.rows - (weight.rows % 4);
  for (let row = 0; row < x.rows; row++) {
    const input = rowOf(x, row);
    const output = rowOf(y, row);
    for (let out = 0; out < whole; out += 4) {
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let k = 0, i = out * width; k < width; k++, i++) {
        const value = /** @type {number} */ (input[k]);
        a += value * /** @type {number} */ (w[i]);
        b += value * /** @type {number} */ (w[i + width]);
        c += value * /** @type {number} */ (w[i + 2 * width]);
        d += value * /** @type {number} */ (w[i + 3 * width]);
      }
      output[out] = a;
      output[out + 1] = b;
      output[out + 2] = c;
      output[out + 3] = d;
    }
    for (let out = whole; out < weight.rows; out++) output[out] = dot(input, rowOf(weight, out));
  }
  return y;
}
