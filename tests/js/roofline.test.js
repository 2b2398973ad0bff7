import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { boundOf, ridgeOf } from "../../cs336_core/browser/accounting/roofline.js";
import { toCSV } from "../../cs336_core/ui/export.js";
import { urlTraits } from "../../cs336_core/ui/state.js";
import { readState, writeState } from "../../cs336_core/ui/url.js";
import { jsonText, pictureSVG, pointRows } from "../../cs336_core/widgets/roofline/export.js";
import { memoryOf, pointOf, pointsOf } from "../../cs336_core/widgets/roofline/operations.js";
import {
  decadesOf,
  positionOf,
  RATES,
  roofOf,
  ticksOf,
} from "../../cs336_core/widgets/roofline/scale.js";
import {
  bounded,
  contextsOf,
  KINDS,
  longestOf,
  PARTS,
  PHASES,
  schema,
} from "../../cs336_core/widgets/roofline/state.js";
import {
  describe,
  describeRow,
  percent,
  power,
  reasons,
} from "../../cs336_core/widgets/roofline/text.js";
import { H100, T4 } from "./machines.js";

const golden = JSON.parse(readFileSync(new URL("golden/roofline.json", import.meta.url), "utf8"));
const SIZES = { fp8: 1, fp16: 2, bf16: 2, tf32: 4, fp32: 4 };
const LLAMA = {
  name: "llama",
  title: "Llama",
  config: {
    vocab_size: 128256,
    context_length: 8192,
    n_layers: 32,
    d_model: 4096,
    n_heads: 32,
    n_kv_heads: 8,
    d_ff: 14336,
  },
};
const GPT = {
  name: "gpt",
  config: {
    vocab_size: 50257,
    context_length: 1024,
    n_layers: 12,
    d_model: 768,
    n_heads: 12,
    positions: "learned",
    activation: "gelu_tanh",
    bias: true,
    norm: "layernorm",
    tied_embeddings: true,
  },
};
const SHOWN = {
  model: "llama",
  machine: "h100",
  precision: "bf16",
  batch: 8,
  context: 2048,
  phase: "decode",
  operation: "mlp",
  moved: "weights",
};
const STATE = { ...SHOWN, models: [LLAMA, GPT], machines: [H100, T4], bytes_per_value: SIZES };

/** Equal but for the last bits. */
const near = (ours, theirs, what) =>
  assert.ok(Math.abs(ours - theirs) <= 1e-12 * Math.abs(theirs), `${ours}, not ${theirs}: ${what}`);

test("every point equals Python's", () => {
  assert.equal(golden.length, 120);
  for (const { config, machine, state, points, memory, seconds } of golden) {
    const { state: given } = bounded({
      ...STATE,
      ...state,
      model: "one",
      models: [{ name: "one", config }],
      machine: machine.key,
      machines: [machine],
    });
    const ours = pointsOf(given, config, machine);
    const what = JSON.stringify({ config, machine: machine.key, state });
    assert.equal(ours.length, points.length);
    for (const point of points) {
      const our = pointOf(ours, point.kind, point.phase);
      for (const name of ["flops", "bytes", "seconds", "intensity"])
        near(our[name], point[name], `${name} of ${point.kind} in ${point.phase}, ${what}`);
      assert.equal(our.bound, point.bound, what);
      near(ridgeOf(machine, state.precision), point.ridge, what);
    }
    const ourMemory = memoryOf(given, config, machine);
    near(ourMemory.bytes, memory.bytes, what);
    assert.equal(ourMemory.fits, memory.fits);
    if (state.moved === "weights")
      PHASES.forEach((phase, i) => near(pointOf(ours, "whole", phase).seconds, seconds[i], what));
  }
  for (const moved of ["weights", "vectors", "scores"])
    assert.ok(golden.filter(({ state }) => state.moved === moved).length >= 40);
});

test("an operation is bound by the longer time, and is on the roofline", () => {
  const below = boundOf(100, 100, H100, "bf16");
  assert.equal(below.bound, "memory");
  assert.equal(below.seconds, below.moving);
  near(below.attainable, 3.35e12, "on the slope");
  const above = boundOf(1e6, 100, H100, "bf16");
  assert.equal(above.bound, "compute");
  assert.equal(above.seconds, above.computing);
  assert.equal(above.attainable, 989e12);
  assert.equal(Math.round(ridgeOf(H100, "bf16")), 295);
});

