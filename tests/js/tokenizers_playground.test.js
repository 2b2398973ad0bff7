import assert from "node:assert/strict";
import { test } from "node:test";
import "../../cs336_core/widgets/playground/strings.en.js";
import { drawn, MOST_TOKENS } from "../../cs336_core/browser/tokenization/drawn.js";
import { measure } from "../../cs336_core/browser/tokenization/measure.js";
import { SIMPLE } from "../../cs336_core/browser/tokenization/simple.js";
import { csvRows, jsonText, pictureSVG } from "../../cs336_core/widgets/playground/export.js";
import { Turns } from "../../cs336_core/widgets/playground/frame_scheduler.js";
import { Links, touched } from "../../cs336_core/widgets/playground/links.js";
import { bitsOf, partOf, sizeOf } from "../../cs336_core/widgets/playground/offsets.js";
import {
  fitsAddress,
  LONGEST,
  namesOf,
  refusal,
} from "../../cs336_core/widgets/playground/settings.js";
import {
  figures,
  labelOf,
  toldCounts,
  toldPiece,
} from "../../cs336_core/widgets/playground/text.js";
import { FromPython } from "../../cs336_core/widgets/playground/vocabularies.js";

const utf8 = (text) => new TextEncoder().encode(text);

/** What the worker answers for one of the simple tokenizers. */
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
    ...drawn(text, data, step.value),
  };
}

test("counts are of what they say", () => {
  const text = "né 猫 2024";
  assert.deepEqual(answer(text, "characters").counts, {
    tokens: 9,
    different: 7,
    bytes: 12,
    characters: 9,
    cut: 0,
    digits: 4,
    digitTokens: 4,
  });
  assert.deepEqual(answer(text, "bytes").counts, {
    tokens: 12,
    different: 10,
    bytes: 12,
    characters: 9,
    cut: 2,
    digits: 4,
    digitTokens: 4,
  });
  const bits = answer(text, "bits").counts;
  assert.deepEqual([bits.tokens, bits.different, bits.cut, bits.digitTokens], [96, 2, 9, 32]);
  const words = answer(text, "words").counts;
  assert.deepEqual([words.tokens, words.different, words.digitTokens], [5, 4, 1]);
  assert.deepEqual(answer("", "bytes").counts, {
    tokens: 0,
    different: 0,
    bytes: 0,
    characters: 0,
    cut: 0,
    digits: 0,
    digitTokens: 0,
  });
});

