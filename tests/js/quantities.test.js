import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  digits,
  duration,
  memory,
  prefixed,
  scientific,
  worded,
} from "../../cs336_core/ui/quantities.js";
import { nearestStop, powersOfTwo, roundNumbers } from "../../cs336_core/ui/stops.js";

const golden = JSON.parse(readFileSync(new URL("golden/quantities.json", import.meta.url), "utf8"));

test("numbers are formatted like in Python", () => {
  assert.equal(golden.length, 400);
  for (const {
    value,
    digits: three,
    prefixed: decimal,
    memory: binary,
    duration: time,
  } of golden) {
    assert.deepEqual(
      [digits(value), prefixed(value, "B"), memory(value), duration(value)],
      [three, decimal, binary, time],
      String(value),
    );
  }
});

test("three significant digits, and thousands separators", () => {
  const formatted = [0, 0.0123456, 1, 1.094, 78.96, 999.6, 1120, 1234567.5, 1.125, 1.375].map(
    digits,
  );
  assert.deepEqual(formatted, [
    "0",
    "0.0123",
    "1",
    "1.09",
    "79",
    "1,000",
    "1,120",
    "1,234,568",
    "1.12",
    "1.38",
  ]);
});

test("a prefix is chosen after rounding", () => {
  assert.deepEqual(
    [1.2e12, 999.7e6, 0, 0.5].map((value) => prefixed(value, "B")),
    ["1.2 TB", "1 GB", "0 B", "0.5 B"],
  );
});

test("powers of ten have superscripts, also negative ones", () => {
  assert.deepEqual([6.3e24, 1e5, 2.5e-7, 9.999e9].map(scientific), [
    "6.3 × 10²⁴",
    "1 × 10⁵",
    "2.5 × 10⁻⁷",
    "1 × 10¹⁰",
  ]);
});

test("large numbers have words", () => {
  assert.deepEqual([0, 512, 999_999, 7e10, 15e12, 3.4e17].map(worded), [
    "0",
    "512",
    "1 million",
    "70 billion",
    "15 trillion",
    "340 quadrillion",
  ]);
  assert.equal(worded(3e21), "3,000,000 quadrillion");
});

test("a time has a suitable unit", () => {
  const formatted = [
    0,
    3e-9,
    0.9996e-6,
    5.14e-3,
    59.96,
    60,
    130,
    86_400,
    1.2445e7,
    3 * 365 * 86_400,
  ].map(duration);
  assert.deepEqual(formatted, [
    "0 s",
    "3 ns",
    "1 µs",
    "5.14 ms",
    "60 s",
    "1 minute",
    "2.17 minutes",
    "1 day",
    "144 days",
    "3 years",
  ]);
});

test("the stops of a slider are round numbers or powers of two", () => {
  assert.deepEqual(powersOfTwo(8), [1, 2, 4, 8]);
  assert.deepEqual(powersOfTwo(9), [1, 2, 4, 8]);
  const stops = roundNumbers(0.001, 100);
  assert.equal(stops[0], 0.001);
  assert.equal(stops.at(-1), 100);
  assert.ok(stops.every((stop, i) => i === 0 || stop > stops[i - 1]));
  assert.ok([0.0012, 7, 15, 70].every((stop) => stops.includes(stop)));
  assert.deepEqual(roundNumbers(3, 4.5), [3, 4, 4.5]);
});

test("the nearest stop is the nearest by factor", () => {
  const stops = [1, 10, 100];
  assert.deepEqual(
    [0.01, 1, 3, 4, 31, 32, 5000].map((value) => nearestStop(stops, value)),
    [0, 0, 0, 1, 1, 2, 2],
  );
});
