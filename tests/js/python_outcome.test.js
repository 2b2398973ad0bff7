import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LIMITS } from "../../cs336_core/browser/python/limits.js";
import { interrupted, readOutcome } from "../../cs336_core/browser/python/outcome.js";

const error = {
  type: "NameError",
  message: "name 'x' is not defined",
  file: "main.py",
  line: 2,
  missing: "",
  traceback: "Traceback ...",
};

test("an outcome has what the program reported", () => {
  const outcome = readOutcome(JSON.stringify({ result: "42", error, trace: "{}" }));
  assert.equal(outcome.result, "42");
  assert.deepEqual(outcome.error, error);
  assert.equal(outcome.trace, "{}");
  assert.equal(outcome.problem, "");
  assert.equal(outcome.interrupted, null);
});

test("whatever a program puts in the place of its outcome is made into one", () => {
  for (const odd of [undefined, null, "", "x", "[1]", '"text"', "null", "{}", { toString: 1 }])
    assert.equal(readOutcome(odd).result, null);
  const outcome = readOutcome(
    JSON.stringify({ result: { html: 1 }, trace: 5, error: { line: "7", file: 1, type: [] } }),
  );
  assert.deepEqual([outcome.result, outcome.trace], [null, null]);
  assert.deepEqual(outcome.error, {
    type: "Exception",
    message: "",
    file: null,
    line: null,
    missing: "",
    traceback: "",
  });
});

test("texts are bounded", () => {
  const long = "x".repeat(LIMITS.trace + 1);
  const outcome = readOutcome(
    JSON.stringify({ result: long, trace: long, error: { ...error, message: long } }),
  );
  assert.equal(outcome.trace, null);
  assert.equal(outcome.result?.length, 20_000);
  assert.equal(outcome.error?.message.length, 20_000);
});

test("a package that the page lacks and the limit of memory have a sentence", () => {
  const problem = (/** @type {object} */ change) =>
    readOutcome(JSON.stringify({ error: { ...error, ...change } })).problem;
  assert.match(problem({ missing: "numpy.linalg" }), /no numpy\.linalg\. .*make lab/);
  assert.match(problem({ missing: "cs336_core.widgets" }), /cs336_core\.widgets/);
  assert.equal(problem({ missing: "numpyx" }), "");
  assert.match(problem({ type: "MemoryError" }), /512 MiB/);
});

test("an interruption says why", () => {
  const problem = (
    /** @type {import("../../cs336_core/browser/python/outcome.js").Interruption} */ why,
  ) => interrupted(why, { timeout: 60, reason: "out of luck" }).problem;
  assert.equal(problem("stopped"), "Stopped.");
  assert.match(problem("timeout"), /60 seconds/);
  assert.match(problem("output"), /100,000 characters/);
  assert.match(problem("failed"), /out of luck/);
});

test("Python knows the same limits", () => {
  const source = readFileSync(
    new URL("../../cs336_core/browser/python/run_program.py", import.meta.url),
    "utf8",
  );
  const number = (/** @type {string} */ name) =>
    Number(new RegExp(`^${name}: Final = ([\\d_]+)`, "m").exec(source)?.[1]?.replaceAll("_", ""));
  assert.deepEqual([number("MAX_TRACE"), number("MAX_STEPS")], [LIMITS.trace, LIMITS.steps]);
});
