// Expressions over recorded values, in a watch list and as conditions of a search over time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { resultOf } from "../../cs336_core/viewer/explore/evaluate.js";
import { namesIn, readExpression } from "../../cs336_core/viewer/explore/parse.js";
import { repr } from "../../cs336_core/viewer/trace/repr.js";
import "../../cs336_core/viewer/strings.en.js";

/** @type {Record<string, any>} recorded as cs336_core/trace/record/values.py does */
const VALUES = {
  n: 7,
  loss: 2.5,
  whole: { type: "float", text: "2.0" },
  nan: { type: "float", text: "nan" },
  big: { type: "int", text: "100000000000000000000" },
  word: "the",
  poop: "a💩",
  nothing: null,
  yes: true,
  ids: [84, 104, 101],
  long: { type: "list", items: [1, 2], of: 500 },
  grown: { type: "list", items: [5, 6, 98, 99], of: 100, last: 2 },
  story: { type: "str", text: "Once", of: 99 },
  raw: { type: "bytes", text: "ab\xff" },
  pair: { type: "tuple", items: ["x", 3] },
  merges: {
    type: "dict",
    entries: [
      [{ type: "tuple", items: [1, 2] }, 256],
      ["a", 5],
    ],
  },
  few: { type: "dict", entries: [["a", 1]], of: 10 },
  point: { type: "demo.Point", fields: { x: 3, at: { type: "demo.Point", fields: { x: 4 } } } },
  matrix: {
    type: "torch.Tensor",
    dtype: "torch.float32",
    shape: [2, 3],
    array: [
      [1, 2, 3],
      [4, 5, 6.5],
    ],
  },
  cut: { type: "numpy.ndarray", dtype: "int64", shape: [1000], array: [1, 2] },
  scalar: { type: "torch.Tensor", dtype: "torch.float32", shape: [], array: 0.25 },
  "self.loss": 1.5,
};
const lookup = (/** @type {string} */ name) => VALUES[name];

/** The value of an expression as Python writes it, or the problem. @param {string} text */
function written(text) {
  const { expression, problem } = readExpression(text);
  if (!expression) return `! ${problem}`;
  const result = resultOf(expression, lookup);
  return result.value === undefined ? `! ${result.problem}` : repr(result.value);
}

for (const [text, expected] of /** @type {[string, string][]} */ ([
  ["n", "7"],
  ["n + 2 * 3 - 1", "12"],
  ["-n // 2", "-4"],
  ["-n % 3", "2"],
  ["8 / 4", "2.0"],
  ["n * 1.0", "7.0"],
  ["1_000 == 1e3", "True"],
  ["big > 2 and big == 100000000000000000000", "True"],
  ["1 < n <= 7 != 8", "True"],
  ["whole == 2", "True"],
  ["nan == nan", "False"],
  ["nan < 1 or nan >= 1", "False"],
  ["not nothing and nothing is None", "True"],
  ["yes is True and yes == 1", "True"],
  ["word == 'the'", "True"],
  ["word is not None and 'h' in word", "True"],
  ["word not in ['a', 'the']", "False"],
  ["word < 'tho'", "True"],
  ["len(poop)", "2"],
  ["word[-1]", "'e'"],
  ["word[1:]", "'he'"],
  ["len(ids)", "3"],
  ["ids[0]", "84"],
  ["ids[-2:]", "[104, 101]"],
  ["ids[:1] == [84]", "True"],
  ["max(ids) - min(ids) + sum([1, 2])", "23"],
  ["abs(min(-3, 2))", "3"],
  ["(1, 'b') < (1, 'c')", "True"],
  ["() == (1,)", "False"],
  ["len(long)", "500"],
  ["grown[1] + grown[-1]", "105"],
  ["grown[98:]", "[98, 99]"],
  ["len(story) > 50", "True"],
  ["story == 'Twice'", "False"],
  ["raw[2]", "255"],
  ["raw[:2] == b'ab'", "True"],
  ["pair[1]", "3"],
  ["merges[(1, 2)]", "256"],
  ["merges[1, 2]", "256"],
  ["merges['a']", "5"],
  ["(1, 2) in merges", "True"],
  ["len(merges)", "2"],
  ["few['a']", "1"],
  ["point.x", "3"],
  ["point.at.x == point.x + 1", "True"],
  ["matrix.shape", "(2, 3)"],
  ["matrix.shape[-1]", "3"],
  ["matrix.ndim", "2"],
  ["matrix.dtype", "'torch.float32'"],
  ["matrix[1, 2]", "6.5"],
  ["matrix[1][0] == 4", "True"],
  ["len(matrix)", "2"],
  ["scalar < 0.3", "True"],
  ["self.loss", "1.5"],
]))
  test(`${text} is ${expected}`, () => assert.equal(written(text), expected));

