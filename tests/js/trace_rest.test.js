import assert from "node:assert/strict";
import { test } from "node:test";
import { Rest } from "../../cs336_core/viewer/rest.js";

const PAUSE = 200; // milliseconds

test("work at rest begins after a pause, and ends with the next step", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const rest = new Rest();
  const seen = [];
  const stop = rest.during(() => {
    seen.push("begins");
    return () => seen.push("ends");
  });
  for (let step = 0; step < 5; step++) {
    rest.interrupt();
    context.mock.timers.tick(PAUSE - 1);
  }
  assert.deepEqual(seen, []); // quick steps begin nothing
  context.mock.timers.tick(1);
  assert.equal(rest.isNow, true);
  assert.deepEqual(seen, ["begins"]);
  rest.interrupt();
  assert.equal(rest.isNow, false);
  assert.deepEqual(seen, ["begins", "ends"]);
  context.mock.timers.tick(PAUSE);
  stop();
  assert.deepEqual(seen, ["begins", "ends", "begins", "ends"]);
  rest.interrupt();
  context.mock.timers.tick(PAUSE);
  assert.equal(seen.length, 4); // it has stopped for good
});

test("a reader who rests already does not wait", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const rest = new Rest();
  rest.interrupt();
  context.mock.timers.tick(PAUSE);
  let begun = 0;
  rest.during(() => {
    begun++;
    return () => {};
  });
  assert.equal(begun, 1);
});
