import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { encode } from "../../cs336_core/browser/tokenization/bpe_encoding.js";
import {
  compareBytes,
  forbiddenAt,
  pairsAt,
  train,
} from "../../cs336_core/browser/tokenization/bpe_training.js";
import {
  corpusOfCounts,
  corpusOfText,
  LONGEST,
  readCorpus,
  wellFormed,
} from "../../cs336_core/browser/tokenization/corpus.js";
import "../../cs336_core/widgets/bpe_time_machine/strings.en.js";

const read = (name) => JSON.parse(readFileSync(new URL(`golden/${name}`, import.meta.url), "utf8"));
const golden = read("time_machine.json");
const goldenSteps = read("bpe.json");
const HAT = "the cat in the hat";
const PAPER = "low 5\nlower 2\nwidest 3\nnewest 6";
const bytes = (text) => new TextEncoder().encode(text);
const shown = (vocab, ids) => [...ids].map((id) => new TextDecoder().decode(vocab[id]));

/** The corpus of a golden case. */
function corpusOf({ text, words, pretokenization }) {
  if (text !== undefined) return corpusOfText(text, pretokenization);
  return corpusOfCounts(words.map(([word, count]) => `${word} ${count}`).join("\n"));
}

test("training equals Python's on every golden case, with both tie-breaks, with and without pre-tokens", () => {
  assert.ok(golden.length > 500);
  for (const example of golden) {
    const run = train(corpusOf(example), 12, example.tie_break);
    const steps = run.merges.map((pair, i) => [...pair, run.counts[i], run.tied[i]]);
    assert.deepEqual(steps, example.steps, JSON.stringify(example));
    assert.equal(run.tokens.at(-1), example.tokens, JSON.stringify(example));
  }
});

test("every step's ids, new token and pair counts equal Python's", () => {
  assert.ok(goldenSteps.length > 80);
  for (const { text, steps } of goldenSteps) {
    const run = train(corpusOfText(text, "none"), 6, "first-seen");
    assert.equal(run.merges.length, steps.length, text);
    steps.forEach((step, i) => {
      assert.deepEqual(run.merges[i], step.pair, text);
      assert.deepEqual([...run.states[i + 1].ids], step.after, text);
      assert.deepEqual([...run.vocab[256 + i]], step.token, text);
      // Python counts in first-seen order; pairsAt sorts by count and keeps that order in ties.
      const expected = step.counts.map(([left, right, count]) => ({ pair: [left, right], count }));
      expected.sort((a, b) => b.count - a.count);
      assert.deepEqual(pairsAt(run, i), expected, text);
    });
  }
});

test("encoding equals Python's on every golden case", () => {
  for (const example of golden) {
    const { merges } = train(corpusOf(example), 12, example.tie_break);
    const { states, bytes: size } = encode(
      example.new_text,
      example.pretokenization ?? "none",
      merges,
    );
    assert.deepEqual([...states.at(-1).ids], example.ids, JSON.stringify(example));
    assert.equal(size, bytes(example.new_text).length);
  }
});

test("each step of encoding applies one merge, in the order in which they were learned", () => {
  const { merges, vocab } = train(corpusOfText(HAT, "none"), 3, "first-seen");
  const { steps, states } = encode("that hat", "none", [...merges, [97, 116]]);
  assert.deepEqual(steps, [
    { rank: 0, occurrences: 1 },
    { rank: 3, occurrences: 2 },
  ]);
  assert.deepEqual(shown([...vocab, bytes("at")], states.at(-1).ids), ["th", "at", " ", "h", "at"]);
  assert.deepEqual(encode("", "gpt2", merges), {
    steps: [],
    states: [{ ids: new Uint16Array(0), ends: new Uint16Array(0) }],
    bytes: 0,
  });
});

