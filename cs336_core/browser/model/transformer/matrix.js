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

/** The rows of one matrix above those of another. @param {Matrix} a @param {Matrix} b @returns {Matrix} */
export function stacked(a, b) {
  const both = zeros(a.rows + b.rows, a.columns);
  both.data.set(a.data);
  both.data.set(b.data, a.data.length);
  return both;
}

/**
 * A linear layer, y = x Wᵀ: each row of `x` times each row of the weight. Two rows of `x` meet four of the
 * weight at a time, so that each number that is read is used several times.
 * @param {Matrix} x (n × d_in)
 * @param {Matrix} weight (d_out × d_in)
 * @returns {Matrix} (n × d_out)
 */
export function linear(x, weight) {
  const y = zeros(x.rows, weight.rows);
  const [rows, outs] = [x.rows - (x.rows % 2), weight.rows - (weight.rows % 4)];
  for (let row = 0; row < rows; row += 2)
    for (let out = 0; out < outs; out += 4) tile(x, weight, y, row, out);
  for (let row = 0; row < x.rows; row++) {
    const input = rowOf(x, row);
    for (let out = row < rows ? outs : 0; out < weight.rows; out++)
      y.data[row * weight.rows + out] = dot(input, rowOf(weight, out));
  }
  return y;
}

/**
 * Two rows of the input times four of the weight.
 * @param {Matrix} x
 * @param {Matrix} weight
 * @param {Matrix} y the output
 * @param {number} row
 * @param {number} out
 */
function tile({ columns, data: input }, { data: w }, { columns: n, data: output }, row, out) {
  let [a0, b0, c0, d0, a1, b1, c1, d1] = [0, 0, 0, 0, 0, 0, 0, 0];
  let first = row * columns;
  let i = out * columns;
  for (const end = first + columns; first < end; first++, i++) {
    const x0 = /** @type {number} */ (input[first]);
    const x1 = /** @type {number} */ (input[first + columns]);
    const a = /** @type {number} */ (w[i]);
    const b = /** @type {number} */ (w[i + columns]);
    const c = /** @type {number} */ (w[i + 2 * columns]);
    const d = /** @type {number} */ (w[i + 3 * columns]);
    a0 += x0 * a;
    b0 += x0 * b;
    c0 += x0 * c;
    d0 += x0 * d;
    a1 += x1 * a;
    b1 += x1 * b;
    c1 += x1 * c;
    d1 += x1 * d;
  }
  const at = row * n + out;
  output[at] = a0;
  output[at + 1] = b0;
  output[at + 2] = c0;
  output[at + 3] = d0;
  output[at + n] = a1;
  output[at + n + 1] = b1;
  output[at + n + 2] = c1;
  output[at + n + 3] = d1;
}
