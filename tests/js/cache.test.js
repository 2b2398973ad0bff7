import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { digest, kept } from "../../book/builder/cache.mjs";

test("a text is made once, and again when anything of it changed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "kept-"));
  const file = join(folder, "deep", "text.txt");
  let made = 0;
  const ask = (...inputs) =>
    kept(file, inputs, () => `${inputs.join("+")} 🐈${" ".repeat(++made)}`);
  try {
    assert.equal(await ask("a", "b"), "a+b 🐈 ");
    assert.equal(await ask("a", "b"), "a+b 🐈 ");
    assert.equal(made, 1);
    for (const change of [
      () => writeFileSync(file, readFileSync(file).subarray(0, 4)), // cut off
      () => writeFileSync(file, "a+c 🐈 "),
      () => rmSync(file),
      () => rmSync(`${file}.stamp`),
      () => writeFileSync(`${file}.stamp`, readFileSync(`${file}.stamp`).subarray(0, 20)),
    ]) {
      const before = made;
      change();
      const text = await ask("a", "b");
      assert.equal(made, before + 1);
      assert.equal(await ask("a", "b"), text);
      assert.equal(made, before + 1);
    }
    const before = made;
    for (const inputs of [
      ["a", "c"],
      ["ab", ""],
      ["a", "b", ""],
    ])
      await ask(...inputs);
    assert.equal(made, before + 3);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("what is hashed in parts is told apart", () => {
  const all = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ["1 a"], ["1", "a"]];
  assert.equal(new Set(all.map(digest)).size, all.length);
});
