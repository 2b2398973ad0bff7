import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { linear, rowOf, sum } from "../../cs336_core/browser/model/transformer/matrix.js";
import {
  forward,
  logitsOf,
  NOTHING,
  readable,
} from "../../cs336_core/browser/model/transformer/model.js";
import { partsOf } from "../../cs336_core/browser/model/transformer/parts.js";
import { ModelTokenizer } from "../../cs336_core/browser/model/transformer/tokenizer.js";
import { readModel } from "../../cs336_core/browser/model/transformer/weights.js";

const golden = JSON.parse(
  readFileSync(new URL("golden/transformer.json", import.meta.url), "utf8"),
);
const { header, model } = readModel(golden[0].packed);
const cases = golden.filter(({ stream }) => stream);
const BOUND = 1e-4; // both compute with the same weights, in 32 bits

/** Assert that a matrix equals rows of numbers up to rounding. */
function close(matrix, rows, what) {
  assert.deepEqual([matrix.rows, matrix.columns], [rows.length, rows[0].length], what);
  rows.flat().forEach((expected, i) => {
    const bound = BOUND * Math.max(1, Math.abs(expected));
    assert.ok(
      Math.abs(matrix.data[i] - expected) <= bound,
      `${what}: ${matrix.data[i]}, ${expected}`,
    );
  });
}

test("the file has the configuration, the tokenizer and the step", () => {
  assert.equal(header.step, 7);
  assert.deepEqual([model.config.n_layers, model.config.n_heads, model.config.d_ff], [2, 3, 10]);
  const tokenizer = new ModelTokenizer(header);
  assert.equal(tokenizer.vocab.length, 260);
  assert.equal(new TextDecoder().decode(tokenizer.vocab[258]), " the");
  for (const { text, ids } of cases.filter((c) => c.text))
    assert.deepEqual(tokenizer.encode(text), ids);
  assert.throws(() => readModel(btoa('\x0e\0\0\0{"format":"x"}')), /x is not cs336-model\/1/);
});

test("the stream after every part, and the logits, equal PyTorch's", () => {
  for (const { ids, stream, logits } of cases) {
    const pass = forward(model, ids);
    close(pass.embeddings, stream[0], "embeddings");
    pass.blocks.forEach(({ middle, output }, i) => {
      close(middle, stream[2 * i + 1], `attention of block ${i + 1}`);
      close(output, stream[2 * i + 2], `MLP of block ${i + 1}`);
    });
    close(logitsOf(model, pass.final), logits, "logits");
    const last = rowOf(pass.blocks.at(-1).output, ids.length - 1);
    close(logitsOf(model, readable(model, last)), [logits.at(-1)], "logits of the last position");
  }
});

test("the additions of the heads sum to attention's, and no weight is on a later token", () => {
  const { ids } = cases.at(-1);
  for (const { attention } of forward(model, ids).blocks) {
    const [first, ...others] = attention.heads.map(({ addition }) => addition);
    const total = others.reduce(sum, first);
    total.data.forEach((x, i) => assert.ok(Math.abs(x - attention.addition.data[i]) < 1e-5));
    for (const { weights } of attention.heads) {
      for (let query = 0; query < ids.length; query++) {
        const row = rowOf(weights, query);
        assert.ok(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-6);
        assert.ok(row.subarray(query + 1).every((weight) => weight === 0));
      }
    }
  }
});

test("a pass that continues an earlier one equals one over everything", () => {
  const { ids } = cases.at(-1);
  const whole = forward(model, ids);
  for (const n of [1, 5, ids.length - 1]) {
    const continued = forward(model, ids.slice(n), NOTHING, forward(model, ids.slice(0, n)));
    assert.deepEqual([continued.final.rows, continued.final.columns], [ids.length - n, 12]);
    const rows = whole.final.data.subarray(n * 12);
    continued.final.data.forEach((x, i) => assert.ok(Math.abs(x - rows[i]) < 1e-5));
    assert.equal(continued.blocks[0].attention.keys.rows, ids.length);
  }
});

test("without a head, an MLP, a norm or the positions, the logits equal PyTorch's without it", () => {
  const { ids, without } = golden.at(-1);
  const whole = logitsOf(model, forward(model, ids).final);
  for (const [part, expected] of Object.entries(without)) {
    const { final } = forward(model, ids, new Set([part]));
    const last = { rows: 1, columns: final.columns, data: rowOf(final, ids.length - 1) };
    close(logitsOf(model, last), [expected], part);
    assert.ok(Math.abs(expected[0] - rowOf(whole, ids.length - 1)[0]) > 0.01, part);
    assert.ok(partsOf(model.config).includes(part), part);
  }
  assert.equal(partsOf(model.config).length, 2 + 2 * (3 + 3));
});

test("a linear layer takes any number of inputs and outputs", () => {
  const x = { rows: 1, columns: 2, data: Float32Array.of(1, 10) };
  for (const rows of [1, 4, 5]) {
    const weight = { rows, columns: 2, data: Float32Array.from({ length: 2 * rows }, (_, i) => i) };
    const expected = Array.from({ length: rows }, (_, i) => 2 * i + 10 * (2 * i + 1));
    assert.deepEqual([...linear(x, weight).data], expected);
    const three = { rows: 3, columns: 2, data: Float32Array.of(1, 10, 2, 20, 3, 30) };
    assert.deepEqual(
      [...linear(three, weight).data],
      [1, 2, 3].flatMap((times) => expected.map((product) => times * product)),
    );
  }
});
