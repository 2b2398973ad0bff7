import assert from "node:assert/strict";
import { test } from "node:test";
import { bounded, isLinked, schema } from "../../cs336_core/widgets/prediction/state.js";

const ASKED = { question: "?", options: ["a", "b"], answer: 0, closes: "", skipped: false };

test("an option that does not exist was not chosen", () => {
  const chosen = (number) => bounded({ ...ASKED, chosen: number }).chosen;
  assert.deepEqual([-7, -1, 0, 1, 2, 99].map(chosen), [-1, -1, 0, 1, -1, -1]);
  assert.equal(schema.chosen.url, true);
});

test("an address links to a figure by its id or by a setting of it", () => {
  const linked = (href) => {
    globalThis.location = { href: `http://a/${href}` };
    return isLinked("hat");
  };
  assert.deepEqual(
    ["#hat", "?hat.step=3", "?hat.step=3#words", "", "#hats", "?hats.step=3"].map(linked),
    [true, true, true, false, false, false],
  );
  delete globalThis.location;
});
