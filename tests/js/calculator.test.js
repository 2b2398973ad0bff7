import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { toCSV } from "../../cs336_core/ui/export.js";
import { urlTraits } from "../../cs336_core/ui/state.js";
import { readState, writeState } from "../../cs336_core/ui/url.js";
import {
  jsonText,
  machineRows,
  pictureSVG,
} from "../../cs336_core/widgets/training_calculator/export.js";
import {
  BYTES,
  comparedWith,
  runOf,
  STORED,
} from "../../cs336_core/widgets/training_calculator/run.js";
import { bounded, schema } from "../../cs336_core/widgets/training_calculator/state.js";
import {
  assumptions,
  describe,
  describeFit,
  describeRatio,
  describeReported,
  money,
  percent,
  price,
} from "../../cs336_core/widgets/training_calculator/text.js";
import { H100, T4 } from "./machines.js";

const golden = JSON.parse(readFileSync(new URL("golden/calculator.json", import.meta.url), "utf8"));
const SHOWN = {
  model: "",
  billion_params: 70,
  billion_tokens: 15000,
  machine: "h100",
  precision: "bf16",
  n_machines: 1024,
  mfu: 0.5,
  price: 2,
};
const STATE = {
  ...SHOWN,
  models: [{ name: "moe", params: 47e9, active_params: 13e9 }],
  machines: [H100, T4],
};
const PLAN = {
  params: 70e9,
  activeParams: 70e9,
  tokens: 15e12,
  flopsPerSecond: 989e12,
  memoryBytes: 80e9,
  nMachines: 1024,
  mfu: 0.5,
  price: 2,
};

/** Equal but for the last bits. */
const near = (ours, theirs, what, precision = 1e-12) =>
  assert.ok(
    Math.abs(ours - theirs) <= precision * Math.abs(theirs),
    `${ours}, not ${theirs}: ${what}`,
  );

test("time and cost of a run equal Python's", () => {
  assert.equal(golden.length, 120);
  for (const { plan, parts, ...expected } of golden) {
    const run = runOf(plan);
    for (const [name, value] of Object.entries(expected))
      near(run[name], value, `${name} of ${JSON.stringify(plan)}`);
    STORED.forEach(([name, bytes], i) => near(bytes * plan.params, parts[i], name));
    assert.equal(run.fits, expected.bytes / plan.nMachines <= plan.memoryBytes);
    near(run.tokensPerParam, plan.tokens / plan.activeParams, "tokens a parameter");
  }
  assert.ok(golden.some(({ plan }) => plan.params > plan.activeParams));
  assert.equal(BYTES, 16);
});

test("70 billion parameters on 15 trillion tokens take 144 days", () => {
  const run = runOf(PLAN);
  assert.equal(Math.round(run.seconds / 86_400), 144);
  assert.equal(
    describe(PLAN, run, "H100 SXM"),
    "70\u00a0billion parameters on 15\u00a0trillion tokens take 6.3\u00a0×\u00a010²⁴ FLOPs: 144\u00a0days on 1,024 H100 SXM, 3.54\u00a0million machine-hours, 7.08\u00a0million at 2.00 per hour.",
  );
  const [flops, rate, paid, memory] = assumptions(PLAN, run, "H100 SXM", "bf16");
  assert.match(
    flops,
    /^6 FLOPs per parameter and token, for 70\u00a0billion parameters and 15\u00a0trillion tokens/,
  );
  assert.match(
    rate,
    /989\u00a0TFLOP\/s in bf16\. Each of the 1,024 machines reaches 50\u00a0% of that .* all the time: 506\u00a0PFLOP\/s together/,
  );
  const alone = { ...PLAN, nMachines: 1 };
  assert.match(
    assumptions(alone, runOf(alone), "H100 SXM", "bf16")[1],
    /It reaches 50\u00a0% of that/,
  );
  assert.match(paid, /^2\.00 per machine-hour/);
  assert.match(memory, /16 bytes per parameter/);
});

test("FLOPs count active experts, memory all of them", () => {
  const { params, activeParams } = bounded({ ...STATE, model: "moe" });
  assert.deepEqual([params, activeParams], [47e9, 13e9]);
  const plan = { ...PLAN, params, activeParams };
  const run = runOf(plan);
  near(run.flops, 6 * 13e9 * 15e12, "FLOPs");
  near(run.bytes, 16 * 47e9, "bytes");
  assert.match(
    assumptions(plan, run, "H100 SXM", "bf16")[1],
    /Of 47\u00a0billion parameters, 13\u00a0billion are active per token/,
  );
});

