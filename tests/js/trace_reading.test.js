import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { MAX_STEPS, readTrace, TraceError } from "../../cs336_core/viewer/read/read_trace.js";

const golden = (name) =>
  JSON.parse(readFileSync(new URL(`golden/${name}.json`, import.meta.url), "utf8"));
const TRACES = golden("traces");
const NO_TRACES = golden("no_traces");

/** The frames of a call stack, outermost first. */
function framesOf(innermost) {
  const frames = [];
  for (let stack = innermost; stack; stack = stack.caller)
    frames.unshift([stack.frame.path, stack.frame.line, stack.frame.function]);
  assert.equal(innermost.depth, frames.length);
  return frames;
}

/** A trace in the form of the golden file. */
function toJSON(trace) {
  return {
    files: [...trace.files],
    hidden: [...trace.hidden].map(([path, lines]) => [path, [...lines]]),
    links: [...trace.links].map(([path, lines]) => [path, [...lines]]),
    ending: trace.ending,
    incomplete: trace.incomplete,
    steps: trace.steps.map(({ stack, env, outer, ...step }) => ({
      ...step,
      stack: framesOf(stack),
      env: changesOf(env),
      outer: [...outer].map(([call, changes]) => [call, changesOf(changes)]),
    })),
  };
}

/** Changes of variables; a variable that is no longer shown has no value. */
function changesOf(changes) {
  return [...changes].map(([name, value]) => (value === undefined ? [name] : [name, value]));
}

/** A file in our format with one step, and some changes. */
function ours(change = {}) {
  return {
    format: "cs336-trace/2",
    ending: "finished",
    files: { "a.py": "x = 1\n" },
    hidden: {},
    paths: ["a.py"],
    frames: [[0, 1, "main"]],
    places: [[-1, 0]],
    values: [],
    renderings: [],
    steps: [0],
    ...change,
  };
}

/** A file in edtrace's format with one step, and some changes. */
function edtrace(change = {}) {
  const frame = { path: "a.py", line_number: 1, function_name: "main", code: "x = 1" };
  const step = { stack: [frame], env: {}, renderings: [], ...change };
  return { files: { "a.py": "x = 1\n" }, hidden_line_numbers: {}, steps: [step] };
}

const read = (file) => readTrace(JSON.stringify(file));
const valueIn = (trace) => trace.steps[0].env.get("x");
const refusal = (text) => {
  try {
    readTrace(text);
  } catch (error) {
    assert.ok(error instanceof TraceError, String(error?.stack));
    return error.message;
  }
  throw new Error("the file was read");
};

test("equals Python on every golden file", () => {
  assert.ok(TRACES.length >= 7);
  for (const { text, trace } of TRACES) {
    // The clone has ordinary prototypes again, so this compares contents only.
    assert.deepEqual(structuredClone(toJSON(readTrace(text))), trace);
  }
});

test("refuses what Python refuses, and names the same location", () => {
  assert.ok(NO_TRACES.length >= 40);
  for (const { text, location } of NO_TRACES) {
    const message = refusal(text);
    const top = message.match(/^This is JSON, but not a trace: it has no “(files|steps)”\.$/);
    assert.ok(
      top ? location === "trace" : message.startsWith(`${location} `),
      `${message} (${location})`,
    );
  }
});

test("a message says what was found and what was expected", () => {
  const message = (change) => refusal(JSON.stringify(ours(change)));
  assert.equal(message({ steps: [0, ["two"]] }), "trace.steps[1][0] is 'two'; expected an integer");
  assert.equal(message({ steps: [4] }), "trace.steps[0] is 4; expected an index into a list of 1");
  assert.equal(message({ ending: [] }), "trace.ending is a list; expected a string");
  assert.equal(message({ paths: undefined }), "trace has no 'paths'");
  assert.ok(message({ ending: "x".repeat(1e6) }).length < 200);
  assert.ok(message({ files: { ["x".repeat(1e6)]: 1 } }).length < 200);
});