test("the roof rises to the ridge and is flat from there", () => {
  const decades = decadesOf([1, 1000]);
  assert.deepEqual(decades, [-1, 5]);
  assert.deepEqual(decadesOf([0.02, 3e6]), [-2, 7]);
  assert.deepEqual(ticksOf(decades), [-1, 0, 1, 2, 3, 4, 5]);
  const [left, ridge, right] = roofOf(989e12, 3.35e12, decades);
  assert.deepEqual([left[0], right[0]], [0, 1]);
  near(ridge[0], positionOf(989 / 3.35, decades), "ridge");
  assert.equal(ridge[1], right[1]);
  near(ridge[1], positionOf(989e12, RATES), "peak");
  // A decade of intensity is a decade of FLOP/s.
  near(
    (ridge[1] - left[1]) * (RATES[1] - RATES[0]),
    (ridge[0] - left[0]) * (decades[1] - decades[0]),
    "slope",
  );
  assert.deepEqual([positionOf(1e-9, decades), positionOf(1e9, decades)], [0, 1]);
});

test("in decode, more sequences raise all intensities but that of scores", () => {
  const at = (batch, kind) =>
    pointOf(pointsOf({ ...STATE, batch }, LLAMA.config, H100), kind, "decode").intensity;
  for (const kind of ["projections", "mlp", "head"]) near(at(64, kind), 64 * at(1, kind), kind);
  near(at(64, "scores"), at(1, "scores"), "scores");
  near(at(64, "mlp"), 64, "2 FLOPs a weight of 2 bytes");
});

test("unfused attention is memory-bound in prefill", () => {
  const bound = (moved) =>
    pointOf(pointsOf({ ...STATE, moved }, LLAMA.config, H100), "scores", "prefill").bound;
  assert.deepEqual(["weights", "vectors", "scores"].map(bound), ["compute", "compute", "memory"]);
});

test("the parts of a pass run one after another", () => {
  const of = (state) => {
    const points = pointsOf({ ...STATE, ...state }, LLAMA.config, H100);
    return (phase) => [
      pointOf(points, "whole", phase),
      PARTS.map((part) => pointOf(points, part, phase)),
    ];
  };
  for (const moved of ["weights", "vectors", "scores"]) {
    for (const phase of PHASES) {
      const [whole, parts] = of({ moved, batch: 300 })(phase);
      for (const name of ["flops", "bytes", "seconds"])
        near(
          whole[name],
          parts.reduce((sum, part) => sum + part[name], 0),
          name,
        );
      assert.ok(whole.seconds >= Math.max(whole.computing, whole.moving));
      near(whole.attainable, whole.flops / whole.seconds, "under the roof");
    }
  }
  // What FlashAttention avoids makes prefill longer, since nothing hides it.
  const [plain, fused] = ["scores", "vectors"].map((moved) => of({ moved })("prefill")[0].seconds);
  assert.ok(plain > 1.05 * fused);
});

test("settings from a URL are clamped to their bounds, and unknown names are reported", () => {
  const odd = bounded({
    ...STATE,
    batch: 0,
    context: 1e9,
    phase: "x",
    operation: "y",
    moved: "z",
  }).state;
  assert.deepEqual(
    [odd.batch, odd.context, odd.phase, odd.operation, odd.moved],
    [1, 131_072, "decode", "mlp", "weights"],
  );
  assert.equal(bounded({ ...STATE, model: "gpt" }).state.context, 1023); // its table of positions has 1,024
  assert.deepEqual(
    [longestOf(GPT), contextsOf(GPT).at(-1), contextsOf(GPT).at(-2)],
    [1023, 1023, 512],
  );
  assert.equal(contextsOf(LLAMA).at(-1), 131_072);
  assert.equal(
    bounded({ ...STATE, model: "gpt5" }).problem,
    "Unknown model “gpt5”: showing Llama.",
  );
  assert.equal(
    bounded({ ...STATE, machine: "abacus" }).problem,
    "Unknown machine “abacus”: showing H100 SXM.",
  );
  const { state, problem } = bounded({ ...STATE, machine: "t4" });
  assert.deepEqual(
    [state.precision, problem],
    ["fp16", "The T4 does not support bf16: counted in fp16."],
  );
  assert.deepEqual(Object.keys(SHOWN).sort(), urlTraits(schema).sort());
  const set = { ...SHOWN, machine: "t4", phase: "prefill", batch: 1 };
  assert.deepEqual(
    { ...SHOWN, ...readState(writeState("http://a/", "r", set, SHOWN), "r", schema) },
    set,
  );
});