test("too few machines for the memory: the text says how many are needed", () => {
  const few = { ...PLAN, nMachines: 8 };
  assert.equal(
    describeFit(runOf(few), 80e9, "H100 SXM"),
    "One H100 SXM has 74.5\u00a0GiB: an equal part of 130\u00a0GiB does not fit. This needs at least 14 machines.",
  );
  assert.ok(runOf({ ...PLAN, nMachines: 14 }).fits);
  assert.ok(!runOf({ ...PLAN, nMachines: 13 }).fits);
  assert.match(
    describeFit(runOf(PLAN), 80e9, "H100 SXM"),
    /takes 1\.37\u00a0% of that and leaves 73\.5\u00a0GiB/,
  );
  assert.match(
    describeFit(runOf({ ...PLAN, params: 1e6 }), 80e9, "H100 SXM"),
    /takes <\u00a00\.1\u00a0% of that/,
  );
});

test("the formula is compared with the reported hours", () => {
  const reported = {
    tokens: 15.6e12,
    machine_hours: 30.84e6,
    machine: "H100 SXM",
    precision: "bf16",
    flops_per_second: 989e12,
    source: "Llama 3.1 model card",
  };
  const params = 405_853_388_800;
  const { impliedMfu, hours } = comparedWith(reported, params, 0.4);
  near(impliedMfu, 0.34597, "as Python's ReportedRun.implied_mfu has it", 1e-4);
  near(hours, (30.84e6 * impliedMfu) / 0.4, "hours");
  assert.equal(
    describeReported("Llama 3.1 405B", reported, params, 0.4),
    "Llama 3.1 model card: Llama 3.1 405B took 30.8\u00a0million H100 SXM hours for 15.6\u00a0trillion tokens. The formula gives these hours at an MFU of 34.6\u00a0% of the peak in bf16. At your 40\u00a0% it gives 26.7\u00a0million, 86.5\u00a0% of them.",
  );
});

test("tokens per parameter are compared with Chinchilla's 20", () => {
  assert.match(describeRatio(214), /^10\.7 times Chinchilla’s 20/);
  assert.match(describeRatio(20), /^Close to Chinchilla’s 20/);
  assert.match(describeRatio(2), /^10\u00a0% of Chinchilla’s 20/);
  assert.match(describeRatio(0.1), /^0\.5\u00a0% of/);
});

test("small amounts of money have cents", () => {
  assert.deepEqual([0, 1.5, 99.994, 1234.5, 7.08e6].map(money), [
    "0",
    "1.5",
    "99.99",
    "1,235",
    "7.08 million",
  ]);
  assert.deepEqual([price(2), percent(0.29), percent(0.125)], ["2.00", "29", "12.5"]);
});

test("settings from a URL are clamped to their bounds, and unknown names are reported", () => {
  const odd = bounded({
    ...STATE,
    billion_params: -1,
    billion_tokens: 1e9,
    n_machines: 0,
    mfu: 7,
    price: -3,
  });
  assert.deepEqual(
    [
      odd.state.billion_params,
      odd.state.billion_tokens,
      odd.state.n_machines,
      odd.state.mfu,
      odd.state.price,
    ],
    [0.001, 1e6, 1, 1, 0],
  );
  assert.equal(odd.problem, "");
  assert.equal(
    bounded({ ...STATE, model: "gpt5" }).problem,
    "Unknown model “gpt5”: the parameters are your own.",
  );
  assert.equal(
    bounded({ ...STATE, machine: "abacus" }).problem,
    "Unknown machine “abacus”: counted on H100 SXM.",
  );
  const t4 = bounded({ ...STATE, machine: "t4" });
  assert.equal(t4.state.precision, "fp16");
  assert.equal(t4.problem, "The T4 does not support bf16: counted in fp16.");
  assert.ok(bounded({ ...STATE, model: "x".repeat(999) }).problem.length < 120);
  const set = {
    ...SHOWN,
    model: "moe",
    billion_params: 0.5,
    mfu: 0.41,
    price: 3.25,
    machine: "t4",
  };
  assert.deepEqual(Object.keys(SHOWN).sort(), urlTraits(schema).sort());
  assert.deepEqual(
    { ...SHOWN, ...readState(writeState("http://a/", "c", set, SHOWN), "c", schema) },
    set,
  );
});

test("data and picture contain what is shown", () => {
  const all = [H100, T4].map(
    ({ key, name, flops_per_second: rates, memory_bytes: memoryBytes }) => {
      const [precision] = Object.keys(rates).slice(-1);
      const plan = { ...PLAN, flopsPerSecond: rates[precision], memoryBytes };
      return { key, machine: name, precision, plan, run: runOf(plan) };
    },
  );
  const data = JSON.parse(jsonText("", all[0], all));
  assert.deepEqual(
    [data.model, data.params, data.fits, data.machines.length],
    [null, 70e9, true, 2],
  );
  near(data.days, all[0].run.seconds / 86_400, "days");
  assert.match(
    toCSV(machineRows(all)),
    /^machine,precision,flops_per_second,.*\r\nH100 SXM,bf16,989000000000000,/,
  );
  const svg = pictureSVG(all[0], all, "a < b", (name) => `c-${name}`);
  assert.match(svg, /<title>a &#60; b<\/title>/);
  assert.match(svg, />144 days</);
  assert.equal(svg.match(/fill="c-accent"/g).length, 3);
  assert.doesNotMatch(svg, /NaN|undefined/);
});
