import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { BPE } from "../../cs336_core/browser/tokenization/bpe.js";
import { Heap } from "../../cs336_core/browser/tokenization/heap.js";
import { MergeTable } from "../../cs336_core/browser/tokenization/merge_table.js";
import { pack, unpack } from "../../cs336_core/browser/tokenization/packed.js";
import { pretokenize } from "../../cs336_core/browser/tokenization/patterns.js";
import { readRanks } from "../../cs336_core/browser/tokenization/ranks.js";
import { loneSurrogate, SIMPLE } from "../../cs336_core/browser/tokenization/simple.js";

const golden = (name) =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8"));
const ranks = (name) =>
  readRanks(readFileSync(new URL(`../../_build/ranks/${name}.tiktoken`, import.meta.url), "utf8"));

const known = { gpt2: "r50k_base", cl100k: "cl100k_base", o200k: "o200k_base", llama3: "llama3" };
const encoders = new Map(Object.entries(SIMPLE));
for (const [name, file] of Object.entries(known)) {
  const { bytes, merges } = ranks(file);
  const bpe = new BPE(pack(bytes, merges.pairs), name);
  encoders.set(name, (text) => bpe.encode(text));
}
for (const { name, packed, pattern } of golden("vocabularies")) {
  const bpe = new BPE(packed, pattern);
  encoders.set(name, (text) => bpe.encode(text));
}

