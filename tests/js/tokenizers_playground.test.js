import assert from "node:assert/strict";
import { test } from "node:test";
import "../../cs336_core/widgets/playground/strings.en.js";
import { measure } from "../../cs336_core/browser/tokenization/measure.js";
import { MAX_TOKENS, piecesToDraw } from "../../cs336_core/browser/tokenization/pieces.js";
import { SIMPLE } from "../../cs336_core/browser/tokenization/simple.js";
import { FilesFromPython } from "../../cs336_core/ui/late_files.js";
import { csvRows, jsonText, pictureSVG } from "../../cs336_core/widgets/playground/export.js";
import { FrameScheduler } from "../../cs336_core/widgets/playground/frame_scheduler.js";
import { Links, overlapping } from "../../cs336_core/widgets/playground/links.js";
import { bitRange, byteSize, textRange } from "../../cs336_core/widgets/playground/offsets.js";
import {
  fitsAddress,
  LONGEST,
  namesOf,
  textProblem,
} from "../../cs336_core/widgets/playground/settings.js";
import {
  describeCounts,
  describePiece,
  labelOf,
  statistics,
} from "../../cs336_core/widgets/playground/text.js";

const utf8 = (text) => new TextEncoder().encode(text);

/** The answer of the worker for a simple tokenizer. */
function answer(text, name) {
  const steps = SIMPLE[name](text);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const data = utf8(text);
  return {
    run: 1,
    name,
    counts: measure(data, step.value),
    ids: step.value.ids,
    ...piecesToDraw(text, data, step.value),
  };
}

test("a text's counts", () => {
  const text = "né 猫 2024";
  assert.deepEqual(answer(text, "characters").counts, {
    tokens: 9,
    distinct: 7,
    bytes: 12,
    characters: 9,
    split: 0,
    digits: 4,
    digitTokens: 4,
  });
  assert.deepEqual(answer(text, "bytes").counts, {
    tokens: 12,
    distinct: 10,
    bytes: 12,
    characters: 9,
    split: 2,
    digits: 4,
    digitTokens: 4,
  });
  const bits = answer(text, "bits").counts;
  assert.deepEqual([bits.tokens, bits.distinct, bits.split, bits.digitTokens], [96, 2, 9, 32]);
  const words = answer(text, "words").counts;
  assert.deepEqual([words.tokens, words.distinct, words.digitTokens], [5, 4, 1]);
  assert.deepEqual(answer("", "bytes").counts, {
    tokens: 0,
    distinct: 0,
    bytes: 0,
    characters: 0,
    split: 0,
    digits: 0,
    digitTokens: 0,
  });
});

test("tokens that share a character form a group", () => {
  const { pieces, groups } = answer("aé👍🏽b", "bytes");
  assert.equal(pieces.length, 12);
  assert.deepEqual(
    groups.map(({ first, end }) => [first, end]),
    [
      [1, 3],
      [3, 11],
    ],
  );
  assert.deepEqual(
    groups.map(({ bytes }) => new TextDecoder().decode(bytes)),
    ["é", "👍🏽"],
  );
  assert.deepEqual(
    answer("e\u0301x", "characters").groups.map(({ first, end }) => [first, end]),
    [[0, 2]],
  );
  assert.equal(answer("ab", "bits").groups.length, 2);
  assert.deepEqual(answer("abc", "bytes").groups, []);
  assert.deepEqual(answer("", "bytes").pieces, []);
});

test("only the first tokens are drawn, and the beginning of a long token", () => {
  const many = answer("ab".repeat(5000), "bytes");
  assert.equal(many.pieces.length, MAX_TOKENS);
  assert.equal(many.counts.tokens, 10_000);
  const [first, ...others] = answer(`${"é".repeat(40_000)} x`, "words").pieces;
  assert.equal(others.length, 0);
  assert.ok(first.long);
  assert.equal(labelOf("words", first).text, `${"é".repeat(100)}…`);
});

test("hostile text is shown as text", () => {
  const { pieces } = answer("\u202e<b>\u0000\u2066", "characters");
  assert.deepEqual(
    pieces.map((piece) => labelOf("characters", piece).text),
    ["U+202E", "<", "b", ">", "U+0000", "U+2066"],
  );
});

test("a sentence describes a token", () => {
  assert.equal(
    describePiece(answer("né", "bytes"), 1),
    "“C3” in Bytes: token 2 of 3, id 195, byte C3.",
  );
  assert.equal(
    describePiece(answer("né", "characters"), 1),
    "“é” in Characters: token 2 of 2, id 233, bytes C3 A9.",
  );
  assert.equal(
    describePiece(answer("a", "bits"), 7),
    "“1” in Bits: token 8 of 8, id 1, bit 8 of byte 61.",
  );
  assert.equal(
    describeCounts([answer("né", "bytes"), answer("né", "words")]),
    "3 bytes, 2 characters. Bytes: 3 tokens. Words: 1 token.",
  );
  assert.equal(describeCounts([]), "");
});

test("statistics are rounded for people", () => {
  const of = (text, name) => statistics(answer(text, name).counts).map((item) => item.text);
  assert.deepEqual(of("né 2024", "bytes"), [
    "1.00 bytes per token",
    "7 distinct",
    "1 split character",
    "4 digits in 4 tokens",
  ]);
  assert.deepEqual(of("a", "bits"), ["0.125 bytes per token", "2 distinct", "1 split character"]);
  assert.deepEqual(of("é1", "bits").slice(2), ["2 split characters", "1 digit in 8 tokens"]);
  assert.deepEqual(of("12", "words").slice(2), ["2 digits in 1 token"]);
  assert.deepEqual(of("", "bytes"), []);
});

