import assert from "node:assert/strict";
import { test } from "node:test";
import {
  linkAddress,
  mediaAddress,
  pathAddress,
  shortName,
} from "../../cs336_core/viewer/renderings/addresses.js";
import { cardParts, hasMore } from "../../cs336_core/viewer/renderings/reference_card.js";
import { referenceLabel, singleBrackets } from "../../cs336_core/viewer/renderings/references.js";
import { isVerbatim, safeStyle } from "../../cs336_core/viewer/renderings/style.js";
import "../../cs336_core/viewer/renderings/strings.en.js";

const HOME = "https://course.example/a/trace.html";

test("links lead only to pages and to mail", () => {
  assert.deepEqual(linkAddress("https://a.org/b?c#d"), {
    href: "https://a.org/b?c#d",
    external: true,
  });
  assert.deepEqual(linkAddress("mailto:a@b.org"), { href: "mailto:a@b.org", external: true });
  assert.deepEqual(linkAddress("03_bpe.html#merges"), {
    href: "03_bpe.html#merges",
    external: false,
  });
  assert.deepEqual(linkAddress("#merges"), { href: "#merges", external: false });
  for (const bad of [
    "javascript:alert(1)",
    " java\tscript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "blob:x",
    "vbscript:x",
    "C:/x",
    "",
    " ",
  ]) {
    assert.equal(linkAddress(bad), null, bad);
  }
});

/** White space of every kind, control characters and invisible marks. */
const UNSEEN = [
  ...Array(0x20).keys(),
  0x7f,
  0x85,
  0xa0,
  0x1680,
  0x180e,
  0x2028,
  0x2029,
  0x202e,
  0x202f,
  0x205f,
  0x2060,
  0x3000,
  0xfeff,
]
  .concat(Array.from({ length: 0x10 }, (_, i) => 0x2000 + i))
  .map((code) => String.fromCharCode(code))
  .concat("", " ");
const HOSTILE = [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "java\tscript:alert(1)",
  "j\na\rvascript\t:alert(1)",
  "javascript&colon;alert(1)",
  "&#106;avascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:x",
  "blob:https://course.example/1",
  "file:///etc/passwd",
  "filesystem:https://a.org/x",
  "view-source:https://a.org",
  "about:blank",
  "ms-word:ofe|u|https://a.org/x",
  "intent://x#Intent;end",
  "ftp://a.org/x",
];
const ADDRESSES = HOSTILE.flatMap((address) =>
  UNSEEN.flatMap((first) => [
    first + address,
    `\u0001${first}${address}`,
    `${first}\u00a0 ${address}`,
    `${address.slice(0, 4)}${first}${address.slice(4)}`,
    `${address}${first}`,
  ]),
);

test("a browser resolves a link to what was checked", () => {
  for (const address of ADDRESSES) {
    const href = linkAddress(address)?.href;
    if (href === undefined) continue;
    for (const page of [
      HOME,
      "http://127.0.0.1:8888/lab/tree/a.ipynb",
      "file:///course/trace.html",
    ]) {
      const { protocol } = new URL(href, page);
      assert.ok(
        ["http:", "https:", "mailto:", new URL(page).protocol].includes(protocol),
        JSON.stringify([address, href]),
      );
    }
  }
});

test("a browser resolves the address of a picture to what was checked", () => {
  for (const address of [
    ...ADDRESSES,
    ...UNSEEN.map((first) => `${first}data:image/png;base64,AA`),
  ]) {
    for (const base of [HOME, null]) {
      const found = mediaAddress("image", address, base);
      const used = found && ("src" in found ? found.src : found.foreign);
      if (used)
        assert.match(
          new URL(used, HOME).href,
          /^(?:https?:|data:image\/)/,
          JSON.stringify([address, used]),
        );
    }
  }
});

test("a link without a scheme may still leave the site", () => {
  for (const leaving of [
    "//evil.org/x",
    "\\\\evil.org/x",
    "/\\evil.org/x",
    "https:evil.org/x",
    " //evil.org/x",
  ]) {
    assert.equal(linkAddress(leaving)?.href, "https://evil.org/x", leaving);
    assert.equal(linkAddress(leaving)?.external, true, leaving);
  }
});

test("pictures of the site and in the trace are shown", () => {
  assert.deepEqual(mediaAddress("image", "images/a.png", HOME), {
    src: "https://course.example/a/images/a.png",
  });
  assert.deepEqual(mediaAddress("image", "https://course.example/b.png", HOME), {
    src: "https://course.example/b.png",
  });
  assert.deepEqual(mediaAddress("image", "a.png", "file:///course/trace.html"), {
    src: "file:///course/a.png",
  });
  assert.deepEqual(mediaAddress("image", "data:image/svg+xml;base64,AA", null), {
    src: "data:image/svg+xml;base64,AA",
  });
  assert.deepEqual(mediaAddress("video", "data:video/mp4;base64,AA", HOME), {
    src: "data:video/mp4;base64,AA",
  });
});

test("pictures of other sites are named, others refused", () => {
  assert.deepEqual(mediaAddress("image", "https://a.org/b.png", HOME), {
    foreign: "https://a.org/b.png",
  });
  assert.deepEqual(mediaAddress("image", "//a.org/b.png", HOME), {
    foreign: "https://a.org/b.png",
  });
  assert.deepEqual(mediaAddress("image", "http://course.example/b.png", HOME), {
    foreign: "http://course.example/b.png",
  });
  for (const bad of [
    "data:text/html,x",
    "data:image/tiff,x",
    "javascript:x",
    "file:///etc/passwd",
    "blob:https://a.org/1",
  ]) {
    assert.equal(mediaAddress("image", bad, HOME), null, bad);
  }
  assert.equal(mediaAddress("video", "data:image/png;base64,AA", HOME), null);
  assert.equal(mediaAddress("image", "images/a.png", null), null);
});