for (const [text, expected] of /** @type {[string, RegExp][]} */ ([
  ["len(ids) <", /^! Character 11: the end; expected a value/],
  ["len(ids", /^! Character 8: the end; expected “\)”/],
  ["n = 3", /^! Character 3: “=” has no meaning/],
  ["n 3", /^! Character 3: “3”; expected an operator/],
  ["word == 'the", /^! Character 9: this quote is not closed/],
  ["open('x')", /^! Character 1: open\(\) cannot be called; .*len/],
  ["x.__class__()", /^! Character 12: “\(”; expected an operator/],
  ["lambda: 1", /^! Character 1: “lambda”; expected a value/],
  ["", /^! Character 1: the end/],
  [`${"(".repeat(150)}n`, /^! Character 152: the end/],
  ["n".repeat(201), /^! The expression is longer than 200/],
]))
  test(`“${text.slice(0, 20)}” is refused with its position`, () =>
    assert.match(written(text), expected));

for (const [text, expected] of /** @type {[string, RegExp][]} */ ([
  ["missing", /^! missing is not in view/],
  ["ids[3]", /^! list has no item 3/],
  ["ids['a']", /^! list has no item 'a'/],
  ["merges['b']", /^! dict has no item 'b'/],
  ["long[2]", /^! The trace recorded only 2 of 500/],
  ["long[-1]", /^! The trace recorded only 2 of 500/],
  ["grown[2]", /^! The trace recorded only 4 of 100/],
  ["grown[1:99]", /^! The trace recorded only 4 of 100/],
  ["3 in long", /^! The trace recorded only 2 of 500/],
  ["max(long)", /^! The trace recorded only 2 of 500/],
  ["few['b']", /^! The trace recorded only 1 of 10/],
  ["cut[5]", /^! The trace recorded only 2 of 1,000/],
  ["matrix == 1", /^! An array is compared entry by entry/],
  ["matrix", /^Tensor float32 2 × 3/],
  ["not matrix", /^! An array is compared/],
  ["n.shape", /^! The trace has no attribute shape of int/],
  ["point.constructor", /^! The trace has no attribute constructor/],
  ["word < 3", /^! str and int have no order/],
  ["word + 1", /^! str \+ int is not a number/],
  ["len(n)", /^! int has no length/],
  ["n in n", /^! int is not a container/],
  ["ids is ids", /^! “is” compares with None/],
  ["1 / 0", /^! Division by zero/],
  ["len(1, 2)", /^! len\(\) takes one value/],
  ["max([])", /^! max\(\) of nothing/],
]))
  test(`${text} has no value: ${expected.source}`, () => assert.match(written(text), expected));

test("the names of an expression include dotted ones", () => {
  const { expression } = readExpression("self.loss < len(ids[i]) or 'x' in word");
  assert.deepEqual([...namesIn(/** @type {any} */ (expression))].sort(), [
    "i",
    "ids",
    "self",
    "self.loss",
    "word",
  ]);
});
