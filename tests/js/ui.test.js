import assert from "node:assert/strict";
import { test } from "node:test";
import { escapeXML, toCSV } from "../../cs336_core/ui/export.js";
import { loadScript, loadStyle } from "../../cs336_core/ui/loading.js";
import { entered, problemOf, UNREADABLE, widthOf } from "../../cs336_core/ui/number_entry.js";
import { decimal, fixed } from "../../cs336_core/ui/numbers.js";
import { addStrings, plural, t } from "../../cs336_core/ui/strings.js";
import {
  hue,
  labelsOf,
  shortHex,
  shortLabel,
  tokenData,
  tokenLabel,
} from "../../cs336_core/ui/tokens.js";
import { idIn, linkTo, readState, writeState } from "../../cs336_core/ui/url.js";

const bytes = (text) => new TextEncoder().encode(text);

test("a token shows its text, with invisible characters made visible", () => {
  assert.deepEqual(tokenLabel(bytes("the ")), { text: "the␣", kind: "text" });
  assert.deepEqual(tokenLabel(bytes("a\n\t\r")), { text: "a⏎⇥␍", kind: "text" });
  assert.deepEqual(tokenLabel(bytes("猫")), { text: "猫", kind: "text" });
  assert.equal(tokenLabel(bytes("\u202e\u0000\ufeff\u2028")).text, "U+202EU+0000U+FEFFU+2028");
});

test("a part of a character shows its bytes", () => {
  assert.deepEqual(tokenLabel(bytes("猫").slice(0, 2)), { text: "E7 8C", kind: "bytes" });
  assert.deepEqual(tokenLabel(Uint8Array.of(0xff)), { text: "FF", kind: "bytes" });
});

test("a long token shows its beginning, in whole characters", () => {
  assert.deepEqual(shortLabel(bytes("a ".repeat(24))), {
    text: "a␣".repeat(24),
    kind: "text",
    long: false,
  });
  assert.deepEqual(shortLabel(bytes("a".repeat(49))), {
    text: `${"a".repeat(48)}…`,
    kind: "text",
    long: true,
  });
  assert.equal(shortLabel(bytes(`a${"猫".repeat(20)}`)).text, `a${"猫".repeat(15)}…`);
  assert.equal(shortLabel(new Uint8Array(60).fill(0x80)).text, "…");
  assert.equal(shortHex(bytes("ab")), "61 62");
  assert.equal(shortHex(bytes("a".repeat(49))), `${"61 ".repeat(48)}…`);
  const vocab = [bytes("a".repeat(49)), bytes("b")];
  assert.equal(labelsOf(vocab)(0).length, 49);
  assert.equal(labelsOf(vocab)(7), "");
});

test("hues are 0 to 7, and neighbouring ids differ", () => {
  for (let id = 0; id < 2000; id++) {
    assert.ok(Number.isInteger(hue(id)) && hue(id) >= 0 && hue(id) < 8);
    if (id < 256 || id > 256 + 500) continue;
    assert.notEqual(hue(id), hue(id + 1), `id ${id}`);
  }
});

test("the URL contains only changed settings, and restores them", () => {
  const defaults = { step: 0, mode: "first" };
  const schema = { step: { type: "integer", url: true }, mode: { type: "choice", url: true } };
  const href = writeState(
    "https://example.org/a?x=1#part",
    "hat",
    { step: 3, mode: "first" },
    defaults,
  );
  assert.equal(href, "https://example.org/a?x=1&hat.step=3#part");
  assert.deepEqual(readState(href, "hat", schema), { step: 3 });
  assert.deepEqual(readState(href, "other", schema), {});
  assert.equal(
    writeState(href, "hat", { step: 0, mode: "first" }, defaults),
    "https://example.org/a?x=1#part",
  );
});

test("a URL is text from outside: wrong types, huge values and odd names are left out", () => {
  const read = (query) =>
    readState(`https://example.org/?${query}`, "hat", {
      step: { type: "integer", url: true },
      on: { type: "boolean", url: true },
      text: { type: "string", url: true },
      own: { type: "integer" },
    });
  for (const bad of [
    "hat.step=x",
    "hat.step=1e9",
    "hat.step=",
    "hat.step=99999999999",
    "hat.step=1.5",
    "hat.on=1",
    "hat.zzz=1",
    "hat.own=1",
  ]) {
    assert.deepEqual(read(bad), {}, bad);
  }
  const heat = (query) =>
    readState(`https://example.org/?${query}`, "hat", { heat: { type: "number", url: true } });
  assert.deepEqual(heat("hat.heat=0.25"), { heat: 0.25 });
  for (const bad of [
    "hat.heat=.5",
    "hat.heat=1e2",
    "hat.heat=NaN",
    "hat.heat=1.",
    "hat.heat=0.1234567890",
  ])
    assert.deepEqual(heat(bad), {}, bad);
  assert.deepEqual(read(`hat.text=${"x".repeat(2001)}`), {});
  assert.deepEqual(read("hat.step=-4&hat.on=true&hat.text=%3Cb%3E"), {
    step: -4,
    on: true,
    text: "<b>",
  });
});

test("CSV fields are quoted where necessary", () => {
  assert.equal(
    toCSV([
      { a: 'x,"y"', b: 1 },
      { a: "line\nbreak", b: 2 },
    ]),
    'a,b\r\n"x,""y""",1\r\n"line\nbreak",2\r\n',
  );
  assert.equal(toCSV([]), "\r\n");
});

