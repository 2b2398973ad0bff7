// Values as text and as shapes, keys, addresses, and the settings in the page's address.

import assert from "node:assert/strict";
import { test } from "node:test";
import { commandOf, KEYS } from "../../cs336_core/viewer/keys.js";
import { functionName, isolated, titleOf } from "../../cs336_core/viewer/labels.js";
import { addressesOf } from "../../cs336_core/viewer/page/address.js";
import { resolveAddress } from "../../cs336_core/viewer/page/load_trace.js";
import { DEFAULTS, settingsFrom, withSettings } from "../../cs336_core/viewer/settings.js";
import { repr, shapeOf, typeName } from "../../cs336_core/viewer/trace/repr.js";
import {
  changedRows,
  changedTokens,
  linesOf,
  shapeOfValue,
  visibleElements,
} from "../../cs336_core/viewer/values/value_kinds.js";
import "../../cs336_core/viewer/strings.en.js";

/** @type {[any, string, string][]} a value, its repr in Python, its type */
const VALUES = [
  [null, "None", "None"],
  [true, "True", "bool"],
  [1.5, "1.5", "float"],
  ["it's", `"it's"`, "str"],
  ["a\n\"'\u202e", `'a\\n"\\'\\u{202e}'`, "str"],
  [[1, [], "a"], "[1, [], 'a']", "list"],
  [{ type: "tuple", items: [1] }, "(1,)", "tuple"],
  [{ type: "tuple", items: [1, 2], of: 9 }, "(1, 2, …)", "tuple"],
  [{ type: "set", items: [1] }, "{1}", "set"],
  [{ type: "set", items: [] }, "set()", "set"],
  [{ type: "collections.deque", items: [1] }, "deque(1)", "deque"],
  [{ type: "dict", entries: [[{ type: "tuple", items: [1, 2] }, "b"]] }, "{(1, 2): 'b'}", "dict"],
  [{ type: "collections.Counter", entries: [["a", 1]] }, "Counter({'a': 1})", "Counter"],
  [{ type: "m.Point", fields: { x: 1, y: null } }, "Point(x=1, y=None)", "Point"],
  [{ type: "bytes", text: "a\x00\xff\n" }, "b'a\\x00\\xff\\n'", "bytes"],
  [{ type: "bytes", text: "it's \\" }, `b"it's \\\\"`, "bytes"],
  [{ type: "bytes", text: `'"'` }, `b'\\'"\\''`, "bytes"],
  [{ type: "bytearray", text: "é" }, "bytearray(b'\\xe9')", "bytearray"],
  [{ type: "numpy.float64", dtype: "float64", shape: [], array: 1.5 }, "1.5", "float64"],
  [{ type: "numpy.bool", dtype: "bool", shape: [], array: true }, "True", "bool"],
  [{ type: "torch.Tensor", dtype: "torch.float32", shape: [], array: "nan" }, "nan", "Tensor"],
  [{ type: "numpy.str_", dtype: "<U3", shape: [], array: "nan" }, "'nan'", "str_"],
  [
    { type: "torch.Tensor", dtype: "torch.complex64", shape: [], text: "(1+2j)" },
    "(1+2j)",
    "Tensor",
  ],
  [
    { type: "torch.Tensor", dtype: "torch.float32", shape: [2, -1], array: null },
    "<Tensor float32 2 × ?>",
    "Tensor",
  ],
  [
    { type: "numpy.ndarray", dtype: "<U2", shape: [1, 2], array: [["x", "yy"]] },
    "ndarray([['x', 'yy']])",
    "ndarray",
  ],
  [
    { type: "numpy.ndarray", dtype: "object", shape: [2], items: [null, "a"] },
    "ndarray([None, 'a'])",
    "ndarray",
  ],
  [
    {
      type: "dict",
      entries: [["loss", { type: "torch.Tensor", dtype: "torch.float32", shape: [], array: 0.25 }]],
    },
    "{'loss': 0.25}",
    "dict",
  ],
  [
    { type: "torch.Tensor", dtype: "torch.float32", shape: [2, 3], array: [] },
    "Tensor float32 2 × 3",
    "Tensor",
  ],
  [{ type: "float", text: "nan" }, "nan", "float"],
  [{ type: "list", cycle: true }, "…", "list"],
  [{ type: "m.Bad", error: "ValueError: no" }, "<Bad: ValueError: no>", "Bad"],
];

test("values are written as Python writes them", () => {
  for (const [value, written, type] of VALUES) {
    assert.equal(repr(value), written);
    assert.equal(typeName(value), type);
  }
});

