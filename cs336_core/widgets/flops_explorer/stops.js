// Where the sliders of the model rest, so that each place is a model that can be; and what a change
// brings with it.

import { complete } from "../../browser/accounting/config.js";
import { changed } from "./settings.js";
import { publishedOf } from "./state.js";

/** @typedef {import("../../browser/accounting/config.js").Config} Config */
/** @typedef {import("./state.js").State} State */
/** @typedef {Exclude<keyof import("./settings.js").Changes, "mlp">} Knob */

/** @type {readonly Knob[]} */
export const KNOBS = [
  "n_layers",
  "d_model",
  "n_heads",
  "n_kv_heads",
  "d_ff",
  "n_experts",
  "n_active",
  "vocab_size",
];

const MOST_STOPS = 64;
const VOCABULARIES = [
  256, 512, 1024, 2048, 4096, 8192, 16_384, 32_000, 50_257, 65_536, 100_277, 128_256, 152_064,
  200_019, 256_000, 500_000, 1_000_000,
];
const EXPERTS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** @param {number} n */
const upTo = (n) => Array.from({ length: n }, (_, i) => i + 1);

/** The numbers that divide `n`. @param {number} n @param {number} most */
const divisors = (n, most) => upTo(Math.min(n, most)).filter((each) => n % each === 0);

/**
 * Multiples of `unit` from `least` to `most`, about as far apart from each other as factors.
 * @param {number} unit
 * @param {number} least
 * @param {number} most
 */
function multiples(unit, least, most) {
  const factor = (most / least) ** (1 / MOST_STOPS);
  const found = upTo(MOST_STOPS + 1).map(
    (i) => unit * Math.max(1, Math.round((least * factor ** (i - 1)) / unit)),
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
  const free = latent !== undefined || d_head * n_heads !== d_model; // heads have a width of their own
  switch (name) {
    case "n_layers":
      return upTo(128);
    case "d_model":
      return free
        ? multiples(128, 256, 20_480)
        : multiples(2 * n_heads, Math.max(256, 16 * n_heads), 20_480);
    case "n_heads":
      return free ? upTo(128) : divisors(d_model, 256).filter((n) => (d_model / n) % 2 === 0);
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
 * A change, with those that it brings: fewer heads may be shared by fewer heads of keys and values.
 * What is as the model has it anyway is no change.
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
    const kept =
      before.n_kv_heads === before.n_heads
        ? Number(value)
        : Math.max(...divisors(Number(value), before.n_kv_heads));
    const after = { ...state, ...changes };
    changes.n_kv_heads = sameWithout(after, "n_kv_heads", kept) ? 0 : kept;
  }
  if (name === "n_experts" && before.experts && Number(value) < before.experts.n_active)
    changes.n_active = 0;
  if (name === "n_experts" && (before.experts === undefined) !== (value === 1))
    Object.assign(changes, { n_active: 0, d_ff: 0 });
  return changes;
}

/** Whether the model would have this value without any change of it. @param {State} state @param {Knob | "mlp"} name @param {number | string} value */
function sameWithout(state, name, value) {
  const without = complete(
    changed(publishedOf(state), { ...state, [name]: name === "mlp" ? "" : 0 }),
  );
  return (
    value === (name === "mlp" ? (without.gated ? "gated" : "plain") : knobValue(without, name))
  );
}