test("offsets in a text map to bits of its UTF-8, and back", () => {
  const text = "a猫🐈b";
  assert.deepEqual(bitRange(text, 1, 4), { from: 8, to: 64 });
  assert.deepEqual(textRange(text, { from: 8, to: 64 }), [1, 4]);
  assert.deepEqual(textRange(text, { from: 17, to: 18 }), [1, 2]);
  assert.deepEqual(textRange(text, { from: 64, to: 72 }), [4, 5]);
  assert.deepEqual(textRange(text, { from: 800, to: 808 }), [5, 5]);
  assert.equal(byteSize(text), 9);
});

test("ranges that share a bit overlap", () => {
  const pieces = [
    { from: 0, to: 8 },
    { from: 8, to: 24 },
    { from: 24, to: 32 },
  ];
  assert.deepEqual(overlapping(pieces, { from: 8, to: 24 }), [1, 2]);
  assert.deepEqual(overlapping(pieces, { from: 7, to: 25 }), [0, 3]);
  assert.deepEqual(overlapping(pieces, { from: 9, to: 10 }), [1, 2]);
  assert.deepEqual(overlapping(pieces, { from: 40, to: 41 }), [0, 0]);
  assert.deepEqual(overlapping(pieces, { from: 8, to: 8 }), [0, 0]);
});

test("links highlight elements, and clear the highlight", () => {
  const element = () => ({
    names: new Set(),
    classList: {
      add(n) {
        this.owner.names.add(n);
      },
      remove(n) {
        this.owner.names.delete(n);
      },
    },
  });
  const elements = [element(), element()];
  for (const item of elements) item.classList.owner = item;
  const links = new Links();
  const shown = [];
  const stop = links.listen((range, sentence) => shown.push([range, sentence]));
  const leave = links.add({
    pieces: [
      { from: 0, to: 8 },
      { from: 8, to: 16 },
    ],
    elements: [elements],
  });
  links.show({ from: 8, to: 9 }, "here");
  assert.deepEqual(
    elements.map(({ names }) => names.size),
    [0, 1],
  );
  links.show(null);
  assert.deepEqual(
    elements.map(({ names }) => names.size),
    [0, 0],
  );
  assert.deepEqual(shown, [
    [{ from: 8, to: 9 }, "here"],
    [null, ""],
  ]);
  stop();
  leave();
  links.show({ from: 0, to: 1 });
  assert.equal(shown.length, 2);
  assert.equal(elements[0].names.size, 0);
});

test("settings from a link are reduced to known names, without duplicates", () => {
  const offered = ["bits", "bytes", "gpt2"];
  assert.deepEqual(namesOf("gpt2,bytes,gpt2,trained,<b>,", offered), ["bytes", "gpt2"]);
  assert.deepEqual(namesOf("", offered), []);
  assert.ok(fitsAddress("x".repeat(2000)));
  assert.ok(!fitsAddress("x".repeat(2001)));
  assert.ok(!fitsAddress("猫".repeat(1000)));
});

test("a refused text comes with its reason", () => {
  assert.equal(textProblem("a".repeat(LONGEST)), "");
  assert.match(
    textProblem("a".repeat(LONGEST + 1)),
    /^This text has 5\.1 MB, and the playground takes up to 5 MB\./,
  );
  assert.match(textProblem("猫".repeat(2_000_000)), /6\.0 MB/);
  assert.match(textProblem("🐈\ud83d"), /lone surrogate, U\+D83D, at position 1/);
});

test("the scheduler runs one task per frame, in order", () => {
  const frames = [];
  const scheduler = new FrameScheduler((callback) => frames.push(callback));
  const drawn = [];
  const add = (name) =>
    scheduler.add(() => {
      drawn.push(name);
      if (name === "a1") add("a2");
    });
  add("a1");
  const cancel = add("b1");
  add("c1");
  assert.deepEqual([frames.length, drawn], [1, []]);
  cancel();
  while (frames.length) {
    const before = drawn.length;
    frames.shift()();
    assert.ok(drawn.length <= before + 1 && frames.length <= 1);
  }
  assert.deepEqual(drawn, ["a1", "c1", "a2"]);
  add("d1")();
  frames.shift()();
  add("e1");
  frames.shift()();
  assert.deepEqual(drawn, ["a1", "c1", "a2", "e1"]);
});

test("each missing vocabulary is requested from Python once, and stored", async () => {
  const requests = [];
  const python = new FilesFromPython("It could not be loaded.", (names) => requests.push(names));
  const both = [python.load("gpt2"), python.load("o200k")];
  assert.deepEqual(requests, ["gpt2", "gpt2,o200k"]);
  python.receive({ gpt2: "AA", o200k: "" });
  assert.equal(await both[0], "AA");
  await assert.rejects(both[1], /could not be loaded/);
  assert.equal(await python.load("gpt2"), "AA");
  assert.equal(requests.length, 2);
});

test("the saved files hold the counts, ids and tokens", () => {
  const results = [answer('né "x"', "bytes"), answer('né "x"', "words")];
  const json = JSON.parse(jsonText('né "x"', results));
  assert.equal(json.text, 'né "x"');
  assert.deepEqual(json.tokenizers[0].ids, [...utf8('né "x"')]);
  assert.equal(json.tokenizers[1].tokens, 5);
  const rows = csvRows(results);
  assert.deepEqual(rows[1], {
    tokenizer: "bytes",
    position: 2,
    id: 195,
    token: "",
    bytes: "C3",
    first_byte: 1,
    last_byte: 2,
  });
  const svg = pictureSVG([answer("<&猫>", "characters")], () => "#fff");
  assert.ok(svg.includes("&#60;") && !svg.includes("><&"));
  assert.equal(svg.match(/<rect x/g).length, 4);
});