test("long and deep values are truncated", () => {
  assert.equal(repr("x".repeat(1e6)).length, 160);
  assert.ok(repr(Array.from({ length: 1e5 }, (_, i) => i)).endsWith("…"));
  let deep = /** @type {any} */ ([]);
  for (let i = 0; i < 5000; i++) deep = [deep];
  assert.ok(repr(deep).includes("…"));
  assert.ok(
    shapeOf({ dtype: "x".repeat(1e6), shape: Array.from({ length: 1e5 }, () => 1) }).length < 500,
  );
  assert.equal(shapeOf({ type: "numpy.int64", dtype: "int64", shape: [] }), "int64");
});

test("each kind of value has its shape", () => {
  const kind = (/** @type {any} */ value) => shapeOfValue(value).kind;
  assert.equal(kind(5), "line");
  assert.equal(kind([116, 104, 256]), "tokens");
  assert.equal(kind([0.5, 1]), "line");
  assert.equal(kind([-1, 2]), "line");
  assert.equal(kind(["a".repeat(50), "b".repeat(50)]), "table");
  assert.equal(
    kind({
      type: "dict",
      entries: [
        ["a", 1],
        ["b", 3],
      ],
    }),
    "counts",
  );
  assert.equal(
    kind({
      type: "dict",
      entries: [
        ["a", 1],
        ["b", "c"],
      ],
    }),
    "table",
  );
  const pair = (/** @type {any[]} */ ...items) => ({ type: "tuple", items });
  const entries = (/** @type {any[]} */ ...given) => kind({ type: "dict", entries: given });
  assert.equal(entries([pair("t", "h"), 3], [{ type: "bytes", text: "e" }, 1]), "counts");
  assert.equal(entries([pair(116, 104), 256]), "table"); // ids are not counts
  assert.equal(entries([0, 3], [1, 5]), "table");
  assert.equal(entries(["a", -1]), "table");
  assert.equal(kind({ type: "m.Point", fields: { x: 1 } }), "table");
  assert.equal(kind("a\nb"), "text");
  const bytes = { type: "bytes", text: "\xf0".repeat(99), of: 200 };
  assert.deepEqual(shapeOfValue(bytes), {
    kind: "text",
    text: `b'${"\\xf0".repeat(99)}'`,
    size: 99,
    of: 200,
  });
  assert.equal(kind({ type: "bytes", text: "a\nb" }), "line");
  assert.equal(
    kind({ type: "numpy.ndarray", dtype: "float64", shape: [2], array: [1, 2] }),
    "tensor",
  );
  for (const [dtype, array] of /** @type {[string, any][]} */ ([
    ["<U2", ["x", "1"]],
    ["<U3", ["nan"]],
    ["complex128", [["1j", "2j"]]],
  ])) {
    assert.equal(kind({ type: "numpy.ndarray", dtype, shape: [1], array }), "line", dtype);
  }
  assert.equal(
    kind({
      type: "numpy.ndarray",
      dtype: "float64",
      shape: [3],
      array: ["nan", "-inf", "9007199254740993"],
    }),
    "tensor",
  );
  assert.equal(
    kind({
      type: "numpy.ndarray",
      dtype: "object",
      shape: [2],
      items: ["a".repeat(50), "b".repeat(50)],
    }),
    "table",
  );
  assert.equal(
    kind({ type: "torch.Tensor", dtype: "torch.float32", shape: [3, 4], array: null }),
    "line",
  );
  assert.deepEqual(
    shapeOfValue({
      type: "dict",
      entries: [
        ["a", 1],
        ["b", 3],
      ],
    }),
    {
      kind: "counts",
      rows: [
        { key: "'a'", count: 1 },
        { key: "'b'", count: 3 },
      ],
      of: undefined,
      gap: undefined,
    },
  );
  const cube = shapeOfValue({
    type: "torch.Tensor",
    dtype: "torch.int64",
    shape: [2, 1, 2],
    array: [[[1, 2]], [[3, 4]]],
  });
  assert.deepEqual(cube, {
    kind: "tensor",
    rows: [
      [1, 2],
      [3, 4],
    ],
    dtype: "torch.int64",
    shape: [2, 1, 2],
  });
});

test("the lines of a nested value are counted as they are drawn, up to a limit", () => {
  const long = "x".repeat(40);
  const row = { type: "dict", entries: Array.from({ length: 9 }, (_, i) => [`k${i}`, long]) };
  assert.equal(linesOf(5, 100), 1);
  assert.equal(linesOf(/** @type {any} */ (row), 100), 6); // the others are folded
  const table = /** @type {any} */ ([row, row, row, row]);
  assert.equal(linesOf(table, 100), 24);
  assert.equal(linesOf(table, 10), 10);
  assert.equal(linesOf(table, 100, 4), 4); // deeper ones are a line each
});