test("a file that is not a trace is explained in plain words", () => {
  const messages = [
    ["", "The file is empty."],
    [" \n", "The file is empty."],
    ["\n<!DOCTYPE html>\n<html>", /^This is a web page, not a trace\./],
    ["<html lang=en>", /^This is a web page, not a trace\./],
    ["name,value\n1,2\n", "The file is not JSON: it begins with “name,value\n1,2\n”."],
    ['{"files": {\n  "a": b}}', "The file is not JSON: line 2, column 8 has “b}}”."],
    ['{"a": 1}}', "The file is not JSON: line 1, column 9 has “}”."],
    ['{"a": "\\x"}', 'The file is not JSON: line 1, column 8 has “\\x"}”.'],
    ['{"a": "\n"}', /^The file is not JSON: line 1, column 8/],
    ['{"a": 01}', /^The file is not JSON: line 1, column 7/],
    ["[1,]", /^The file is not JSON: line 1, column 4/],
    ["{,}", /^The file is not JSON: line 1, column 2/],
    ["[1}", /^The file is not JSON: line 1, column 3/],
    ["[-NaN]", /^The file is not JSON: line 1, column 2/],
    ["[tru]", /^The file is not JSON: line 1, column 2/],
    [
      '{"files": {"a.py": "x',
      "The file is truncated: it ends after 21 characters. Is the download complete?",
    ],
    ["3", "This is JSON, but not a trace: it is 3, not an object."],
    ["[]", "This is JSON, but not a trace: it is a list, not an object."],
    ["null", "This is JSON, but not a trace: it is null, not an object."],
    ['{"cells": []}', "This is JSON, but not a trace: it has no “files”."],
    ['{"files": {}}', "This is JSON, but not a trace: it has no “steps”."],
    [
      '{"format": "cs336-trace/3"}',
      /“cs336-trace\/3”, which is newer than this viewer: it reads “cs336-trace\/2”\.$/,
    ],
    ['{"format": "other"}', /the format “other”; the viewer reads “cs336-trace\/2”/],
  ];
  for (const [text, message] of messages) {
    if (typeof message === "string") assert.equal(refusal(text), message);
    else assert.match(refusal(text), message);
  }
});

test("a file truncated anywhere is called truncated", () => {
  const odd =
    '{"a": [-1.5e-7, true, null, NaN, -Infinity, "\\u00e9\\n\\\\ \\"", {}, []], "b": {"c": false}}';
  for (const text of [odd, TRACES[0].text, TRACES.at(-1).text]) {
    const stride = Math.ceil(text.length / 500);
    for (let end = 1; end < text.length; end += stride) {
      assert.match(
        refusal(text.slice(0, end)),
        /^The file is truncated/,
        text.slice(end - 40, end),
      );
    }
  }
});

test("a file that is too large is refused before it is read", () => {
  assert.match(
    refusal(" ".repeat(200_000_001)),
    /has 200,000,001 characters; the viewer opens up to 200,000,000/,
  );
});

test("numbers that JavaScript lacks become strings", () => {
  const value = (type, contents, dtype = null) => {
    const file = JSON.stringify(edtrace({ env: { x: { type, contents: "CONTENTS", dtype } } }));
    return valueIn(readTrace(file.replace('"CONTENTS"', contents)));
  };
  const digits = "12345678901234567890";
  assert.deepEqual(value("float", "NaN"), { type: "float", text: "nan" });
  assert.deepEqual(value("float", "-Infinity"), { type: "float", text: "-inf" });
  assert.deepEqual(value("int", digits), { type: "int", text: digits });
  assert.deepEqual(value("int", `-${digits}`), { type: "int", text: `-${digits}` });
  for (const exact of [2 ** 53, -(2 ** 53), 1e16])
    assert.equal(value("int", exact.toFixed(0)), exact);
  const numbers = `[NaN, Infinity, 0.12345678901234567, 1e-12, 2.5e1234567890123456, ${digits}]`;
  const { array } = value("torch.Tensor", numbers, "torch.float32");
  assert.deepEqual(array, ["nan", "inf", Number("0.12345678901234567"), 1e-12, Infinity, digits]);
  const text = String.raw`: NaN, \\\" -Infinity, ${digits} \\`;
  assert.equal(value("str", `"${text}"`), JSON.parse(`"${text}"`));
  assert.deepEqual(
    value("list", `[{"type": "str", "contents": "${text}"}, {"type": "float", "contents": NaN}]`),
    [JSON.parse(`"${text}"`), { type: "float", text: "nan" }],
  );
});

test("as many steps are read as are recorded by default", () => {
  const recorder = new URL("../../cs336_core/trace/record/function.py", import.meta.url);
  const [, limit] = /^MAX_STEPS = ([\d_]+)$/m.exec(readFileSync(recorder, "utf8"));
  assert.equal(Number(limit.replaceAll("_", "")), MAX_STEPS);
});

