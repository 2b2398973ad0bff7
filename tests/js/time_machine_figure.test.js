import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { encode } from "../../cs336_core/browser/tokenization/bpe_encoding.js";
import { MAX_MERGES, pairsAt, train } from "../../cs336_core/browser/tokenization/bpe_training.js";
import {
  corpusOfCounts,
  corpusOfText,
  LONGEST,
  writeCounts,
} from "../../cs336_core/browser/tokenization/corpus.js";
import { readState, writeState } from "../../cs336_core/ui/url.js";
import {
  encodingRows,
  jsonText,
  pictureSVG,
  trainingRows,
} from "../../cs336_core/widgets/bpe_time_machine/export.js";
import {
  mergedIds,
  mergeTree,
  occurrencesAt,
  tokensWithHalf,
} from "../../cs336_core/widgets/bpe_time_machine/merge_tree.js";
import {
  choices,
  readScore,
  writeScore,
} from "../../cs336_core/widgets/bpe_time_machine/prediction.js";
import { bounded, schema } from "../../cs336_core/widgets/bpe_time_machine/state.js";
import {
  byteLength,
  chunksOf,
  rowsOf,
  sameTokens,
} from "../../cs336_core/widgets/bpe_time_machine/token_rows.js";

const PAPER = "low 5\nlower 2\nwidest 3\nnewest 6";
const HAT = train(corpusOfText("the cat in the hat", "none"), 3, "first-seen");
const SPLIT = train(corpusOfText("the cat in the hat", "gpt2"), 3, "first-seen");
const text = ({ vocab }, id) => new TextDecoder().decode(vocab[id]);

test("the tree of a token goes down to its bytes", () => {
  const tree = mergeTree(HAT.merges, 258);
  const drawn = ({ id, parts }) =>
    parts.length ? `(${parts.map(drawn).join(" ")})` : text(HAT, id);
  assert.equal(drawn(tree), "(((t h) e)  )");
  assert.deepEqual(mergedIds(tree), [256, 257, 258]);
  assert.deepEqual(mergeTree(HAT.merges, 116), { id: 116, parts: [] });
  assert.deepEqual(mergedIds(mergeTree(HAT.merges, 116)), []);
});

test("a part that is used twice is listed once", () => {
  const { merges } = train(corpusOfText("aaaaaaaa", "none"), 3, "first-seen");
  assert.deepEqual(merges, [
    [97, 97],
    [256, 256],
    [257, 257],
  ]);
  assert.deepEqual(mergedIds(mergeTree(merges, 258)), [256, 257, 258]);
});

test("the tokens that a token is a half of, and how often it occurs by itself", () => {
  assert.deepEqual(tokensWithHalf(HAT.merges, 256, 3), [257]);
  assert.deepEqual(tokensWithHalf(HAT.merges, 256, 1), []);
  assert.deepEqual(
    [0, 1, 2, 3].map((step) => occurrencesAt(HAT, 256, step)),
    [0, 2, 0, 0],
  );
  const counted = train(corpusOfCounts(PAPER), 1, "lexicographic");
  assert.equal(occurrencesAt(counted, 256, 1), 9);
});

test("the rows show a page of the corpus, with the pair that merges next", () => {
  const rows = (run, step, from, to) =>
    rowsOf(run.states[step], run.corpus, run.vocab, run.merges[step], from, to);
  const [row] = rows(HAT, 2, 0, 400);
  assert.deepEqual(row.tokens.slice(0, 3), [
    { offset: 0, id: 257, half: 1, startsWord: false },
    { offset: 3, id: 32, half: 2, startsWord: false },
    { offset: 4, id: 99, half: 0, startsWord: false },
  ]);
  assert.deepEqual(
    rows(HAT, 2, 4, 8)[0].tokens.map(({ id }) => text(HAT, id)),
    ["c", "a", "t", " "],
  );
  assert.equal(byteLength(HAT.corpus.order, HAT.states[0]), 18);
});