test("tokens that share a character are a group", () => {
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

test("of many tokens the first are drawn, of a long token the beginning", () => {
  const many = answer("ab".repeat(5000), "bytes");
  assert.equal(many.pieces.length, MOST_TOKENS);
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

test("a token is told in a sentence", () => {
  assert.equal(
    toldPiece(answer("né", "bytes"), 1),
    "“C3” in Bytes: token 2 of 3, id 195, byte C3.",
  );
  assert.equal(
    toldPiece(answer("né", "characters"), 1),
    "“é” in Characters: token 2 of 2, id 233, bytes C3 A9.",
  );
  assert.equal(
    toldPiece(answer("a", "bits"), 7),
    "“1” in Bits: token 8 of 8, id 1, bit 8 of byte 61.",
  );
  assert.equal(
    toldCounts([answer("né", "bytes"), answer("né", "words")]),
    "3 bytes, 2 characters. 3 tokens in Bytes. 1 token in Words.",
  );
  assert.equal(toldCounts([]), "");
});

test("figures are for people", () => {
  const of = (text, name) => figures(answer(text, name).counts).map((figure) => figure.text);
  assert.deepEqual(of("né 2024", "bytes"), [
    "1.00 bytes per token",
    "7 different",
    "1 split character",
    "4 digits in 4 tokens",
  ]);
  assert.deepEqual(of("a", "bits"), ["0.125 bytes per token", "2 different", "1 split character"]);
  assert.deepEqual(of("é1", "bits").slice(2), ["2 split characters", "1 digit in 8 tokens"]);
  assert.deepEqual(of("12", "words").slice(2), ["2 digits in 1 token"]);
  assert.deepEqual(of("", "bytes"), []);
});

test("places in a text are found in its bytes, and back", () => {
  const text = "a猫🐈b";
  assert.deepEqual(bitsOf(text, 1, 4), { from: 8, to: 64 });
  assert.deepEqual(partOf(text, { from: 8, to: 64 }), [1, 4]);
  assert.deepEqual(partOf(text, { from: 17, to: 18 }), [1, 2]);
  assert.deepEqual(partOf(text, { from: 64, to: 72 }), [4, 5]);
  assert.deepEqual(partOf(text, { from: 800, to: 808 }), [5, 5]);
  assert.equal(sizeOf(text), 9);
});

test("what shares a bit belongs together", () => {
  const pieces = [
    { from: 0, to: 8 },
    { from: 8, to: 24 },
    { from: 24, to: 32 },
  ];
  assert.deepEqual(touched(pieces, { from: 8, to: 24 }), [1, 2]);
  assert.deepEqual(touched(pieces, { from: 7, to: 25 }), [0, 3]);
  assert.deepEqual(touched(pieces, { from: 9, to: 10 }), [1, 2]);
  assert.deepEqual(touched(pieces, { from: 40, to: 41 }), [0, 0]);
  assert.deepEqual(touched(pieces, { from: 8, to: 8 }), [0, 0]);
});

test("links light elements, and put them out", () => {
  const element = () => ({
    names: new Set(),
    classList: {
      add(n) {
        this.of.names.add(n);
      },
      remove(n) {
        this.of.names.delete(n);
      },
    },
  });
  const elements = [element(), element()];
  for (const each of elements) each.classList.of = each;
  const links = new Links();
  const told = [];
  const stop = links.listen((range, sentence) => told.push([range, sentence]));
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
  assert.deepEqual(told, [
    [{ from: 8, to: 9 }, "here"],
    [null, ""],
  ]);
  stop();
  leave();
  links.show({ from: 0, to: 1 });
  assert.equal(told.length, 2);
  assert.equal(elements[0].names.size, 0);
});

test("settings from a link are known names, each once", () => {
  const offered = ["bits", "bytes", "gpt2"];
  assert.deepEqual(namesOf("gpt2,bytes,gpt2,trained,<b>,", offered), ["bytes", "gpt2"]);
  assert.deepEqual(namesOf("", offered), []);
  assert.ok(fitsAddress("x".repeat(2000)));
  assert.ok(!fitsAddress("x".repeat(2001)));
  assert.ok(!fitsAddress("猫".repeat(1000)));
});

test("what is refused is told why", () => {
  assert.equal(refusal("a".repeat(LONGEST)), "");
  assert.match(
    refusal("a".repeat(LONGEST + 1)),
    /^This text has 5\.1 MB, and the playground takes up to 5 MB\./,
  );
  assert.match(refusal("猫".repeat(2_000_000)), /6\.0 MB/);
  assert.match(refusal("🐈\ud83d"), /lone surrogate, U\+D83D, at position 1/);
});

test("what is to be drawn waits its turn, one in each frame", () => {
  const frames = [];
  const turns = new Turns((go) => frames.push(go));
  const drawn = [];
  const next = (name) =>
    turns.wait(() => {
      drawn.push(name);
      if (name === "a1") next("a2");
    });
  next("a1");
  const leave = next("b1");
  next("c1");
  assert.deepEqual([frames.length, drawn], [1, []]);
  leave();
  while (frames.length) {
    const before = drawn.length;
    frames.shift()();
    assert.ok(drawn.length <= before + 1 && frames.length <= 1);
  }
  assert.deepEqual(drawn, ["a1", "c1", "a2"]);
  next("d1")();
  frames.shift()();
  next("e1");
  frames.shift()();
  assert.deepEqual(drawn, ["a1", "c1", "a2", "e1"]);
});

test("Python hands over a vocabulary when it is asked, once for all who wait", async () => {
  const asked = [];
  const python = new FromPython((names) => asked.push(names));
  const both = [python.bring("gpt2"), python.bring("o200k")];
  assert.deepEqual(asked, ["gpt2", "gpt2,o200k"]);
  python.arrive({ gpt2: "AA", o200k: "" });
  assert.equal(await both[0], "AA");
  await assert.rejects(both[1], /could not be loaded/);
  assert.equal(await python.bring("gpt2"), "AA");
  assert.equal(asked.length, 2);
});

test("what is saved is what was counted", () => {
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