test("a long trace is read up to the limit, and counts the omitted steps", () => {
  const steps = new Array(1_000_000).fill([0, { x: 0 }]);
  steps[MAX_STEPS] = "not read";
  const trace = read(ours({ values: ["x"], steps }));
  assert.equal(trace.steps.length, MAX_STEPS);
  assert.equal(trace.omitted, 1_000_000 - MAX_STEPS);
  const {
    steps: [step],
  } = edtrace();
  const other = read({ ...edtrace(), steps: new Array(MAX_STEPS + 1).fill(step) });
  assert.deepEqual([other.steps.length, other.omitted], [MAX_STEPS, 1]);
  assert.equal(read(ours()).omitted, 0);
});

test("equal stacks and equal renderings are the same object", () => {
  const frames = [
    [0, 1, "main"],
    [0, 1, "main"],
  ];
  const doubled = read(
    ours({
      frames,
      places: [
        [-1, 0],
        [-1, 1],
        [0, 0],
        [1, 1],
      ],
      steps: [0, 1, 2, 3],
    }),
  );
  assert.equal(doubled.steps[0].stack, doubled.steps[1].stack);
  assert.equal(doubled.steps[2].stack, doubled.steps[3].stack);
  assert.equal(doubled.steps[2].stack.caller, doubled.steps[0].stack);
  const rendering = { type: "markdown", data: "a", style: { color: "red" } };
  const file = edtrace({
    renderings: [rendering, { ...rendering, animate: false }, { ...rendering, data: "b" }],
  });
  const { steps } = read({ ...file, steps: [...file.steps, ...file.steps] });
  assert.equal(steps[0].stack, steps[1].stack);
  const [first, same, other] = steps[0].renderings;
  assert.equal(first, same);
  assert.equal(first, steps[1].renderings[0]);
  assert.notEqual(first, other);
  const value = read(ours({ values: [[1]], steps: [[0, { x: 0, y: 0 }]] }));
  assert.equal(valueIn(value), value.steps[0].env.get("y"));
});

test("frames with similar parts are not confused", () => {
  const frames = [
    ["a", 1, "bc"],
    ["ab", 1, "c"],
    ["a", 11, "c"],
    ["a1", 1, "c"],
  ];
  const stacks = frames.map(([path, line_number, function_name]) => ({
    path,
    line_number,
    function_name,
  }));
  const file = edtrace({ stack: stacks });
  assert.deepEqual(framesOf(read(file).steps[0].stack), frames);
});

test("a stack of 10,000 calls is read", () => {
  const places = Array.from({ length: 10_000 }, (_, i) => [i - 1, 0]);
  const deep = read(ours({ places, steps: [9999, 0] }));
  assert.equal(deep.steps[0].stack.depth, 10_000);
  const [frame] = edtrace().steps[0].stack;
  const file = edtrace({ stack: new Array(10_000).fill(frame) });
  const { steps } = read({ ...file, steps: new Array(20).fill(file.steps[0]) });
  assert.equal(steps[0].stack.depth, 10_000);
  assert.equal(steps[19].stack, steps[0].stack);
});

/** JSON of many nested containers. */
const nested = (open, close, n = 100_000) => `${open.repeat(n)}"end"${close.repeat(n)}`;
/** The text of a file with "DEEP" replaced by other JSON. */
const filled = (file, inner) => JSON.stringify(file).replaceAll('"DEEP"', inner);
const LISTS = nested("[", "]");
const OBJECTS = nested('{"a":', "}");
const SHOWS_X = [[0, { x: 0 }]];
const of2025 = (env) => ({ ...edtrace({ env }), hidden_line_numbers: null });

test("values nested in more than 50 containers are omitted", () => {
  const omitted = JSON.stringify({ type: "list", text: "...", of: 0 });
  for (const n of [50, 51, 52, 100_000]) {
    const file = filled(ours({ values: ["DEEP"], steps: SHOWS_X }), nested("[", "]", n));
    assert.equal(JSON.stringify(valueIn(readTrace(file))).includes(omitted), n > 51, `${n} deep`);
  }
  const value = (x) => ours({ values: [x], steps: SHOWS_X });
  for (const text of [
    filled(value({ type: "a", array: "DEEP" }), LISTS),
    filled(value({ type: "a", items: ["DEEP"] }), LISTS),
    filled(value({ type: "a", entries: [["DEEP", "DEEP"]] }), LISTS),
    filled(value("DEEP"), nested('{"type": "a", "fields": {"b": ', "}}")),
    filled(edtrace({ env: { x: { type: "a", contents: "DEEP", dtype: "f" } } }), LISTS),
    filled(edtrace({ env: { x: { type: "a", recorded: "DEEP" } } }), LISTS),
    filled(edtrace({ env: { x: "DEEP" } }), nested('{"type": "a", "contents": [', "]}")),
    filled(edtrace({ env: { x: "DEEP" } }), nested('{"type": "a", "contents": {"b": ', "}}")),
    filled(of2025({ x: "DEEP" }), LISTS),
    filled(of2025({ x: "DEEP" }), OBJECTS),
  ]) {
    const shown = JSON.stringify(valueIn(readTrace(text)));
    assert.ok(shown.includes("...") && shown.length < 2000, text.slice(0, 300));
  }
});