test("special characters in a path are escaped", () => {
  assert.equal(pathAddress("images/50% #1?.png"), "images/50%25 %231%3F.png");
  assert.equal(pathAddress("https://a.org/b?c=1#d"), "https://a.org/b?c=1#d");
});

test("long names are shortened, in the middle", () => {
  assert.equal(shortName("images/a.png"), "images/a.png");
  assert.equal([...shortName(`${"猫".repeat(80)}🐈.png`)].length, 60);
  assert.match(shortName(`${"a".repeat(80)}.png`), /^a+…a+\.png$/);
  assert.equal(shortName(`data:image/png;base64,${"A".repeat(99)}`), "data:image/png");
});

test("numbers in a style are pixels, as in React", () => {
  assert.deepEqual(
    safeStyle({ color: "red", marginTop: 8, fontWeight: 600, opacity: 0.5, padding: 0 }),
    [
      ["color", "red"],
      ["margin-top", "min(8px, 8rem)"],
      ["font-weight", "600"],
      ["opacity", "0.5"],
      ["padding", "0"],
    ],
  );
  assert.deepEqual(safeStyle({ width: 400, backgroundColor: "rgb(1 2 3 / 50%)" }), [
    ["width", "min(400px, 100%)"],
    ["background-color", "rgb(1 2 3 / 50%)"],
  ]);
});

test("every length in a style is limited", () => {
  assert.deepEqual(
    safeStyle({ fontSize: "900vw", border: "999px solid #ff0000", margin: "1em auto" }),
    [
      ["font-size", "min(900vw, 4rem)"],
      ["border", "min(999px, 1rem) solid #ff0000"],
      ["margin", "min(1em, 8rem) auto"],
    ],
  );
});

test("properties that could cover the page or load anything are dropped, like unknown ones", () => {
  const bad = {
    position: ["fixed"],
    zIndex: [9],
    transform: ["scale(9)"],
    margin: [-4, "-4px", "calc(-1px)"],
    marginLeft: [-1],
    background: ["url(https://a.org)", "image(a)", "var(--x)"],
    color: ["var(--x)", "expression(1)", "red;position:fixed", "rgb(0,0,0);x", "red\nblue"],
    width: [Infinity, "calc(100% + 1px)", "-1px", {}, null, true],
    border: ["1px solid url(a)"],
    fontFamily: ["a;b", "x".repeat(101), "url(a)"],
    opacity: [7, -1],
    constructor: ["x"],
    ["__proto__"]: ["x"],
    cssText: ["position:fixed"],
    "--cs336-ink": ["red"],
  };
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values)
      assert.deepEqual(safeStyle({ [name]: value }), [], `${name}: ${value}`);
  }
});

test("verbatim output is recognized by its style", () => {
  assert.ok(isVerbatim({ fontFamily: "monospace", whiteSpace: "pre", color: "red" }));
  assert.ok(!isVerbatim({ fontFamily: "monospace" }));
});

test("the label of a reference is its author and year, its title or its address", () => {
  const authors = ["Ada Lovelace", "Charles Babbage"];
  assert.equal(referenceLabel({ authors, date: "1843-09-01" }), "[Lovelace+ 1843]");
  assert.equal(
    referenceLabel({ authors: ["The Qwen Team", "B"], date: "2024" }),
    "[The Qwen Team 2024]",
  );
  assert.equal(referenceLabel({ authors: ["Ada"] }), "[Ada ?]");
  assert.equal(referenceLabel({ title: "Notes", url: "a.b/c" }), "[Notes]");
  assert.equal(referenceLabel({ url: "a.b/c" }), "[a.b/c]");
  assert.equal(referenceLabel({ authors: [] }), "[?]");
});

test("a title that is a label stays one", () => {
  for (const [label, shown] of [
    ["[ [article]]", "[article]"],
    ["[[a] b]", "[[a] b]"],
    [" [a] ", "[a]"],
    ["a", "a"],
  ]) {
    assert.equal(singleBrackets(label), shown);
  }
  assert.equal(referenceLabel({ title: " [article]" }), "[article]");
});

test("a card shows a reference, truncated", () => {
  const authors = Array.from({ length: 40 }, (_, i) => `Author ${i}`);
  const parts = Object.fromEntries(
    cardParts({
      title: "T",
      authors,
      organization: "O",
      date: "2024",
      description: "d".repeat(9000),
      url: "https://a.org",
    }),
  );
  assert.equal(
    parts.authors,
    "Author 0, Author 1, Author 2, Author 3, Author 4, Author 5 and 34 others",
  );
  assert.equal(parts.source, "O, 2024");
  assert.deepEqual(cardParts({ date: "2023-03-15T17:15:04Z" }), [["source", "2023-03-15"]]);
  assert.equal(parts.description.length, 701);
  assert.equal(parts.notes, undefined);
  assert.deepEqual(cardParts({}), []);
});

test("a reference without more information than its link has no card", () => {
  assert.ok(!hasMore({ title: "[article]", url: "https://a.org" }, "[article]"));
  assert.ok(hasMore({ title: "A paper", url: "https://a.org" }, "see here"));
  assert.ok(hasMore({ title: "A paper", notes: "good" }, "[A paper]"));
});
