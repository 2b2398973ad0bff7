import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../cs336_core/browser/python/limits.js";
import { withPiece } from "../../cs336_core/ui/program/pieces.js";
import { describeRun } from "../../cs336_core/ui/program/text.js";
import { LONGEST } from "../../cs336_core/ui/url.js";
import { readsInput } from "../../cs336_core/widgets/python_playground/input.js";
import { pack, unpack } from "../../cs336_core/widgets/python_playground/share.js";

test("a program comes back from the address as it was", async () => {
  for (const code of ["", "print('hi')\n", "é猫🐈\t\r\n", "x = 1\n".repeat(2000)]) {
    const packed = await pack(code);
    assert.match(packed, /^[\w-]*$/);
    assert.equal(await unpack(packed), code);
  }
});

test("a program that is too long for an address is not packed", async () => {
  const noise = Array.from({ length: 20_000 }, (_, i) => (i * 7919) % 9973).join(" ");
  assert.equal(await pack(noise), "");
  assert.ok((await pack("x = 1\n".repeat(2000))).length <= LONGEST);
});

test("what no view has packed is no program", async () => {
  for (const packed of ["<script>", "AAAA", "é", "A", "____", btoa("print(1)")])
    assert.equal(await unpack(packed), null);
});

test("a short address with a very long text is refused before it is unpacked", async () => {
  const bomb = await pack("x".repeat(LIMITS.code + 1));
  assert.ok(bomb.length > 0 && bomb.length < LONGEST);
  assert.equal(await unpack(bomb), null);
});

test("the pieces of a stream are joined, in the order in which they were written", () => {
  let pieces = withPiece([], { stream: "stdout", text: "a" });
  pieces = withPiece(pieces, { stream: "stdout", text: "b" });
  pieces = withPiece(pieces, { stream: "stderr", text: "c" });
  pieces = withPiece(pieces, { stream: "stdout", text: "d" });
  assert.deepEqual(
    pieces.map(({ text }) => text),
    ["ab", "c", "d"],
  );
});

test("a run in words", () => {
  const outcome = { error: null, problem: "", seconds: 0.1234, trace: null };
  const run = { status: "idle", isTraced: false, code: "", pieces: [], outcome: null };
  const words = (/** @type {object} */ change) =>
    describeRun(/** @type {any} */ ({ ...run, ...change }));
  assert.equal(words({}), "");
  assert.equal(words({ status: "loading" }), "Loading Python …");
  assert.equal(words({ status: "running", isTraced: true }), "Running step by step …");
  assert.equal(words({ outcome }), "Finished in 0.12\u00a0s.");
  assert.equal(words({ outcome: { ...outcome, seconds: 61.2 } }), "Finished in 61\u00a0s.");
  const error = { type: "KeyError", line: 3 };
  assert.equal(words({ outcome: { ...outcome, error } }), "KeyError in line 3.");
  assert.equal(
    words({ outcome: { ...outcome, error: { ...error, line: null }, trace: "{}" } }),
    "KeyError. Every step is in the viewer below.",
  );
  assert.equal(words({ outcome: { ...outcome, error, problem: "Stopped." } }), "Stopped.");
});

test("a program that may read input is recognized", () => {
  for (const code of ["x = input()", "input ('?')", "import sys\nsys.stdin.read()"])
    assert.ok(readsInput(code));
  for (const code of ["inputs = (1, 2)", "my_input()", "print(inputs)"])
    assert.ok(!readsInput(code));
});
