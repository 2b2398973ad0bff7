// What the viewer's commands do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { actionsOf } from "../../cs336_core/viewer/actions.js";
import { KEYS } from "../../cs336_core/viewer/keys.js";
import { buildIndex } from "../../cs336_core/viewer/trace/trace_index.js";
import { traceOf } from "./traces.js";

const index = buildIndex(
  traceOf("a = 1\nb = 2\nc = 3\n", [[["main:1"]], [["main:2"]], [["main:3"]]]),
);

/** A viewer at a step, and what its commands have asked it to do. */
function viewer(step) {
  const calls = [];
  const note = (name) => (value) => calls.push([name, value]);
  const jumps = {
    goToChange: note("change of a variable"),
    goToMatch: note("match"),
    goToDifference: note("difference"),
  };
  const part = (selector) => ({
    click: () => calls.push(["click", selector]),
    focus: () => calls.push(["focus", selector]),
  });
  const actions = actionsOf({
    index,
    settings: () => ({ step, raw: false, arrows: true }),
    change: note("settings"),
    go: note("step"),
    jumps,
    part,
    addWatch: note("watch"),
    help: note("help"),
    open: undefined,
  });
  return { actions, calls };
}

test("every command with a key has an action", () => {
  const { actions } = viewer(1);
  assert.deepEqual(
    KEYS.filter(([, command]) => typeof actions[command] !== "function"),
    [],
  );
});

test("steps, jumps, switches", () => {
  const { actions, calls } = viewer(1);
  for (const command of ["forward", "back", "last", "changeBack", "next", "raw", "arrows"])
    actions[command]();
  assert.deepEqual(calls, [
    ["step", 2],
    ["step", 0],
    ["step", 2],
    ["change of a variable", -1],
    ["match", 1],
    ["settings", { raw: true }],
    ["settings", { arrows: false }],
  ]);
});

test("commands that move the focus", () => {
  const { actions, calls } = viewer(0);
  for (const command of ["find", "play", "close", "open"]) actions[command]();
  assert.deepEqual(calls, [
    ["settings", { findIn: "when" }],
    ["focus", '[type="search"]'],
    ["click", ".cs336-play"],
    ["settings", { source: "", line: 0, find: "" }],
    ["focus", ".cs336-source"],
  ]);
});