test("the description of a pass", () => {
  const inWords = (state) => {
    const points = pointsOf(state, LLAMA.config, H100);
    return describe(
      state,
      pointOf(points, "whole", state.phase),
      memoryOf(state, LLAMA.config, H100),
      H100,
    );
  };
  assert.equal(
    inWords(STATE),
    "Decode of 8\u00a0sequences after 2,048\u00a0tokens is memory-bound: a step takes at least 5.12\u00a0ms, 1,562 tokens per second. 17\u00a0GiB fit in its 74.5\u00a0GiB.",
  );
  assert.match(
    inWords({ ...STATE, batch: 1, context: 1 }),
    /^Decode of one sequence after 1\u00a0token is/,
  );
  assert.match(
    inWords({ ...STATE, phase: "prefill" }),
    /^Prefill of 16,384 tokens is compute-bound: at least 240\u00a0ms/,
  );
  assert.match(
    inWords({ ...STATE, batch: 512 }),
    /143\u00a0GiB do not fit in its 74\.5\u00a0GiB\.$/,
  );
  const points = pointsOf(STATE, LLAMA.config, H100);
  assert.equal(
    describeRow(pointOf(points, "mlp", "decode")),
    " in decode: 8 FLOPs per byte, memory-bound, minimum time ",
  );
  const [prefill, decode, cache, head] = reasons(STATE, points, H100, LLAMA.config);
  assert.match(prefill, /16,384 tokens at once give 16,384 FLOPs per byte/);
  assert.match(
    decode,
    /8 FLOPs per byte, where the H100 SXM could do 295\. It takes about 296 sequences/,
  );
  assert.match(cache, /its own keys and values/);
  assert.match(head, /only the last token of each sequence needs logits/);
  const vectors = { ...STATE, moved: "vectors" };
  assert.match(
    reasons(vectors, pointsOf(vectors, LLAMA.config, H100), H100, LLAMA.config)[1],
    /which leaves 2,667 in the MLP/,
  );
  const mixed = { ...LLAMA.config, experts: { n_experts: 8, n_active: 2, d_ff: 14336 } };
  assert.match(
    reasons(STATE, pointsOf(STATE, mixed, H100), H100, mixed)[2],
    /^Each token uses 2 of 8 experts, .* 4,096 FLOPs per byte in prefill and 2 in decode\.$/,
  );
  assert.deepEqual([-1, 0, 2, 3, 5].map(power), ["0.1", "1", "100", "10³", "10⁵"]);
  assert.deepEqual([percent(0.0271), percent(0.9999)], ["2.71 %", "100 %"]);
});

test("data and picture contain what is shown", () => {
  const points = pointsOf(STATE, LLAMA.config, H100);
  const data = JSON.parse(jsonText(STATE, H100, points, memoryOf(STATE, LLAMA.config, H100)));
  assert.equal(data.points.length, 2 * KINDS.length);
  assert.deepEqual([data.machine.key, data.memory.fits, data.moved], ["h100", true, "weights"]);
  assert.match(toCSV(pointRows(points)), /^phase,operation,flops,bytes,.*\r\nprefill,projections,/);
  const svg = pictureSVG(
    "llama",
    H100,
    "bf16",
    points,
    decadesOf([1]),
    "a < b",
    (name) => `c-${name}`,
  );
  assert.match(svg, /<title>a &#60; b<\/title>/);
  assert.equal(svg.match(/<circle/g).length, 2 * KINDS.length);
  assert.equal(svg.match(/<rect/g).length, 1 + 2 * KINDS.length);
  assert.doesNotMatch(svg, /NaN|undefined/);
});