test("arrays that contradict their shape do no harm", () => {
  for (const array of [["a", {}], null, 5, "x", [[[]]], [1, [2]], {}]) {
    const value = /** @type {any} */ ({ type: "a", dtype: "f", shape: [2, 2], array });
    const shape = shapeOfValue(value);
    assert.ok(repr(value).includes("a f 2 × 2"));
    assert.ok(
      shape.kind === "line" || (shape.kind === "tensor" && shape.rows.every(Array.isArray)),
    );
  }
});

test("changes in a sequence and in a table", () => {
  const changes = (/** @type {any} */ before, /** @type {any} */ now) => [
    ...changedTokens(
      /** @type {any} */ (shapeOfValue(before)),
      /** @type {any} */ (shapeOfValue(now)),
    ),
  ];
  assert.deepEqual(changes([1, 2, 3], [1, 9, 3]), [1]);
  assert.deepEqual(changes([1, 2], [1, 2, 3]), [2]);
  assert.deepEqual(changes([1, 1, 1], [1, 1]), []);
  assert.deepEqual(changes([5], [1, 2]), [0, 1]);
  const grown = (/** @type {number[]} */ ...items) => ({
    type: "list",
    items,
    of: items[3],
    last: 2,
  });
  assert.deepEqual(changes(grown(1, 2, 98, 99), grown(1, 2, 99, 100)), [3]);
  assert.deepEqual(changedRows([{ key: "a" }], [{ key: "a" }, { key: "b" }]), new Set([1]));
});

test("a value that is recorded in part shows its end, and where the gap is", () => {
  const vocab = {
    type: "dict",
    entries: [
      [0, "a"],
      [1, "b"],
      [299, "zz"],
    ],
    of: 300,
    last: 1,
  };
  assert.equal(repr(/** @type {any} */ (vocab)), "{0: 'a', 1: 'b', …, 299: 'zz'}");
  const shape = shapeOfValue(/** @type {any} */ (vocab));
  assert.ok(shape.kind === "table" && shape.gap === 2 && shape.of === 300);
  const words = { type: "list", items: ["a".repeat(50), "b".repeat(50)], of: 9, last: 1 };
  const rows = shapeOfValue(/** @type {any} */ (words));
  assert.deepEqual(rows.kind === "table" && rows.rows.map(({ key }) => key), ["0", "8"]);
  // The counts of a file may contradict each other.
  for (const last of [-1, 7])
    assert.ok(shapeOfValue({ type: "list", items: [1, 2], of: 3, last }).kind === "tokens");
});

test("a folded value shows its first elements and the changed ones", () => {
  assert.deepEqual(visibleElements(9, 2, new Set(), false), [0, 1]);
  assert.deepEqual(visibleElements(9, 2, new Set([1, 4, 7, 8]), false), [0, 1, 7, 8]);
  assert.deepEqual(visibleElements(3, 2, new Set([2]), true), [0, 1, 2]);
});

test("keys mean what they mean in edtrace's viewer, and leave controls alone", () => {
  const press = (/** @type {string} */ key, shiftKey = false, focused = {}) =>
    commandOf(
      { key, shiftKey, ctrlKey: false, metaKey: false, altKey: false },
      /** @type {any} */ ({ localName: "div", ...focused }),
    );
  const expected = {
    ArrowRight: "forward",
    h: "back",
    j: "over",
    k: "overBack",
    u: "out",
    R: "raw",
    A: "animate",
    E: "hideEnv",
    N: "showNotes",
    g: "open",
    x: undefined,
  };
  for (const [key, command] of Object.entries(expected))
    assert.equal(press(key, /[A-Z]$/.test(key)), command);
  assert.equal(press("ArrowRight", true), "over");
  assert.equal(press("C", true), "changeBack");
  assert.equal(press("?", true), "help");
  assert.equal(press("l", false, { localName: "input", type: "search" }), undefined);
  assert.equal(press("Escape", false, { localName: "input", type: "search" }), "close");
  assert.equal(press("ArrowRight", false, { localName: "input", type: "range" }), undefined);
  assert.equal(press("l", false, { localName: "input", type: "range" }), "forward");
  assert.equal(press(" ", false, { localName: "button" }), undefined);
  assert.equal(press(" "), "play");
  assert.equal(
    commandOf({ key: "r", shiftKey: false, ctrlKey: true, metaKey: false, altKey: false }, null),
    undefined,
  );
  assert.equal(new Set(KEYS.map(([, command]) => command)).size, KEYS.length);
});

