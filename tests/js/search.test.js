import assert from "node:assert/strict";
import { test } from "node:test";
import { searcher } from "../../book/theme/search/search.js";
import { fold, words } from "../../book/theme/search/text.js";

const filler = "Nothing in particular is said here. ".repeat(40);
const sections = [
  [
    "Glossary",
    "Tokenizer",
    "glossary.html",
    "term-Tokenizer",
    "What turns text into ids, and back.",
  ],
  [
    "Attention",
    "Attention",
    "attention.html",
    "",
    "Each token takes in what it needs from the others.",
  ],
  [
    "Attention",
    "FlashAttention",
    "attention.html",
    "flash",
    `${filler}A tile of scores is never written. ${filler}`,
  ],
  [
    "Costs",
    "Decoding",
    "costs.html",
    "decoding",
    `${filler}Speculative decoding: a small tokenizer-sharing model drafts.`,
  ],
  [
    "Costs",
    "Words",
    "costs.html",
    "words",
    "Naïve encoding. 你好，世界. The constructor of __proto__. It has 30.8 TFLOPs.",
  ],
].map(([page, title, href, anchor, text]) => ({ page, title, href, anchor, text }));
const search = searcher(sections);
const titles = (query) => search(query).map(({ section }) => section.title);
const excerptOf = (query) =>
  search(query)[0]
    .excerpt.map(({ text, found }) => (found ? `[${text}]` : text))
    .join("");

for (const [query, expected] of [
  ["speculative", ["Decoding"]],
  ["tokenizer", ["Tokenizer", "Decoding"]], // a title counts most
  ["TOKENIZERS", ["Tokenizer", "Decoding"]],
  ["encodes", ["Words"]],
  ["tile scores", ["FlashAttention"]],
  ["tiles of the score", ["FlashAttention"]], // small words do not narrow it down
  ["tokenzier", ["Tokenizer", "Decoding"]], // misspelled
  ["tile absent", ["FlashAttention"]], // better some of the words than nothing
  ["naive", ["Words"]],
  ["30.8", ["Words"]],
  ["世界", ["Words"]],
  ["constructor", ["Words"]],
  ["__proto__", ["Words"]],
  ["hasOwnProperty", []],
  ["of", ["FlashAttention", "Words"]], // a query of nothing but small words is looked up all the same
  ["?!", []],
  ["", []],
  ["x".repeat(50_000), []],
  ["x ".repeat(50_000), []],
]) {
  test(`"${query.slice(0, 30)}" finds ${expected.join(", ") || "nothing"}`, () => {
    assert.deepEqual(titles(query), expected);
  });
}

test("an excerpt is cut at words around the match, which is marked", () => {
  const text = excerptOf("tiles");
  assert.match(text, /^… \S.* A \[tile\] of scores is never written\. .*\S …$/);
  assert.ok(text.length < 260);
});

test("an excerpt of a section that matches by its title is its beginning", () => {
  assert.equal(excerptOf("tokenizer"), "What turns text into ids, and back.");
});

test("an excerpt of one endless word is bounded", () => {
  const [{ excerpt }] = searcher([{ ...sections[0], text: "w".repeat(9_000) }])("tokenizer");
  assert.ok(excerpt.map(({ text }) => text).join("").length < 260);
});

test("a result hands over the words as they are spelled there", () => {
  assert.deepEqual(search("tokenizers decode")[0].words, ["decoding", "tokenizer"]);
});

test("words are folded without their marks", () => {
  assert.deepEqual(words("Naïve “encoding”: 词元 v2_1").map(fold), [
    "naive",
    "encoding",
    "词",
    "元",
    "v2_1",
  ]);
});
