// The stops of the model's sliders, chosen so that every stop is a valid model; and the further changes
// that a change requires.

import { complete } from "../../browser/accounting/config.js";
import { changed } from "./settings.js";
import { publishedOf } from "./state.js";

/** @typedef {import("../../browser/accounting/config.js").Config} Config */
/** @typedef {import("./state.js").State} State */
/** @typedef {Exclude<keyof import("./settings.js").Changes, "mlp">} Knob */

/** The sliders that are always shown. @type {readonly Knob[]} */
export const KNOBS = [
  "n_layers",
  "d_model",
  "n_heads",
  "n_kv_heads",
  "d_ff",
  "n_experts",
  "n_active",
];

const MAX_STOPS = 64;
const VOCABULARIES = [
  256, 512, 1024, 2048, 4096, 8192, 16_384, 32_000, 50_257, 65_536, 100_277, 128_256, 152_064,
  200_019, 256_000, 500_000, 1_000_000,
];
const EXPERTS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** @param {number} n */
const upTo = (n) => Array.from({ length: n }, (_, i) => i + 1);

/** The divisors of `n` up to `max`. @param {number} n @param {number} max */
const divisors = (n, max) => upTo(Math.min(n, max)).filter((divisor) => n % divisor === 0);

/**
 * Multiples of `unit` from `min` to `max`, spaced by roughly equal ratios.
 * @param {number} unit
 * @param {number} min
 * @param {number} max
 */
function multiples(unit, min, max) {
  const factor = (max / min) ** (1 / MAX_STOPS);
  const found = upTo(MAX_STOPS + 1).map(
    (i) => unit * Math.max(1, Math.round((min * factor ** (i - 1)) / unit)),
  );
  return [...new Set(found)];
}

/** The value that a slider shows. @param {Config} config @param {Knob} name */
export function knobValue({ experts, ...config }, name) {
  if (name === "n_experts") return experts?.n_experts ?? 1;
  if (name === "n_active") return experts?.n_active ?? 1;
  return name === "d_ff" && experts ? experts.d_ff : config[name];
}

/**
 * @param {Knob} name
 * @param {Config} config
 * @returns {number[]}
 */
export function stopsOf(name, config) {
  const { n_heads, d_model, d_head, latent, experts } = config;
  const hasOwnWidth = latent !== undefined || d_head * n_heads !== d_model; // not d_model / n_heads
  switch (name) {
    case "n_layers":
      return upTo(128);
    case "d_model":
      return hasOwnWidth
        ? multiples(128, 256, 20_480)
        : multiples(2 * n_heads, Math.max(256, 16 * n_heads), 20_480);
    case "n_heads":
      return hasOwnWidth
        ? upTo(128)
        : divisors(d_model, 256).filter((n) => (d_model / n) % 2 === 0);
    case "n_kv_heads":
      return divisors(n_heads, n_heads);
    case "d_ff":
      return multiples(64, 256, 131_072);
    case "n_experts":
      return EXPERTS;
    case "n_active":
      return upTo(Math.min(experts?.n_experts ?? 1, 16));
    case "vocab_size":
      return VOCABULARIES;
  }
}

/**
 * A change, with the further changes that it requires: fewer heads may need fewer KV heads. A value
 * that the model has without the change is stored as no change.
 * @param {State} state
 * @param {Knob | "mlp"} name
 * @param {number | string} value
 * @returns {Partial<State>}
 */
export function settle(state, name, value) {
  const published = publishedOf(state);
  /** @type {Partial<State>} */
  const changes = { [name]: sameWithout(state, name, value) ? (name === "mlp" ? "" : 0) : value };
  const before = complete(changed(published, state));
  if (name === "n_heads" && !before.latent) {
    const kvHeads =
      before.n_kv_heads === before.n_heads
        ? Number(value)
        : Math.max(...divisors(Number(value), before.n_kv_heads));
    const after = { ...state, ...changes };
    changes.n_kv_heads = sameWithout(after, "n_kv_heads", kvHeads) ? 0 : kvHeads;
  }
  if (name === "n_experts" && before.experts && Number(value) < before.experts.n_active)
    changes.n_active = 0;
  if (name === "n_experts" && (before.experts === undefined) !== (value === 1))
    Object.assign(changes, { n_active: 0, d_ff: 0 });
  return changes;
}

/** Whether the model has this value without the change. @param {State} state @param {Knob | "mlp"} name @param {number | string} value */
function sameWithout(state, name, value) {
  const without = complete(
    changed(publishedOf(state), { ...state, [name]: name === "mlp" ? "" : 0 }),
  );
  return (
    value === (name === "mlp" ? (without.gated ? "gated" : "plain") : knobValue(without, name))
  );
}