test("an address is on this site, on another, or invalid", () => {
  const at = (/** @type {string} */ requested, base = "http://a.b/course/trace.html") => {
    try {
      return resolveAddress(requested, base).kind;
    } catch (error) {
      return /** @type {Error} */ (error).constructor.name;
    }
  };
  assert.equal(at("traces/03_bpe.json"), "here");
  assert.equal(at("../var/traces/x.json"), "here");
  assert.equal(at("https://c.d/x.json"), "foreign");
  assert.equal(at("//c.d/x.json"), "foreign");
  for (const bad of [
    "javascript:alert(1)",
    "data:application/json,{}",
    "blob:http://a.b/1",
    "file:///etc/passwd",
    "http://",
    "https://user:secret@c.d/",
  ]) {
    assert.equal(at(bad), "LoadError", bad);
  }
  const disk = "file:///course/trace.html";
  assert.equal(at("traces/03_bpe.json", disk), "disk");
  for (const bad of [
    "../traces/a.json",
    "traces/../a.json",
    "a.js",
    "traces/a.js?x.json",
    "/etc/passwd",
  ]) {
    assert.equal(at(bad, disk), "LoadError", bad);
  }
});

test("settings survive a round trip through the address", () => {
  const settings = {
    ...DEFAULTS,
    step: 7,
    source: "a b/c.py",
    line: 3,
    raw: true,
    followed: "f:x[0]",
    find: "a&b=c",
    findIn: "when",
    watch: ["len(x)", "x[0] < 'a&b'"],
  };
  const href = withSettings("http://a.b/trace.html?old=1#place", "traces/03_bpe.json", settings);
  assert.ok(
    href.startsWith(
      "http://a.b/trace.html?trace=traces/03_bpe.json&step=7&source=a%20b/c.py&line=3&raw=1",
    ),
  );
  assert.deepEqual(settingsFrom(new URL(href).searchParams), settings);
  assert.equal(new URL(href).searchParams.get("trace"), "traces/03_bpe.json");
  assert.equal(withSettings("http://a.b/trace.html", "", DEFAULTS), "http://a.b/trace.html");
  assert.match(
    withSettings(href, "a.json", DEFAULTS, "b.json"),
    /\?trace=a.json&compare=b.json&step=0#place$/,
  );
});

test("invalid settings in the address fall back to the defaults", () => {
  const read = (/** @type {string} */ search) => settingsFrom(new URLSearchParams(search));
  assert.deepEqual(read("step=-1&line=x&raw=0&animate=&hideEnv=false&step2=1"), DEFAULTS);
  assert.equal(read(`find=${"x".repeat(9000)}`).find.length, 500);
  assert.deepEqual(read("watch=x&watch=y&watch=x").watch, ["x", "y"]);
  assert.equal(
    read("watch=x".concat(...Array.from({ length: 50 }, (_, i) => `&watch=${i}`))).watch.length,
    20,
  );
  assert.deepEqual([read("raw=true").raw, read("showNotes=1").showNotes], [true, true]);
});

test("a name cannot change the direction of the text around it", () => {
  assert.equal(isolated("train_bpe"), "train_bpe");
  assert.equal(isolated("x\u202ey"), "x\\u202ey");
  assert.equal(isolated("שלום"), "\u2068שלום\u2069");
});

test("a trace is requested by its address or its name", () => {
  assert.deepEqual(addressesOf("lecture_01"), [
    "traces/lecture_01.json",
    "var/traces/lecture_01.json",
  ]);
  for (const address of ["traces/a.json", "a.json", "//b.c", "https://b.c/a.json", "javascript:x"])
    assert.deepEqual(addressesOf(address), [address]);
});

test("the title of a program is its first heading", () => {
  const title = (/** @type {any[]} */ ...renderings) =>
    titleOf(/** @type {any} */ ({ steps: [{ renderings: [] }, { renderings }] }));
  assert.equal(
    title({ type: "markdown", data: "# Byte *pair* encoding\n\nText." }),
    "Byte pair encoding",
  );
  assert.equal(title({ type: "note", data: "# No" }, { type: "markdown", data: "## Yes" }), "Yes");
  assert.equal(title({ type: "markdown", data: "no heading # here" }), undefined);
  assert.equal(
    title({ type: "markdown", data: null }, { type: "markdown", data: `# ${"x".repeat(5000)}` }),
    undefined,
  );
  assert.equal(functionName("<module>"), "the program");
});
