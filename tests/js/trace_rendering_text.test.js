import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { markdownHTML } from "../../cs336_core/viewer/renderings/markdown.js";
import { highlightPython, lazilyHighlighted } from "../../cs336_core/viewer/source/highlight.js";

const tex = (text) => `<code class="cs336-tex">${text}</code>`;
const display = (text) => `<code class="cs336-tex cs336-tex-display">${text}</code>`;
const inline = (text) =>
  markdownHTML(text)
    .trim()
    .replace(/^<p>|<\/p>$/g, "");
const plain = (html) =>
  html
    .replace(/<[^>]*>/g, "")
    .replace(/&#(x?)([\da-f]+);/g, (_, hex, n) => String.fromCharCode(parseInt(n, hex ? 16 : 10)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

test("formulas are found by Pandoc's rules", () => {
  assert.equal(inline("so $x^2$."), `so ${tex("x^2")}.`);
  assert.equal(inline("$a$ and $b_1$, $c_1$"), `${tex("a")} and ${tex("b_1")}, ${tex("c_1")}`);
  assert.equal(inline("$a < b$"), tex("a &#60; b"));
  assert.equal(inline("$\\$5$"), tex("\\$5"));
  assert.equal(inline("is $$x$$ here"), `is ${display("x")} here`);
});

test("money and code are not formulas", () => {
  for (const money of ["$5 and $6", "from $5 to$6", "$ x$", "$x $", "a $ b", "$5", "\\$x\\$"]) {
    assert.doesNotMatch(markdownHTML(money), /cs336-tex/, money);
  }
  assert.equal(inline("`$x$` costs $5 `or$`"), "<code>$x$</code> costs $5 <code>or$</code>");
  assert.doesNotMatch(markdownHTML("```\n$$x$$\n```"), /cs336-tex/);
  assert.doesNotMatch(markdownHTML("    $x$"), /cs336-tex/);
});

test("an escaped bracket is a bracket", () => {
  assert.equal(
    inline("\\[Vaswani et al., 2017\\] and \\(so on\\)"),
    "[Vaswani et al., 2017] and (so on)",
  );
  assert.equal(markdownHTML("\\[\nx\n\\]").trim(), "<p>[\nx\n]</p>");
});

test("a display formula may contain what would otherwise be Markdown", () => {
  assert.equal(markdownHTML("$$\na\n- b\n= c_1 * d_1\n$$").trim(), display("a\n- b\n= c_1 * d_1"));
  assert.equal(markdownHTML("$$\nx\\\\[2pt] y\n$$").trim(), display("x\\\\[2pt] y"));
  assert.equal(markdownHTML("so\n$$x$$\nthen").trim(), `<p>so</p>\n${display("x")}<p>then</p>`);
  assert.doesNotMatch(markdownHTML("$$x\n\ny$$"), /cs336-tex/);
});

test("asterisks and underscores in a formula are not emphasis", () => {
  assert.equal(inline("*a $b*c$ d*"), `<em>a ${tex("b*c")} d</em>`);
  assert.equal(inline("$a*b$ and $c*d$"), `${tex("a*b")} and ${tex("c*d")}`);
});

test("Python code is highlighted", () => {
  assert.match(markdownHTML("```python\ndef f(): pass\n```"), /hljs-keyword">def</);
  assert.equal(
    markdownHTML("```\ndef <f>\n```").trim(),
    "<pre><code>def &#60;f&#62;\n</code></pre>",
  );
});

test("unclosed delimiters take time proportional to the length of the text", () => {
  for (const opening of [
    "\\[",
    "\\(",
    "$a ",
    "$$a ",
    "$",
    "$$",
    "[",
    "*a",
    "`",
    "\\[\\(",
    "<",
    "![",
    "a_",
  ]) {
    const text = opening.repeat(20_000 / opening.length);
    const before = process.cpuUsage();
    try {
      markdownHTML(text);
    } catch (error) {
      assert.ok(
        error instanceof RangeError || /nest|stack/i.test(error.message),
        `${opening}: ${error}`,
      );
    }
    const { user } = process.cpuUsage(before); // microseconds, the same on a busy machine
    assert.ok(user < 5_000_000, opening);
  }
});

test("every line of Python is valid HTML by itself, and none is lost", () => {
  const source =
    'def f(x):\n    """One\n    two <b>&\n    """\n    return f"{x}"\n\n@g\nclass A: pass  # it\'s\n';
  const lines = highlightPython(source);
  assert.equal(lines.map(plain).join("\n"), source);
  assert.match(lines[2], /^<span class="hljs-string">.*two &lt;b&gt;&amp;<\/span>$/);
  for (const line of lines) {
    assert.equal(line.match(/<span/g)?.length, line.match(/<\/span>/g)?.length, line);
  }
});

test("long lines and long sources stay plain, and safe", () => {
  const long = `x = "${"<".repeat(2_001)}"`;
  const [before, line, after] = highlightPython(`def f():\n${long}\n    return 1`);
  assert.match(before, /hljs-keyword/);
  assert.match(after, /hljs-keyword/);
  assert.equal(plain(line), long);
  assert.doesNotMatch(line, /</);
  assert.deepEqual(highlightPython(`${"a\n".repeat(1_000_001)}<`).at(-1), "&#60;");
});

/** Where a line break does not end a statement, or only seems to. */
const BREAKS = `x = [  # a ( in a comment
    "]", '"""', """
x = 1 ] \\""" y
""",
]
y = x \\
    + "(" + 'it\\'s'
def f(a,  # the first
      b: str = "def"):
    r"""A docstring
    with 'quotes' and [brackets
    """
    return {a: f"{b}"}
@g
class A(B): pass
`;

test("a source that is highlighted in parts looks like one highlighted at once", () => {
  const lecture = readFileSync(new URL("../../lectures/03_bpe.py", import.meta.url), "utf8");
  for (const source of [BREAKS.repeat(3), lecture]) {
    const whole = highlightPython(source);
    const line = lazilyHighlighted(source);
    // From the end to the beginning, as after a jump.
    for (let i = whole.length - 1; i >= 0; i--) assert.equal(line(i), whole[i], `line ${i + 1}`);
  }
});

test("of a source that is not Python, or too long, every line is there", () => {
  const unclosed = `x = (\n"""\n${"<a>\n".repeat(10_000)}`;
  const line = lazilyHighlighted(unclosed);
  assert.equal(
    unclosed
      .split("\n")
      .map((_, i) => plain(line(i)))
      .join("\n"),
    unclosed,
  );
  assert.equal(lazilyHighlighted(`${"a\n".repeat(1_000_001)}<`)(1_000_001), "&#60;");
  assert.equal(lazilyHighlighted("")(0), "");
});