test("the pairs of a step are sorted by count, ties by first appearance", () => {
  const run = train(corpusOfCounts(PAPER), 12, "lexicographic");
  const first = pairsAt(run, 0)
    .slice(0, 3)
    .map(({ pair, count }) => [...shown(run.vocab, pair), count]);
  assert.deepEqual(first, [
    ["e", "s", 9],
    ["s", "t", 9],
    ["w", "e", 8],
  ]);
  assert.deepEqual(shown(run.vocab, run.merges[0]), ["s", "t"]);
  assert.deepEqual(pairsAt(train(corpusOfCounts("a 5"), 3, "first-seen"), 0), []);
});

test("with GPT-2's pre-tokens the space after `the` cannot merge", () => {
  const split = train(corpusOfText(HAT, "gpt2"), 12, "first-seen");
  assert.ok(!split.vocab.some((token) => new TextDecoder().decode(token) === "the "));
  const { pair, count } = forbiddenAt(split, 2);
  assert.deepEqual([shown(split.vocab, pair), count], [["the", " "], 2]);
  const whole = train(corpusOfText(HAT, "none"), 3, "first-seen");
  assert.deepEqual(shown(whole.vocab, [258]), ["the "]);
  assert.equal(forbiddenAt(whole, 2), undefined);
  assert.equal(forbiddenAt(train(corpusOfCounts(PAPER), 2, "first-seen"), 1), undefined);
});

test("bytes compare as in Python", () => {
  assert.ok(compareBytes(bytes("a"), bytes("ab")) < 0);
  assert.ok(compareBytes(bytes("b"), bytes("ab")) > 0);
  assert.equal(compareBytes(bytes("é"), bytes("é")), 0);
});

test("bytes per token of a text", () => {
  const { ratios } = train(corpusOfText(HAT, "none"), 4, "first-seen");
  assert.deepEqual(
    ratios.map((ratio) => ratio.toFixed(2)),
    ["1.00", "1.13", "1.29", "1.50", "1.80"],
  );
});

test("bytes per token of counted words are weighted by the counts", () => {
  const run = train(corpusOfCounts(PAPER), 2, "first-seen");
  assert.equal(run.corpus.bytes, 5 * 3 + 2 * 5 + 3 * 6 + 6 * 6);
  assert.deepEqual(run.tokens, [79, 70, 61]);
});

test("counted words are read one per line, quoted if a line could not show them", () => {
  const words = (text) =>
    corpusOfCounts(text).words.map(({ bytes: b, count }) => [new TextDecoder().decode(b), count]);
  assert.deepEqual(words("low 5\r\n\n the  2 \nlow 1"), [
    ["low", 6],
    [" the", 2],
  ]);
  assert.deepEqual(words('"a\\n" 3\n"\\"" 1'), [
    ["a\n", 3],
    ['"', 1],
  ]);
  for (const bad of ["low", "5", "low 0", "low -1", "low 1.5", '"a 3', "low 1000000001", '"" 4']) {
    assert.throws(
      () => corpusOfCounts(`ok 1\n${bad}`),
      /^RangeError: Line 2, “.*”, is not a word/,
      bad,
    );
  }
});

test("a text that cannot be trained on is refused with a sentence and an empty corpus", () => {
  const problem = (text, kind) => {
    const { corpus, problem: sentence } = readCorpus(text, kind, "none");
    assert.deepEqual(corpus.words, []);
    return sentence;
  };
  assert.match(problem("", "text"), /nothing to learn from/);
  assert.match(problem("\n \n", "word-counts"), /nothing to learn from/);
  assert.match(problem("x".repeat(LONGEST + 1), "text"), /has 4,001 bytes; .* at most 4,000/);
  assert.match(problem("猫".repeat(1334), "text"), /has 4,002 bytes/);
  assert.match(problem("low", "word-counts"), /Line 1, “low”/);
  assert.equal(readCorpus(" ", "text", "gpt2").problem, "");
  assert.deepEqual(train(readCorpus("", "text", "none").corpus, 5, "first-seen").ratios, [0]);
});

test("a lone surrogate becomes U+FFFD", () => {
  assert.equal(wellFormed("a\ud800b\ufeff"), "a\ufffdb\ufeff");
});
