// Optimizers on a loss over two numbers, as in cs336_core/training/landscape.py.

/** @typedef {{ x: number, y: number, loss: number }} Point */
/** @typedef {"sgd" | "momentum" | "adamw"} Method */
/** @typedef {{ losses: readonly (readonly number[])[], low: number, high: number }} Grid rows of equal y */

export const METHODS = /** @type {const} */ (["sgd", "momentum", "adamw"]);

/** AdamW: the decay of the mean square, and the number that avoids a division by zero. */
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/**
 * The grid cell of a coordinate, and the weights of the four grid lines around it, with their derivatives.
 * @param {Grid} grid
 * @param {number} coordinate
 */
function weightsAt({ losses, low, high }, coordinate) {
  const unit = (losses.length - 1) / (high - low); // grid lines per unit
  const position = (coordinate - low) * unit;
  const cell = Math.min(Math.max(Math.trunc(position), 0), losses.length - 2);
  const u = position - cell;
  const weights = [
    -u + 2 * u ** 2 - u ** 3,
    2 - 5 * u ** 2 + 3 * u ** 3,
    u + 4 * u ** 2 - 3 * u ** 3,
    u ** 3 - u ** 2,
  ];
  const slopes = [
    -1 + 4 * u - 3 * u ** 2,
    -10 * u + 9 * u ** 2,
    1 + 8 * u - 9 * u ** 2,
    3 * u ** 2 - 2 * u,
  ];
  return {
    cell,
    weights: weights.map((weight) => weight / 2),
    slopes: slopes.map((slope) => (slope * unit) / 2),
  };
}

/**
 * The loss and its gradient at a point: a smooth surface through the grid.
 * @param {Grid} grid
 * @param {number} x
 * @param {number} y
 * @returns {{ loss: number, gradient: [number, number] }}
 */
export function lossAt(grid, x, y) {
  const column = weightsAt(grid, x);
  const row = weightsAt(grid, y);
  const last = grid.losses.length - 1;
  const line = (/** @type {number} */ i) => Math.min(Math.max(i, 0), last);
  let [loss, alongX, alongY] = [0, 0, 0];
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j < 4; j++) {
      const entry = grid.losses[line(row.cell - 1 + i)]?.[line(column.cell - 1 + j)] ?? 0;
      const [wy, wx] = [row.weights[i] ?? 0, column.weights[j] ?? 0];
      loss += wy * wx * entry;
      alongX += wy * (column.slopes[j] ?? 0) * entry;
      alongY += (row.slopes[i] ?? 0) * wx * entry;
    }
  }
  return { loss, gradient: [alongX, alongY] };
}

/**
 * How far an optimizer moves one coordinate. It remembers earlier gradients between calls.
 * @param {Method} method
 * @param {number} rate
 * @param {number} momentum
 */
function stepper(method, rate, momentum) {
  let [mean, square, step] = [0, 0, 0];
  return (/** @type {number} */ gradient) => {
    step += 1;
    if (method === "sgd") return -rate * gradient;
    if (method === "momentum") {
      mean = momentum * mean + gradient;
      return -rate * mean;
    }
    mean = momentum * mean + (1 - momentum) * gradient;
    square = BETA_2 * square + (1 - BETA_2) * gradient ** 2;
    const root = Math.sqrt(square / (1 - BETA_2 ** step)) + EPSILON;
    return (-rate * (mean / (1 - momentum ** step))) / root;
  };
}

/**
 * The start and the points after each step, as long as they are on the map.
 * @param {Grid} grid
 * @param {Method} method
 * @param {{ x: number, y: number, rate: number, momentum: number }} settings
 * @param {number} steps
 * @returns {Point[]}
 */
export function descend(grid, method, { x, y, rate, momentum }, steps) {
  const [moveX, moveY] = [stepper(method, rate, momentum), stepper(method, rate, momentum)];
  const isInside = (/** @type {number} */ value) => value >= grid.low && value <= grid.high;
  const points = [];
  let here = { x, y };
  while (isInside(here.x) && isInside(here.y)) {
    const { loss, gradient } = lossAt(grid, here.x, here.y);
    points.push({ ...here, loss });
    if (points.length > steps) break;
    here = { x: here.x + moveX(gradient[0]), y: here.y + moveY(gradient[1]) };
  }
  return points;
}