test("a step changes only the chunks in which something merges", () => {
  const run = train(
    corpusOfText(`${"x".repeat(30)}abcd${"-".repeat(40)}`, "none"),
    99,
    "first-seen",
  );
  const chunks = (step) =>
    chunksOf(rowsOf(run.states[step], { order: [0] }, run.vocab, undefined, 0, 400)[0].tokens);
  assert.deepEqual(
    chunks(0).map((tokens) => tokens.length),
    [24, 24, 24, 2],
  );
  assert.deepEqual(
    chunks(0)
      .flat()
      .map(({ offset }) => offset),
    Array.from({ length: 74 }, (_, offset) => offset),
  );
  const changed = (step) =>
    chunks(step).map((tokens, i) => !sameTokens(tokens, chunks(step - 1)[i] ?? []));
  assert.deepEqual(run.merges[0], [45, 45]);
  assert.deepEqual(changed(1), [false, true, true, true]);
  const whole = chunks(run.merges.length);
  assert.deepEqual(
    whole.map((tokens) => tokens.length),
    [1],
  );
  assert.deepEqual(chunksOf([]), []);
  const later = chunksOf([
    { offset: 70, id: 1, half: 0, startsWord: false },
    { offset: 130, id: 2, half: 0, startsWord: false },
  ]);
  assert.deepEqual(
    later.map((tokens) => tokens.map(({ id }) => id)),
    [[1], [], [], [2]],
  );
  const token = { offset: 0, id: 1, half: 0, startsWord: false };
  for (const other of [{ offset: 1 }, { id: 2 }, { half: 1 }, { startsWord: true }]) {
    assert.ok(!sameTokens([token], [{ ...token, ...other }]));
  }
  assert.ok(sameTokens([token], [{ ...token }]) && !sameTokens([token], []));
});

test("word boundaries are marked, and no pair is bracketed across one", () => {
  const run = train(corpusOfText("ab ab a b", "gpt2"), 1, "first-seen");
  const [row] = rowsOf(run.states[0], { order: run.corpus.order }, run.vocab, [97, 98], 0, 400);
  const shown = row.tokens.map(
    ({ id, half, startsWord }) => `${startsWord ? "|" : ""}${text(run, id)}${half}`,
  );
  assert.deepEqual(shown, ["a1", "b2", "| 0", "a1", "b2", "| 0", "a0", "| 0", "b0"]);
});

test("pairs that overlap are bracketed from left to right, as they merge", () => {
  const run = train(corpusOfText("aaaaa", "none"), 1, "first-seen");
  const [row] = rowsOf(run.states[0], { order: [0] }, run.vocab, [97, 97], 0, 400);
  assert.deepEqual(
    row.tokens.map(({ half }) => half),
    [1, 2, 1, 2, 0],
  );
});

test("each counted word is a row", () => {
  const run = train(corpusOfCounts(PAPER), 1, "first-seen");
  const rows = rowsOf(run.states[0], run.corpus, run.vocab, run.merges[0], 0, 400);
  assert.deepEqual(
    rows.map(({ count, tokens }) => [count, tokens.length]),
    [
      [5, 3],
      [2, 5],
      [3, 6],
      [6, 6],
    ],
  );
});

test("counted words are written as they are read", () => {
  const words = corpusOfText('a\n\n"b" b \t c\u00a0', "gpt2").words;
  assert.deepEqual(corpusOfCounts(writeCounts(words)).words, words);
  assert.equal(writeCounts(corpusOfCounts(PAPER).words), PAPER);
});

test("a question offers the right pair among the most frequent, in an order that hides it", () => {
  const run = train(corpusOfCounts(PAPER), 3, "lexicographic");
  const offered = choices(pairsAt(run, 0), run.merges[0], run.vocab).map((pair) =>
    pair.map((id) => text(run, id)).join(" "),
  );
  assert.deepEqual(offered, ["e s", "l o", "o w", "s t", "w e"]);
  const few = train(corpusOfText("ab", "none"), 1, "first-seen");
  assert.deepEqual(choices(pairsAt(few, 0), few.merges[0], few.vocab), [[97, 98]]);
});

test("the score is stored and removed; malformed scores are ignored", () => {
  const stored = new Map();
  const storage = {
    getItem: (name) => stored.get(name) ?? null,
    setItem: (name, value) => stored.set(name, value),
    removeItem: (name) => stored.delete(name),
  };
  assert.deepEqual(readScore(storage), { right: 0, total: 0 });
  writeScore(storage, { right: 1, total: 2 });
  assert.deepEqual(readScore(storage), { right: 1, total: 2 });
  const [name] = stored.keys();
  for (const bad of [
    "x",
    "null",
    "[]",
    '{"right":3,"total":2}',
    '{"right":-1,"total":2}',
    '{"right":"1","total":2}',
  ]) {
    stored.set(name, bad);
    assert.deepEqual(readScore(storage), { right: 0, total: 0 }, bad);
  }
  writeScore(storage, { right: 0, total: 0 });
  assert.equal(stored.size, 0);
  const forbidden = {
    getItem: () => {
      throw new Error();
    },
    setItem: () => {
      throw new Error();
    },
    removeItem: () => {},
  };
  writeScore(forbidden, { right: 1, total: 1 });
  assert.deepEqual(readScore(forbidden), { right: 0, total: 0 });
  assert.deepEqual(readScore(undefined), { right: 0, total: 0 });
});

