import assert from "node:assert/strict";
import { test } from "node:test";
import {
  checkProgram,
  lineOf,
  readResult,
  traceProgram,
} from "../../cs336_core/widgets/your_turn/check.js";
import { loadDraft, NO_DRAFT, saveDraft } from "../../cs336_core/widgets/your_turn/draft.js";

/** @param {object} changes */
const outcome = (changes) =>
  /** @type {import("../../cs336_core/browser/python/python.js").Outcome} */ ({
    stdout: "",
    stderr: "",
    result: null,
    error: null,
    trace: null,
    interrupted: null,
    problem: "",
    seconds: 0,
    ...changes,
  });

test("the reader's code is a literal in the program that checks it", () => {
  const { code } = checkProgram("merge", 'def merge():\n    return "猫\\n" \'""" # \\\n');
  assert.equal(code.split("\n").length, 3);
  assert.match(code, /check_source\("merge", "def merge\(\):\\n/);
});

test("a trace has the code, and the call below it", () => {
  const program = traceProgram("def f():\n    pass\n\n", "import math", "f()");
  assert.equal(program.code, "def f():\n    pass\n\n\nf()\n");
  assert.equal(program.before, "import math");
  assert.ok(program.trace);
});

test("a result is read from the last line of the output", () => {
  const reported = { passed: false, message: "m", note: "n", call: "f()", printed: "p", lead: 2 };
  const stdout = `written past sys.stdout\n${JSON.stringify(reported)}\n`;
  assert.deepEqual(readResult(outcome({ stdout })), reported);
});

test("whatever was written in place of a result is a failure with a sentence", () => {
  for (const stdout of ["", "{}", "[1]", "null", '{"passed": true}', "no JSON"]) {
    const result = readResult(outcome({ stdout }));
    assert.equal(result.passed, false);
    assert.match(result.message, /nothing that can be read/);
  }
  const odd = readResult(
    outcome({ stdout: '{"passed": 1, "message": "m", "call": 7, "lead": -1}' }),
  );
  assert.deepEqual([odd.passed, odd.call, odd.lead], [false, "", 0]);
});

test("a run that was stopped or failed says why", () => {
  assert.equal(readResult(outcome({ problem: "Stopped." })).message, "Stopped.");
  const error = { type: "MemoryError", message: "no room" };
  assert.equal(readResult(outcome({ error })).message, "MemoryError: no room");
});

test("the line of an error is the last that is named", () => {
  assert.equal(lineOf("yours raised KeyError: 'in line 3' in line 12."), 12);
  assert.equal(lineOf("yours returned None."), null);
});

/** @returns {Pick<Storage, "getItem" | "setItem">} */
function memory() {
  /** @type {Map<string, string>} */
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
}

test("a draft is remembered by the name of its exercise", () => {
  const storage = memory();
  const draft = { code: "def merge(): ...", attempts: 2, passed: true };
  saveDraft("merge", draft, storage);
  assert.deepEqual(loadDraft("merge", storage), draft);
  assert.deepEqual(loadDraft("encode", storage), NO_DRAFT);
});

test("a storage that is missing, forbidden or odd counts as empty", () => {
  const forbidden = {
    getItem() {
      throw new Error("SecurityError");
    },
    setItem() {
      throw new Error("QuotaExceededError");
    },
  };
  assert.deepEqual(loadDraft("merge", null), NO_DRAFT);
  assert.deepEqual(loadDraft("merge", forbidden), NO_DRAFT);
  saveDraft("merge", NO_DRAFT, forbidden);
  saveDraft("merge", NO_DRAFT, null);
  for (const kept of ["{", "[]", "null", '{"code": 7, "attempts": -3, "passed": "yes"}'])
    assert.deepEqual(loadDraft("merge", { getItem: () => kept }), NO_DRAFT);
});
