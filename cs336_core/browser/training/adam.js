// Adam, equal to `AdamW` of cs336_core.training.optimizers without weight decay.

/** @typedef {Record<string, Float64Array>} Tensors */

const [BETA1, BETA2, EPS] = [0.9, 0.999, 1e-8];

export class Adam {
  constructor() {
    this.step = 0;
    /** Running averages of each gradient and of its square. @type {Map<Float64Array, [mean: Float64Array, square: Float64Array]>} */
    this.averages = new Map();
  }

  /**
   * Moves every parameter against its gradient, in place.
   * @param {Tensors} parameters
   * @param {Tensors} gradients
   * @param {number} rate the learning rate
   */
  update(parameters, gradients, rate) {
    this.step += 1;
    const correction1 = 1 - BETA1 ** this.step;
    const correction2 = Math.sqrt(1 - BETA2 ** this.step);
    for (const [name, parameter] of Object.entries(parameters)) {
      const gradient = /** @type {Float64Array} */ (gradients[name]);
      const n = parameter.length;
      const averages = this.averages.get(parameter) ?? [new Float64Array(n), new Float64Array(n)];
      this.averages.set(parameter, averages);
      const [mean, square] = averages;
      for (let i = 0; i < n; i++) {
        const g = Number(gradient[i]);
        const m = BETA1 * Number(mean[i]) + (1 - BETA1) * g;
        const v = BETA2 * Number(square[i]) + (1 - BETA2) * g * g;
        mean[i] = m;
        square[i] = v;
        parameter[i] =
          Number(parameter[i]) - (rate * m) / correction1 / (Math.sqrt(v) / correction2 + EPS);
      }
    }
  }
}