/** Runs a generator to its end and returns its result. */
function encoded(name, text) {
  const steps = encoders.get(name)(text);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** As tests/js/golden_tokenizers.py hashes ids. */
const hashed = (ids) => createHash("sha256").update(ids.join()).digest("hex").slice(0, 8);

test("equals Python in every tokenizer on every golden text", () => {
  const cases = golden("tokenizers");
  assert.ok(cases.length > 400);
  for (const { text, ids, hashes } of cases) {
    for (const [name, expected] of Object.entries(ids ?? hashes)) {
      const { ids: found, bitsOf } = encoded(name, text);
      assert.deepEqual(
        ids ? [...found] : hashed(found),
        expected,
        `${name}: ${JSON.stringify(text)}`,
      );
      const bits = found.reduce((sum, id) => sum + bitsOf(id), 0);
      assert.equal(
        bits,
        8 * new TextEncoder().encode(text).length,
        `${name}: ${JSON.stringify(text)}`,
      );
    }
  }
});

test("well-known texts have their well-known ids", () => {
  assert.deepEqual([...encoded("gpt2", "Hello, world!").ids], [15496, 11, 995, 0]);
  assert.deepEqual([...encoded("o200k", "hello hello").ids], [24912, 40617]);
  assert.deepEqual([...encoded("llama3", "Hello world!").ids], [9906, 1917, 0]);
  assert.equal(encoded("gpt2", "Hello, 🌍! 你好!").ids.length, 12);
  assert.equal(encoded("o200k", "Hello, 🌍! 你好!").ids.length, 8);
});

test("a lone surrogate is found where Python finds it", () => {
  for (const { json, message } of golden("no_text")) {
    const { code, position } = loneSurrogate(JSON.parse(json));
    assert.ok(
      message.startsWith(`the text has a lone surrogate, ${code}, at position ${position},`),
      json,
    );
  }
  assert.equal(loneSurrogate("🐈 猫 \ufffd"), null);
});

test("joined pre-tokens are the text", () => {
  for (const { text } of golden("tokenizers")) {
    for (const name of ["gpt2", "cl100k", "o200k", "llama3", "qwen2", "none"]) {
      const pretokens = pretokenize(text, name);
      assert.equal(pretokens.join(""), text);
      assert.ok(!pretokens.includes(""), text);
    }
  }
  assert.deepEqual(pretokenize("It'ſ it's", "cl100k"), ["It", "'ſ", " it", "'s"]);
  assert.deepEqual(pretokenize("1234 \n ", "cl100k"), ["123", "4", " \n "]);
  assert.deepEqual(pretokenize("1234 \n ", "llama3"), ["123", "4", " \n", " "]);
  assert.deepEqual(pretokenize("1234 \n ", "qwen2"), ["1", "2", "3", "4", " \n", " "]);
  assert.deepEqual(pretokenize("a\u0085\ufeffb", "gpt2"), ["a", "\u0085", "\ufeff", "b"]);
});

test("the pair that was learned first merges first, the leftmost of several", () => {
  const merges = new MergeTable();
  merges.add(1, 2); // 256
  merges.add(2, 3); // 257
  merges.add(7, 7); // 258
  merges.add(258, 7); // 259
  assert.deepEqual(merges.apply([1, 2, 3]), [256, 3]);
  assert.deepEqual(merges.apply([2, 3, 1]), [257, 1]);
  assert.deepEqual(merges.apply([7, 7, 7, 7, 7]), [258, 259]);
  assert.deepEqual(merges.apply([]), []);
  assert.deepEqual(merges.apply([5]), [5]);
});

test("the queue gives the same result as scanning for each merge", () => {
  const { merges } = unpack(golden("vocabularies")[1].packed);
  const scan = (tokens) => {
    for (;;) {
      const mergedIds = tokens
        .slice(1)
        .map((right, i) => merges.mergedIds.get(tokens[i] * 2 ** 18 + right) ?? Infinity);
      const first = Math.min(...mergedIds);
      if (first === Infinity) return tokens;
      tokens = tokens.toSpliced(mergedIds.indexOf(first), 2, first);
    }
  };
  const text = [..."the cat in the hat, aathat's thththe cat sat sat sat too"].map((c) =>
    c.charCodeAt(0),
  );
  for (let start = 0; start < text.length; start++) {
    assert.deepEqual(merges.apply(text.slice(start)), scan(text.slice(start)));
  }
});

test("encoding a long pre-token does not take quadratic time", () => {
  // Quadratic time would be 40,000,000,000 steps, which would not end.
  assert.equal(encoded("gpt2", "abcdefghij".repeat(20_000)).ids.length, 80_000);
});

test("the longest texts can be split", () => {
  for (const [text, count] of [
    ["猫".repeat(1_600_000), 1],
    ["É".repeat(2_400_000), 1],
    [" ".repeat(4_900_000), 1],
  ]) {
    for (const name of ["gpt2", "cl100k", "o200k"])
      assert.equal(pretokenize(text, name).length, count);
  }
});

test("a heap returns the smallest item first", () => {
  const heap = new Heap();
  const numbers = Array.from({ length: 500 }, (_, i) => (i * 7919) % 251);
  for (const number of numbers) heap.push(number);
  const sorted = numbers.map(() => heap.pop());
  assert.deepEqual(
    sorted,
    [...numbers].sort((a, b) => a - b),
  );
  assert.equal(heap.pop(), undefined);
});

test("unpacking a packed vocabulary gives the vocabulary", () => {
  const bytes = Array.from({ length: 256 }, (_, id) => 255 - id);
  const pairs = [
    [0, 255],
    [256, 7],
    [257, 257],
  ];
  const packed = pack(bytes, pairs);
  assert.equal(packed.length, 512 + 18);
  const unpacked = unpack(packed);
  assert.deepEqual(unpacked.bytes, bytes);
  assert.deepEqual(unpacked.merges.pairs, pairs);
});

test("ranks that no merges can produce are refused", () => {
  const lines = Array.from(
    { length: 256 },
    (_, byte) => `${btoa(String.fromCharCode(byte))} ${byte}`,
  );
  assert.deepEqual(readRanks([...lines, `${btoa("ab")} 256`, ""].join("\n")).merges.pairs, [
    [97, 98],
  ]);
  const three = ["ab", "abc", "bc"].map((token, i) => `${btoa(token)} ${256 + i}`);
  assert.deepEqual(readRanks([...lines, ...three].join("\n")).merges.pairs[1], [256, 99]);
  const higher = ["abc", "ab"].map((token, i) => `${btoa(token)} ${256 + i}`);
  assert.deepEqual(readRanks([...lines, ...higher].join("\n")).merges.pairs[0], [257, 99]);
  assert.throws(
    () => readRanks([...lines, `${btoa("abc")} 256`].join("\n")),
    /token 256 is not the merge of two tokens/,
  );
});