test("values from an address are clamped, or replaced by the default", () => {
  const state = bounded({
    text: "x",
    kind: "zzz",
    num_merges: 1e8,
    tie_break: "",
    pretokenization: "gpt2",
    step: -4,
    part: "encoding",
    new_text: "",
    new_step: 0,
  });
  assert.deepEqual(
    [state.kind, state.num_merges, state.tie_break, state.pretokenization, state.part],
    ["text", 1000, "first-seen", "gpt2", "encoding"],
  );
});

/** The third merge of the hat, as data. */
const THE_SPACE = {
  left_id: 257,
  right_id: 32,
  id: 258,
  left: "the",
  right: " ",
  token: "the ",
  left_bytes: "74 68 65",
  right_bytes: "20",
  token_bytes: "74 68 65 20",
};

test("the saved data has a row per merge, and a row per step of encoding", () => {
  const encoding = encode("the hat", "none", HAT.merges);
  assert.deepEqual(trainingRows(HAT)[2], {
    merge: 3,
    ...THE_SPACE,
    count: 2,
    tied: 2,
    tokens: 12,
    bytes_per_token: 1.5,
  });
  assert.deepEqual(encodingRows(HAT, encoding)[2], {
    step: 3,
    merge: 3,
    ...THE_SPACE,
    occurrences: 1,
    tokens: 4,
  });
  const saved = JSON.parse(
    jsonText(
      {
        text: "x",
        kind: "text",
        tie_break: "first-seen",
        pretokenization: "none",
        new_text: "the hat",
      },
      HAT,
      encoding,
    ),
  );
  assert.deepEqual(saved.encoding.ids, [258, 104, 97, 116]);
  assert.equal(JSON.parse(jsonText({ compact: true }, HAT, encoding)).encoding, undefined);
  assert.equal(saved.merges.length, 3);
});

test("the picture has one chip per token, and hostile text stays text", () => {
  const drawn = (run, counted, caption = "Caption") =>
    pictureSVG(
      rowsOf(
        run.states.at(-1),
        counted ? run.corpus : { order: run.corpus.order },
        run.vocab,
        undefined,
        0,
        Infinity,
      ),
      counted,
      run.vocab,
      caption,
      () => "#000",
    );
  assert.equal(drawn(SPLIT, false).match(/<rect /g).length, 1 + SPLIT.tokens.at(-1));
  const counted = train(corpusOfCounts(PAPER), 2, "first-seen");
  assert.equal(drawn(counted, true).match(/×<\/text>/g).length, 4);
  const hostile = drawn(train(corpusOfText("<script>&\"'", "none"), 9, "first-seen"), false, "<b>");
  assert.ok(!/<script|<b>/.test(hostile) && hostile.includes("&#60;"));
});

test("the picture in the README is what the figure draws", () => {
  const css = readFileSync(new URL("../../cs336_core/ui/colors.css", import.meta.url), "utf8");
  const color = (name) => css.match(new RegExp(`--cs336-${name}: ([^;]+);`))[1];
  const run = train(corpusOfText("the cat in the hat", "none"), 4, "first-seen");
  const rows = rowsOf(
    run.states[3],
    { order: run.corpus.order },
    run.vocab,
    run.merges[3],
    0,
    Infinity,
  );
  const caption = "After 3 merges: 12 tokens, 1.50 bytes per token. Next, a and t merge.";
  const picture = readFileSync(new URL("../../book/bpe_merges.svg", import.meta.url), "utf8");
  assert.equal(picture, pictureSVG(rows, false, run.vocab, caption, color));
});

test("a text too long to be read from an address is not written into it", () => {
  const defaults = { text: "", step: 0 };
  assert.equal(
    writeState(
      "https://example.org/?m.text=old",
      "m",
      { text: "x".repeat(2001), step: 2 },
      defaults,
    ),
    "https://example.org/?m.step=2",
  );
  assert.equal(
    readState(
      writeState("https://example.org/", "m", { text: "x".repeat(2000), step: 0 }, defaults),
      "m",
      schema,
    ).text.length,
    2000,
  );
});

test("the engine takes as much as the widget allows", () => {
  assert.equal(MAX_MERGES, schema.num_merges.max);
  assert.equal(LONGEST, schema.text.most_bytes);
});