test("deep nesting elsewhere is cut off, ignored or refused", () => {
  const plot = edtrace({ renderings: [{ type: "plot", data: "DEEP", odd: "DEEP" }] });
  for (const inner of [LISTS, OBJECTS]) {
    const { data } = readTrace(filled(plot, inner)).steps[0].renderings[0];
    assert.ok(JSON.stringify(data).length < 1000);
  }
  assert.equal(readTrace(filled(ours({ unknown: "DEEP" }), LISTS)).steps.length, 1);
  const image = edtrace({ renderings: [{ type: "image", style: { width: "DEEP" } }] });
  const files = [
    image,
    ours({ steps: "DEEP" }),
    ours({ files: "DEEP" }),
    edtrace({ stack: "DEEP" }),
  ];
  for (const file of files) assert.match(refusal(filled(file, LISTS)), / is a list; /);
  assert.match(refusal(LISTS), /it is a list, not an object/);
  assert.match(refusal("[".repeat(100_000)), /is truncated/);
});

test("names of Object.prototype are names like any other", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
  const object = (value) => `{${names.map((name) => `"${name}": ${value}`).join(", ")}}`;
  const text = JSON.stringify(
    ours({
      files: "FILES",
      hidden: "HIDDEN",
      links: "LINKS",
      values: [{ type: "a", fields: "FIELDS" }],
      renderings: [{ type: "plot", data: "DATA", style: "STYLE" }],
      steps: [[0, "ENV", [0]]],
    }),
  )
    .replace('"FILES"', object('"x"'))
    .replace('"HIDDEN"', object("[1]"))
    .replace('"LINKS"', object('{"2": "a"}'))
    .replace('"FIELDS"', object('{"type": "b", "fields": {"__proto__": 1}}'))
    .replace('"DATA"', object('{"polluted": 1}'))
    .replace('"STYLE"', object("1"))
    .replace('"ENV"', object("0"));
  const trace = readTrace(text);
  const { files, hidden, links, steps } = trace;
  for (const map of [files, hidden, links, steps[0].env]) assert.deepEqual([...map.keys()], names);
  const { fields } = steps[0].env.get("__proto__");
  assert.deepEqual(Object.keys(fields), names);
  assert.deepEqual(Object.keys(fields.constructor.fields), ["__proto__"]);
  const [{ data, style }] = steps[0].renderings;
  assert.deepEqual(Object.keys(style), names);
  assert.equal(Object.getPrototypeOf(style), null);
  assert.equal(Object.getPrototypeOf(fields), null);
  assert.deepEqual(Object.keys(data), names.slice(1));
  assert.equal(Object.getPrototypeOf(data), Object.prototype);
  assert.equal(/** @type {any} */ ({}).polluted, undefined);
  assert.match(refusal('{"__proto__": {"files": {}, "steps": []}}'), /has no “files”/);
});

test("a value in our format has parts of the right type, or is refused", () => {
  const value = (x) => ours({ values: [x], steps: [[0, { x: 0 }]] });
  const known = valueIn(read(value({ type: "a", text: "b", odd: { c: 1 }, of: 3, dtype: null })));
  assert.deepEqual(known, { type: "a", text: "b", of: 3 });
  for (const [wrong, message] of [
    [{}, "trace.values[0] has no 'type'"],
    [{ type: 5 }, "trace.values[0].type is 5"],
    [{ type: "a", items: 5 }, "trace.values[0].items is 5"],
    [{ type: "a", items: [{ type: "b", of: "c" }] }, "trace.values[0].items[0].of is 'c'"],
    [{ type: "a", entries: [[1]] }, "trace.values[0].entries[0] is a list; expected a list of 2"],
    [{ type: "a", fields: [] }, "trace.values[0].fields is a list"],
    [{ type: "a", shape: [1.5], array: [] }, "trace.values[0].shape[0] is 1.5"],
    [{ type: "a", text: null, error: 1 }, "trace.values[0].error is 1"],
  ]) {
    assert.ok(refusal(JSON.stringify(value(wrong))).startsWith(message), message);
  }
  assert.equal(read(ours({ values: [{}] })).steps.length, 1, "values of no step are not read");
});