test("no text in a table is a formula for a spreadsheet", () => {
  const rows = ["=1+1", "+1", "-1", "@a", "\tx", "a=1"].map((token) => ({ token, n: -1 }));
  assert.equal(
    toCSV(rows),
    "token,n\r\n'=1+1,-1\r\n'+1,-1\r\n'-1,-1\r\n'@a,-1\r\n'\tx,-1\r\na=1,-1\r\n",
  );
});

test("a token as data is its exact text and its bytes", () => {
  assert.deepEqual(tokenData(bytes("a \n")), { text: "a \n", bytes: "61 20 0A" });
  assert.deepEqual(tokenData(bytes("é").slice(1)), { text: "", bytes: "A9" });
});

test("XML escapes every special character", () => {
  assert.equal(escapeXML(`<a b="c">&'`), "&#60;a b=&#34;c&#34;&#62;&#38;&#39;");
});

test("a string that is missing is an error, a value that is missing stays visible", () => {
  assert.throws(() => t("no.such"), /no string called no.such/);
  assert.equal(t("control.of", {}), "of {n}");
  assert.equal(t("control.of", { n: 3 }), "of 3");
});

test("numbers are rounded like in Python", () => {
  const cases = [
    [1.125, "1.12"],
    [1.375, "1.38"],
    [1.005, "1.00"],
    [-1.125, "-1.12"],
    [18 / 14, "1.29"],
    [2, "2.00"],
    [1e-9, "0.00"],
  ];
  for (const [value, text] of cases) assert.equal(fixed(value, 2), text);
  assert.deepEqual(
    [0.5, 1.5, 2.5].map((value) => fixed(value, 0)),
    ["0", "2", "2"],
  );
});

test("a script is run and removed, a style sheet stays; failures are reported", async () => {
  const head = new Set();
  globalThis.document = {
    createElement: (tag) =>
      Object.assign(new EventTarget(), {
        tag,
        remove() {
          head.delete(this);
        },
      }),
    head: {
      append(element) {
        head.add(element);
        const there = (element.src ?? element.href).startsWith("here/");
        queueMicrotask(() => element.dispatchEvent(new Event(there ? "load" : "error")));
      },
    },
  };
  try {
    await Promise.all([loadScript("here/a.js"), loadStyle("here/b.css")]);
    await assert.rejects(loadScript("gone/c.js"), /gone\/c\.js could not be loaded/);
    await assert.rejects(loadStyle("gone/d.css"), /gone\/d\.css could not be loaded/);
    assert.deepEqual([...head].map(({ tag, rel, href }) => [tag, rel, href])[0], [
      "link",
      "stylesheet",
      "here/b.css",
    ]);
    assert.ok(![...head].some(({ tag }) => tag === "script"));
  } finally {
    delete globalThis.document;
  }
});

test("a number in text has a real minus sign, and a zero has none", () => {
  assert.deepEqual(
    [-1.25, -0.001, 0, 2].map((value) => decimal(value, 1)),
    ["−1.2", "0.0", "0.0", "2.0"],
  );
  assert.deepEqual(
    [1.125, -0.5, -0.004, 0].map((value) => decimal(value, 2)),
    ["1.12", "−0.50", "0.00", "0.00"],
  );
  assert.equal(decimal(-12.4, 0), "−12");
});

test("a typed number is clamped to its bounds, with a note", () => {
  const bounds = { min: 1, max: 127, whole: true };
  const cases = [
    ["64", 64, ""],
    ["500", 127, "The maximum is 127."],
    ["-3", 1, "The minimum is 1."],
    ["1.5", 2, "Whole numbers only: rounded to 2."],
    ["", 12, "Not a number: 12 stays."],
    [UNREADABLE, 12, "Not a number: 12 stays."],
    ["1e400", 12, "Not a number: 12 stays."],
  ];
  for (const [text, value, note] of cases)
    assert.deepEqual(entered(text, bounds, 12), { value, note }, text);
  const tokens = { min: 1, max: 1_048_576, whole: true };
  assert.equal(entered("9999999", tokens, 1).note, "The maximum is 1,048,576.");
  assert.deepEqual(entered("0.25", { min: 0.1, max: 5, whole: false }, 1), {
    value: 0.25,
    note: "",
  });
});

test("a number being typed is invalid only if more digits cannot fix it", () => {
  const whole = { min: 10, max: 127, whole: true };
  for (const fine of ["", "-", "1", "12", "127"]) assert.equal(problemOf(fine, whole), "", fine);
  for (const bad of ["128", "-1", "1.5", UNREADABLE])
    assert.equal(problemOf(bad, whole), "Enter a whole number from 10 to 127.", bad);
  assert.equal(problemOf("-1", { min: -5, max: 5, whole: false }), "");
  assert.equal(widthOf({ min: 1, max: 16_777_216, whole: true }), 8);
});

test("a link opens its figure, whatever the figure is called", () => {
  assert.equal(
    linkTo("https://example.org/a?flops.head=false#section", "flops"),
    "https://example.org/a?flops.head=false#flops",
  );
  for (const id of ["flops", "a b", "猫", "50%"])
    assert.equal(idIn(linkTo("file:///a.html", id)), id);
  assert.equal(idIn("https://example.org/#%E0%A4%A"), "");
  assert.equal(idIn("https://example.org/"), "");
});

test("a string has the plural form of the page's language", () => {
  addStrings({ en: { "test.days": "{n} days", "test.days.one": "1 day in {place}" } });
  assert.deepEqual(
    [0, 1, 2, 1.5, 12_000].map((n) => plural("test.days", n, { place: "May" })),
    ["0 days", "1 day in May", "2 days", "1.5 days", "12,000 days"],
  );
  assert.equal(plural("test.days", 3, { n: "three" }), "three days");
});