test("unknown keys are ignored, and sources stay unchanged", () => {
  const source = "\ufeffx = 1\r\n\u0000".repeat(200_000);
  const trace = read(ours({ files: { "a.py": source }, new: { things: [1] } }));
  assert.equal(trace.files.get("a.py"), source);
});

/** Random numbers, the same each time (mulberry32). */
function randomness(seed) {
  return (n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

const ODDITIES = [
  "null",
  "true",
  "0",
  "-1",
  "7",
  "1.5",
  "1e999",
  "NaN",
  '""',
  '"a"',
  "[]",
  "[0]",
  "{}",
  '[[["a"]]]',
  '{"type":"int"}',
  '{"type":"x","items":[{}]}',
  '{"__proto__":null}',
];

/** A file with a random part replaced, removed or renamed. */
function changed(file, random) {
  const copy = structuredClone(file);
  let node = copy;
  let key;
  for (let depth = 1 + random(7); depth > 0; depth--) {
    const keys = Object.keys(node);
    if (!keys.length) break;
    key = keys[random(keys.length)];
    if (depth === 1 || typeof node[key] !== "object" || node[key] === null) break;
    node = node[key];
  }
  if (key !== undefined) {
    const what = random(4);
    if (what === 0 && !Array.isArray(node)) delete node[key];
    else if (what === 1) node[ODDITIES[random(ODDITIES.length)]] = node[key];
    else node[key] = "ODDITY";
  }
  return JSON.stringify(copy).replace('"ODDITY"', ODDITIES[random(ODDITIES.length)]);
}

const PARTS = {
  type: isText,
  text: isText,
  error: isText,
  dtype: isText,
  of: Number.isInteger,
  last: Number.isInteger,
  items: isValues,
  cycle: (on) => on === true,
  array: () => true,
  entries: (pairs) => pairs.every((pair) => pair.length === 2 && isValues(pair)),
  fields: (fields) => isValues(Object.values(fields)),
  shape: (sizes) => sizes.every(Number.isInteger),
  notes: (notes) => notes.every(isText),
};

function isText(value) {
  return typeof value === "string";
}

function isValues(values) {
  return Array.isArray(values) && values.every(isValue);
}

/** Whether something is a Value of trace/types.js. */
function isValue(value) {
  if (Array.isArray(value)) return isValues(value);
  if (typeof value !== "object" || value === null) return value !== undefined;
  return isText(value.type) && Object.entries(value).every(([name, part]) => PARTS[name](part));
}

/** Asserts that a trace has the types of trace/types.js. */
function assertTyped(trace) {
  const isCall = (number) => number === null || (Number.isInteger(number) && number >= 0);
  for (const step of toJSON(trace).steps) {
    const { stack, env, renderings, stdout, stderr, event, outer, same } = step;
    for (const [path, line, name] of stack)
      assert.ok(isText(path) && Number.isInteger(line) && isText(name));
    for (const [name, value = null] of [env, ...outer.map(([, changes]) => changes)].flat())
      assert.ok(isText(name) && isValue(value), JSON.stringify(value));
    assert.ok([step.call, step.caller, ...outer.map(([call]) => call)].every(isCall));
    if (event?.kind === "raise") assert.ok(isText(event.type) && isText(event.message));
    else assert.ok(event === null || isValue(event.value));
    assert.ok((same ?? []).every((names) => names.every(isText)));
    for (const { style } of renderings)
      assert.ok(Object.values(style).every((css) => typeof css !== "object"));
    assert.ok(isText(stdout) && isText(stderr));
  }
}

test("a changed file is either read or refused", () => {
  const random = randomness(336);
  const files = [...NO_TRACES, ...TRACES].map(({ text }) => JSON.parse(text));
  let opened = 0;
  for (let i = 0; i < 7000; i++) {
    let text = changed(files[i % files.length], random);
    if (i % 5 === 0) text = changed(JSON.parse(text.replace("NaN", "0")), random);
    if (i % 7 === 0) text = text.slice(0, random(text.length));
    if (i % 11 === 0) {
      const at = random(text.length);
      text = text.slice(0, at) + String.fromCharCode(random(128)) + text.slice(at + 1);
    }
    let trace;
    try {
      trace = readTrace(text);
    } catch (error) {
      assert.ok(error instanceof TraceError, `${error?.stack}\n${text.slice(0, 2000)}`);
      assert.ok(error.message.length < 700);
      continue;
    }
    assertTyped(trace);
    opened++;
  }
  assert.ok(opened > 300, `${opened} files were read`);
});
