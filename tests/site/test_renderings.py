"""What a traced program shows, drawn under the content security policy of the viewer's page."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from cs336_core.trace.references import Reference
from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage, Watch, serving
from tests.site.figures import LAID_OUT, ROUND_TRIP
from tools.shell.paths import NODE_MODULES, ROOT

VIEWER = ROOT / "cs336_core" / "viewer"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'"
)
PAGE = f"""<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>Renderings</title>
<link rel="stylesheet" href="bench.css"><script src="bench.js" defer></script></head>
<body><main class="cs336"><h1>What a program shows</h1></main></body></html>"""
BENCH = f"""
import "{ROOT}/cs336_core/ui/ui.css";
import {{ Renderings }} from "{VIEWER}/renderings/rendering.js";
import {{ notebookLibraries, pageLibraries }} from "{VIEWER}/renderings/libraries.js";
import {{ highlightPython }} from "{VIEWER}/source/highlight.js";
import "./page.css";

const main = document.querySelector("main");
const bench = {{ visited: [], violations: [], highlightPython }};
globalThis.bench = bench;
addEventListener("securitypolicyviolation", (event) => {{
  bench.violations.push(`${{event.violatedDirective}} ${{event.blockedURI}} ${{event.sample}}`);
}});
bench.open = (sources) => {{
  bench.renderings = new Renderings({{
    base: document.baseURI,
    libraries: sources
      ? notebookLibraries({{ maths: async () => sources.maths, plots: async () => sources.plots }})
      : pageLibraries(new URL("./", document.baseURI).href),
    goTo: (path, line) => bench.visited.push([path, line]),
  }});
}};
bench.show = (given) => {{
  const empty = {{ data: null, style: {{}}, external: null, internal: null, animate: false }};
  bench.shown = given.map((rendering) => ({{ ...empty, ...rendering }}));
  const elements = bench.shown.map((rendering, i) => bench.renderings.element(rendering, `${{i}}`));
  main.append(...elements);
}};
bench.clear = () => {{
  for (const element of main.querySelectorAll(":scope > .cs336-rendering")) element.remove();
  document.activeElement?.blur();
  document.documentElement.dataset.theme = "light";
  bench.visited.length = 0;
  bench.open();
}};
bench.open();
"""
STYLE = """
body { margin: 0; background: var(--cs336-surface); }
main.cs336 { max-width: 44rem; margin: 0 auto; padding: 1rem; }
main > * + * { margin-top: 0.5rem; }
"""
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGPQi//PgA0MsAQA"
    "W2g5oVTqPm0AAAAASUVORK5CYII="
)


def bundle(folder: Path, name: str, *more: str, source: str | None = None) -> None:
    """Bundle `folder/NAME.entry.js`, or `source` written there, with esbuild's options `more`."""
    entry = folder / f"{name}.entry.js"
    if source is not None:
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.write_text(source, "utf-8")
    subprocess.run(
        [
            *[NODE_MODULES / ".bin" / "esbuild", entry, "--bundle", "--log-level=warning"],
            *[f"--outfile={folder / name}.js", *more],
        ],
        check=True,
        cwd=ROOT,
    )


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page that shows renderings, with the libraries beside it."""
    folder = tmp_path_factory.mktemp("renderings")
    (folder / "page.html").write_text(PAGE, "utf-8")
    # A notebook has no policy of its own.
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    (folder / "notebook.html").write_text(PAGE.replace(policy, ""), "utf-8")
    (folder / "page.css").write_text(STYLE, "utf-8")
    bundle(folder, "bench", source=BENCH)
    for name in ("maths", "plots"):
        library = f"{VIEWER}/renderings/libraries/{name}.js"
        script = f"(globalThis.cs336Libraries ??= {{}}).{name} = library;"
        text = f'import * as library from "{library}"; {script}'
        bundle(folder, f"libraries/{name}", "--minify", source=text)
        text = f'export * from "{library}";'
        bundle(folder, f"modules/{name}", "--format=esm", "--minify", source=text)
    files = [f"--loader:.{kind}=file" for kind in ("woff2", "woff", "ttf")]
    (folder / "maths.entry.js").write_text(f'import "{ROOT}/book/theme/maths.css";', "utf-8")
    bundle(folder, "maths", "--asset-names=fonts/[name]", *files)
    (folder / "picture.png").write_bytes(base64.b64decode(PNG))
    return folder


@pytest.fixture(scope="session")
def served(folder: Path) -> Iterator[str]:
    """The address of the folder, ending in a slash."""
    with serving(folder) as url:
        yield url


class Bench:
    """The page, and what it has shown."""

    def __init__(self, page: Page, watch: Watch, home: str) -> None:
        self.page, self.watch, self.home = page, watch, home
        self.shown = page.locator("main > .cs336-rendering")

    def show(self, *renderings: dict[str, Any]) -> Locator:
        """Show renderings; return the element of the first."""
        count = self.shown.count()
        self.page.evaluate("(given) => bench.show(given)", list(renderings))
        expect(self.shown).to_have_count(count + len(renderings))
        return self.shown.nth(count)

    def text(self, markdown: str, **style: object) -> Locator:
        """Show Markdown."""
        return self.show({"type": "markdown", "data": markdown, "style": style})

    def html(self, markdown: str) -> str:
        """Return the HTML that a Markdown text becomes."""
        return str(self.text(markdown).evaluate("e => e.innerHTML")).strip()

    def violations(self) -> list[str]:
        """Return what the page's policy has forbidden."""
        found: list[str] = self.page.evaluate("bench.violations")
        return found


OpenBench = Callable[..., Bench]


@pytest.fixture
def open_bench(served: str, open_page: OpenPage) -> Iterator[OpenBench]:
    """A function that opens the page, which must break no policy and load nothing foreign."""
    benches: list[Bench] = []

    def opened(
        home: str = served, *, name: str = "page.html", theme: str = "light", **options: Any
    ) -> Bench:
        page, watch = open_page(home + name, **options)
        page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        benches.append(Bench(page, watch, home))
        return benches[-1]

    yield opened
    for bench in benches:
        assert bench.violations() == []
        assert bench.watch.foreign(bench.home) == []


@pytest.fixture(scope="module")
def shared_bench(served: str, module_page: OpenPage) -> Bench:
    page, watch = module_page(f"{served}page.html")
    return Bench(page, watch, served)


@pytest.fixture
def bench(shared_bench: Bench) -> Iterator[Bench]:
    """An empty page that tests share, which must break no policy and load nothing foreign."""
    shared_bench.page.bring_to_front()  # a page behind another draws a frame per second
    shared_bench.page.mouse.move(1, 1)
    shared_bench.page.evaluate("bench.clear()")
    yield shared_bench
    assert shared_bench.violations() == []
    assert shared_bench.watch.foreign(shared_bench.home) == []


VEGA: dict[str, Any] = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "title": "Loss",
    "data": {"values": [{"epoch": i, "loss": 4 / (1 + i), "kind": "ab"[i % 2]} for i in range(8)]},
    "mark": {"type": "line", "point": True, "tooltip": True},
    "encoding": {
        "x": {"field": "epoch", "type": "quantitative"},
        "y": {"field": "loss", "type": "quantitative"},
        "color": {"field": "kind", "type": "nominal"},
    },
}
PAPER = {
    "title": "Attention is all you need",
    "authors": [
        f"Author {name}"
        for name in ["Vaswani", "Shazeer", "Parmar", "Uszkoreit", "B", "C", "D", "E"]
    ],
    "organization": "Google",
    "date": "2017-06-12",
    "url": "https://arxiv.org/abs/1706.03762",
    "description": "A network of attention alone, without recurrence, translates better. " * 3,
    "notes": "Where the transformer begins.",
}
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40">'
    '<circle r="20" cx="60" cy="20"/></svg>'
)
EVERYTHING: list[dict[str, Any]] = [
    {"type": "markdown", "data": "## Tokens\n\nA **token** is `bytes`; $e^{i\\pi} + 1 = 0$."},
    {"type": "markdown", "data": "- one\n- two\n  - three\n\n1. first\n2. second"},
    {"type": "markdown", "data": "$$\\sum_{i=1}^n i = \\frac{n(n+1)}{2}$$"},
    {
        "type": "markdown",
        "data": "```python\ndef f(x: int):\n    return f'{x}'  # text\n```",
    },
    {"type": "markdown", "data": "| name | n |\n|:--|--:|\n| GPT-2 | 50257 |\n| o200k | 200019 |"},
    {"type": "markdown", "data": "> quoted\n\n<details><summary>More</summary>Folded.</details>"},
    {
        "type": "markdown",
        "data": "| GPU 0   A100   41C |",
        "style": {"fontFamily": "monospace", "whiteSpace": "pre"},
    },
    {"type": "image", "data": "picture.png", "style": {"width": 120, "height": 60}},
    {
        "type": "image",
        "data": f"data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}",
    },
    {"type": "image", "data": "https://example.org/figures/attention/attention-in-colours.png"},
    {"type": "image", "data": "data:image/png;base64,AAAA"},
    {"type": "link", "data": "", "external": PAPER},
    {"type": "link", "data": "train", "internal": {"path": "bpe.py", "line": 12}},
    {"type": "note", "data": "Ask who has seen *this*."},
    {"type": "plot", "data": VEGA},
    {"type": "plot", "data": {"mark": "bar", "data": {"url": "rows.json"}}},
]


def test_one_of_each_breaks_no_policy_and_axe_finds_no_violation(bench: Bench) -> None:
    bench.show(*EVERYTHING)
    expect(bench.page.locator(".katex")).to_have_count(2)
    expect(bench.page.locator("svg.marks")).to_have_count(1)
    expect(bench.page.locator(".cs336-placeholder")).to_have_count(3)
    bench.page.get_by_role("link", name="[Vaswani+ 2017]").focus()
    assert violations_in_both_themes(bench.page) == []


def test_from_disk_it_is_the_same(folder: Path, open_bench: OpenBench) -> None:
    bench = open_bench(f"{folder.as_uri()}/")
    bench.show(*EVERYTHING)
    expect(bench.page.locator(".katex")).to_have_count(2)
    expect(bench.page.locator("svg.marks")).to_have_count(1)
    expect(bench.page.get_by_role("img", name="picture.png")).to_have_js_property("naturalWidth", 8)


def test_nothing_is_wider_than_the_screen(open_bench: OpenBench) -> None:
    bench = open_bench(width=360)
    long = "x" * 300
    bench.show(*EVERYTHING)
    bench.text(long + " `" + long + "`\n\n    " + long + f"\n\n|{long}|{long}|\n|--|--|\n|a|b|")
    bench.text(long, fontFamily="monospace", whiteSpace="pre")
    bench.text("$$" + "x + " * 80 + "x$$", width=9000, maxWidth="9000px", margin="0 500px")
    bench.show({"type": "link", "external": {"title": long, "url": "https://a.org"}})
    bench.show({"type": "plot", "data": VEGA | {"width": 4000}})
    expect(bench.page.locator("svg.marks")).to_have_count(2)
    expect(bench.page.locator(".katex-display")).to_have_count(2)
    for width in (360, 768):
        bench.page.set_viewport_size({"width": width, "height": 740})
        bench.page.evaluate(LAID_OUT)
        assert bench.page.evaluate("document.documentElement.scrollWidth") == width


def test_libraries_are_loaded_once_and_when_they_are_needed(open_bench: OpenBench) -> None:
    bench = open_bench()

    def scripts() -> list[str]:
        return [url for url in bench.watch.requests if "/libraries/" in url]

    bench.text("No formula for $5.")
    bench.page.evaluate(ROUND_TRIP)
    assert scripts() == []
    bench.text("$x$")
    bench.text("$y$")
    expect(bench.page.locator(".katex")).to_have_count(2)
    assert scripts() == [bench.home + "libraries/maths.js"]


def test_an_element_is_created_once_for_each_key(bench: Bench) -> None:
    bench.show({"type": "markdown", "data": "$x$"})
    expect(bench.page.locator(".katex")).to_have_count(1)
    same = """() => {
      const { renderings, shown } = bench;
      const first = renderings.element(shown[0], "0");
      first.remove();
      return ["0", "1"].map((key) => first === renderings.element(shown[0], key));
    }"""
    assert bench.page.evaluate(same) == [True, False]


def test_a_line_of_prose_is_as_high_as_its_text(bench: Bench) -> None:
    heights = [
        bench.text(text).evaluate("e => e.getBoundingClientRect().height")
        for text in ("One line.", "One **line** with [a link](a.html).")
    ]
    assert heights == [22.5, 22.5]


ATTACKS = [
    "<script>bench.visited.push('x')</script>",
    "<img src=x onerror=bench.visited.push('x')>",
    "<svg onload=bench.visited.push('x')><style>*{display:none}</style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=bench.visited.push('x')>",
    '<a href="javascript:bench.visited.push(1)">a</a>',
    "[a](javascript:bench.visited.push(1))",
    "[a](<java\tscript:bench.visited.push(1)>)",
    '<iframe srcdoc="<script>parent.bench.visited.push(1)</script>"></iframe>',
    '<form action="https://a.org"><input name=q><button>Go</button></form>',
    '<div style="position:fixed;inset:0" class="modal cs336-card" id="bench" name="body">x</div>',
    '<p data-widget="playground" aria-label="x" role="alert" tabindex=1 contenteditable>x</p>',
    "<base href=https://a.org><meta http-equiv=refresh content='0;url=https://a.org'><link rel=x>",
    '<img src="https://example.org/a.png" srcset="https://example.org/b.png">',
    '<video src="https://example.org/a.mp4" poster="https://example.org/a.png"></video>',
    '<details open ontoggle="bench.visited.push(1)"><summary>a</summary></details>',
    '<custom-element><template><img src=x onerror="bench.visited.push(1)"></template>',
    '<code class="cs336-tex">\\href{javascript:bench.visited.push(1)}{x}</code>',
    "$\\href{javascript:bench.visited.push(1)}{x} \\includegraphics{https://a.org/x.png}$",
    "$\\htmlStyle{position:fixed}{x} \\htmlId{bench}{y}$",
    "```python\n</code></pre><img src=x onerror=bench.visited.push(1)>\n```",
    "| <img src=x onerror=bench.visited.push(1)> |\n|--|\n| x |",
    '![x" onerror="bench.visited.push(1)](x.png)',
]


HARMFUL = """(e) => [...e.querySelectorAll("*")].flatMap((element) => {
  const tags = ["script", "style", "svg", "iframe", "form", "input", "button", "base", "meta"];
  const fine = ["class", "href", "target", "rel", "title", "alt", "src", "tabindex", "open"];
  fine.push("role", "decoding", "aria-label");
  if (element.closest(".katex, pre")) return [];
  const bad = element.getAttributeNames().filter((name) => !fine.includes(name));
  if (element.matches([...tags, "link", "template", "video"].join())) bad.push(element.tagName);
  if (element.matches("a[href]") && !/^https?:$/.test(element.protocol)) bad.push(element.href);
  if (element.matches(".cs336-card, .modal")) bad.push(element.className);
  return bad;
})"""


def test_text_from_outside_stays_text(served: str, open_page: OpenPage) -> None:
    # Attacks do break the policy, which this page does not check.
    page, watch = open_page(f"{served}page.html")
    bench = Bench(page, watch, served)
    for attack in ATTACKS:
        for kind in ("markdown", "note"):
            shown = bench.show({"type": kind, "data": attack})
            assert shown.evaluate(HARMFUL) == [], attack
    expect(page.locator(".katex")).not_to_have_count(0)
    page.evaluate(ROUND_TRIP)
    assert page.evaluate("bench.visited") == []
    assert page.locator("a[href^='javascript:'], main [id], [style*=fixed]").count() == 0
    assert watch.foreign(served) == []


def test_harmless_html_stays(bench: Bench) -> None:
    assert bench.html("H<sub>2</sub>O") == "<p>H<sub>2</sub>O</p>"
    html = "<details><summary>a</summary>b</details>"
    assert bench.html(html) == html
    assert bench.html("- [x] done") == "<ul>\n<li>☑ done</li>\n</ul>"


def test_links_in_markdown(bench: Bench) -> None:
    bench.text("[out](https://a.org/b) [in](03_bpe.html#x) [here](#x) [no](data:text/html,x)")
    out = bench.page.get_by_role("link", name="out")
    expect(out).to_have_attribute("target", "_blank")
    expect(out).to_have_attribute("rel", "noopener noreferrer")
    for name, href in (("in", "03_bpe.html#x"), ("here", "#x")):
        link = bench.page.get_by_role("link", name=name)
        expect(link).to_have_attribute("href", href)
        assert link.get_attribute("target") is None
    assert bench.page.get_by_role("link", name="no").count() == 0


def test_long_and_deep_texts_are_shown_within_bounds(bench: Bench) -> None:
    cut = bench.text("word " * 20_010)
    expect(cut).to_contain_text("The text is cut here: 50 more characters are not shown.")
    expect(bench.text("> " * 9_000 + "x")).to_contain_text("> > >")


def test_output_of_a_program_stays_verbatim(bench: Bench) -> None:
    style = {"fontFamily": "monospace", "whiteSpace": "pre"}
    shown = bench.text("    # *not* <b>Markdown</b>  $x$", **style)
    assert shown.evaluate("e => e.innerHTML") == "    # *not* &lt;b&gt;Markdown&lt;/b&gt;  $x$"
    assert shown.evaluate("e => getComputedStyle(e).whiteSpace") == "pre-wrap"
    assert bench.text("", **style).bounding_box()["height"] > 15  # type: ignore[index]


FORMULAS = [
    r"\boxed{x}", r"\fcolorbox{red}{blue}{x}", r"\pmb{x}", r"\cancel{x}", r"\sqrt[3]{x}",
    r"\begin{pmatrix}1\\\hline 3\end{pmatrix}", r"\color{red}{x}", r"\tag{1} x", r"\phase{78}",
    r"\overbrace{a+b}^{n}", r"\xrightarrow{abc}", r"\rule{1em}{2em}", r"\underline{x}",
    r"\begin{aligned}a&=b\\c&=d\end{aligned}", r"\left(\frac{a}{b}\right)", r"\angl{n}",
    r"\raisebox{1em}{x}", r"\kern3em x", r"\hphantom{x}", r"\mathchoice{a}{b}{c}{d}",
]  # fmt: skip


def test_formulas_are_typeset_under_the_policy(bench: Bench) -> None:
    for tex in FORMULAS:
        bench.text(f"$${tex}$$")
    expect(bench.page.locator(".katex-display")).to_have_count(len(FORMULAS))
    assert bench.page.locator(".katex-error, [data-cs336-style]").count() == 0


@pytest.mark.parametrize("tex", [r"\frac{", r"\nosuch", r"\def\a{\a\a}\a", "{" * 3000 + "x"])
def test_an_invalid_formula_is_shown_as_it_is(bench: Bench, tex: str) -> None:
    shown = bench.text(f"a ${tex}$ b")
    code = shown.locator("code.cs336-tex[title]")
    expect(code).to_have_text(tex)
    assert shown.locator(".katex").count() == 0


def test_without_the_library_the_tex_is_shown(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{served}page.html")
    page.route("**/libraries/*", lambda route: route.abort())
    bench = Bench(page, watch, served)
    expect(bench.text("so $x^2$").locator("code")).to_have_text("x^2")
    plot = bench.show({"type": "plot", "data": VEGA})
    expect(plot).to_contain_text("could not be drawn")
    assert bench.text("so $x^2$").inner_text() == "so x^2"


@pytest.mark.parametrize(("kind", "wrong"), [("image", "images/none.png"), ("video", "none.mp4")])
def test_missing_media_are_named(bench: Bench, kind: str, wrong: str) -> None:
    expect(bench.show({"type": kind, "data": wrong})).to_have_text(
        f"{kind.capitalize()} not found: {wrong}"
    )


@pytest.mark.parametrize("kind", ["image", "video"])
def test_media_of_another_site_are_not_loaded(bench: Bench, kind: str) -> None:
    shown = bench.show({"type": kind, "data": "https://example.org/a/b"})
    expect(shown).to_contain_text(f"{kind.capitalize()} on another site")
    link = shown.get_by_role("link", name="Open it there")
    expect(link).to_have_attribute("href", "https://example.org/a/b")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_an_image_has_its_size_before_it_loads(bench: Bench) -> None:
    given = {"type": "image", "data": "picture.png", "style": {"width": 200, "height": 100}}
    picture = bench.show(given).locator("img")
    assert picture.evaluate("e => [e.offsetWidth, e.offsetHeight]") == [200, 100]
    given["style"] = {"width": 64}
    picture = bench.show(given).locator("img")
    expect(picture).to_have_js_property("offsetHeight", 64)
    bench.text("![A dot](picture.png)")
    expect(bench.page.get_by_role("img", name="A dot")).to_have_js_property("naturalWidth", 8)


COLORED = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
  viewBox="0 0 10 10" width="10" onload="globalThis.harmed = 1"
  style="fill: var(--cs336-ink, red); position: fixed; background: url(https://evil.invalid/a)">
<style>body { display: none }</style><script>globalThis.harmed = 2</script>
<defs><path id="page" d="M 0 0 L 1 1"/>
<clipPath id="c"><rect width="5" height="5"/></clipPath></defs>
<use xlink:href="#page" x="1"/><use href="https://evil.invalid/b.svg#x"/>
<g clip-path="url(#c)"><text style='font-size: 2px'>a &lt;b&gt;</text></g>
<image href="https://evil.invalid/c.png"/><a href="javascript:globalThis.harmed = 3"><path/></a>
<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://evil.invalid/"/></foreignObject>
<set attributeName="href" to="javascript:globalThis.harmed = 4"/></svg>"""


def test_of_a_colored_figure_only_what_it_needs_is_copied(served: str, open_page: OpenPage) -> None:
    bench = Bench(*open_page(f"{served}page.html"), served)  # attacks do break the policy
    data = base64.b64encode(COLORED.encode()).decode()
    shown = bench.show(
        {
            "type": "image",
            "data": f"data:image/svg+xml;base64,{data}",
            "external": {"title": "A figure"},
            "style": {"maxWidth": "20rem"},
        }
    )
    figure = bench.page.get_by_role("img", name="A figure", exact=True)
    names = figure.evaluate("e => [...e.querySelectorAll('*')].map((part) => part.localName)")
    assert names == ["defs", "path", "clipPath", "rect", "use", "use", "g", "text"]
    (own, foreign) = figure.locator("use").all()
    path = figure.locator("path").get_attribute("id")
    assert path != "page"
    assert own.get_attribute("href") == f"#{path}"
    assert foreign.get_attribute("href") is None
    assert figure.locator("text").text_content() == "a <b>"
    style = figure.evaluate("e => [e.style.fill, e.style.position, e.style.backgroundImage]")
    assert style == ["var(--cs336-ink, red)", "", ""]
    assert shown.evaluate("e => e.offsetWidth") > figure.evaluate("e => e.clientWidth") == 320
    assert bench.page.evaluate("globalThis.harmed") is None
    assert bench.watch.foreign(bench.home) == []


def test_another_picture_stays_an_image(bench: Bench) -> None:
    svg = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="9"/>').decode()
    for data in (f"data:image/svg+xml;base64,{svg}", "data:image/svg+xml;base64,%%%"):
        shown = bench.show({"type": "image", "data": data})
        expect(shown.locator("img, .cs336-placeholder")).to_have_count(1)
        assert shown.locator("svg").count() == 0


LABELLED: list[dict[str, Any]] = [
    PAPER,
    {"authors": ["Ada Lovelace"], "date": "1843"},
    {"authors": ["The Qwen Team", "Another"], "date": "2024-12-19"},
    {"authors": ["Teamster Smith", "B"]},
    {"authors": ["  李   明 ", "B"], "date": "二〇二四年"},
    {"title": "Notes", "url": "https://a.org"},
    {"url": "https://a.org/b"},
    {"authors": [], "title": ""},
    {},
]


def test_a_link_has_the_label_that_python_gives_it(bench: Bench) -> None:
    for reference in LABELLED:
        shown = bench.show({"type": "link", "external": reference})
        expect(shown.locator("a")).to_have_text(Reference(**reference).label)


def test_a_link_to_code_goes_there(bench: Bench) -> None:
    bench.show({"type": "link", "data": "train", "internal": {"path": "bpe.py", "line": 12}})
    bench.page.get_by_role("button", name="train").focus()
    bench.page.keyboard.press("Enter")
    assert bench.page.evaluate("bench.visited") == [["bpe.py", 12]]


def paper(bench: Bench) -> Locator:
    """The link to a paper."""
    bench.show({"type": "link", "external": PAPER})
    return bench.page.get_by_role("link", name="[Vaswani+ 2017]")


def test_a_card_by_keyboard(bench: Bench) -> None:
    link, card = paper(bench), bench.page.get_by_role("tooltip")
    assert card.count() == 0
    link.focus()
    expect(card).to_contain_text("Attention is all you need")
    expect(card).to_contain_text("Author B, Author C and 2 others")
    expect(card).to_contain_text("https://arxiv.org/abs/1706.03762")
    expect(link).to_have_accessible_description(card.inner_text().replace("\n", " "))
    bench.page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(link).to_be_focused()
    bench.page.keyboard.press("Tab")
    bench.page.keyboard.press("Shift+Tab")
    expect(card).to_be_visible()
    link.evaluate("e => e.blur()")
    expect(card).to_have_count(0)


def test_a_card_by_mouse_stays_while_it_is_read(open_bench: OpenBench) -> None:
    bench = open_bench()
    bench.page.clock.install()
    link, card = paper(bench), bench.page.get_by_role("tooltip")
    link.hover()
    expect(card).to_be_visible()
    card.hover()
    bench.page.clock.run_for(5000)
    expect(card).to_be_visible()
    bench.page.mouse.move(5, 500)
    expect(card).to_have_count(0)


def test_a_card_by_touch_comes_with_the_first_tap(open_bench: OpenBench) -> None:
    bench = open_bench(width=360, has_touch=True, is_mobile=True)
    link, card = paper(bench), bench.page.get_by_role("tooltip")
    link.evaluate(
        """e => e.addEventListener("click", (event) => {
          bench.visited.push(event.defaultPrevented);
          event.preventDefault();
        })"""
    )
    link.tap()
    expect(card).to_contain_text("Tap the link again to open it.")
    bench.page.touchscreen.tap(200, 20)
    expect(card).to_have_count(0)
    link.tap()
    expect(card).to_be_visible()
    link.tap()
    assert bench.page.evaluate("bench.visited") == [True, True, False]


@pytest.mark.parametrize("popover", [True, False])
def test_a_card_stays_within_the_window(open_bench: OpenBench, popover: bool) -> None:
    bench = open_bench(width=360, height=640)
    if not popover:  # as in browsers of 2022
        bench.page.evaluate("delete HTMLElement.prototype.popover; bench.open()")
    link = paper(bench)
    move = "(e, [left, top]) => Object.assign(e.style, { position: 'fixed', left, top })"
    for left, top in ((0, 0), (200, 560)):
        link.evaluate(move, [f"{left}px", f"{top}px"])
        link.focus()
        box = bench.page.get_by_role("tooltip").bounding_box()
        assert box is not None
        assert box["x"] >= 8
        assert box["y"] >= 8
        assert box["x"] + box["width"] <= 352
        assert box["y"] + box["height"] <= 632
        link.evaluate("e => e.blur()")
        expect(bench.page.get_by_role("tooltip")).to_have_count(0)


def test_a_plot_is_described_and_follows_the_theme(bench: Bench) -> None:
    bench.show({"type": "plot", "data": VEGA})
    plot = bench.page.locator(
        "[role=graphics-document][aria-label^='Plot: Loss; x: epoch; y: loss']"
    )
    expect(plot.first).to_be_attached()
    title = bench.page.locator("svg.marks text", has_text="Loss").first
    fills = []
    for theme in ("light", "dark"):
        bench.page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
        fills.append(title.evaluate("e => getComputedStyle(e).fill"))
    assert fills == ["rgb(27, 31, 36)", "rgb(231, 234, 239)"]


REFUSED: list[tuple[object, str]] = [
    ({"mark": "nosuch"}, "could not be drawn"),
    ({"mark": "bar", "data": {"url": "https://a.org/rows.csv"}}, "load https://a.org"),
    ({"mark": "bar", "data": {"sequence": {"stop": 1e6}}}, "has 1,000,000 rows of data"),
    (VEGA | {"width": 1e9}, "has more than 1,000 ticks or bins of a scale"),
    (VEGA | {"transform": [{"calculate": "test(/(a+)+$/, 'aa!')", "as": "b"}]}, "calls test()"),
    ({"marks": [], "data": []}, "could not be drawn"),
    ([], "has no specification"),
]


def test_a_refused_plot_explains_why(bench: Bench) -> None:
    for spec, sentence in REFUSED:
        shown = bench.show({"type": "plot", "data": spec})
        expect(shown).to_contain_text(sentence)
        shown.get_by_text("Specification", exact=True).click()
        expect(shown.locator("pre")).to_be_visible()


def test_a_plot_cannot_change_the_page(bench: Bench) -> None:
    push = "bench.visited.push(1)"
    spec = VEGA | {
        "config": {"events": {"window": True, "bind": "any"}, "background": "white"},
        "params": [
            {"name": "p", "value": 1, "bind": {"input": "text", "onfocus": push, "autofocus": "1"}},
            {"name": "q", "value": 1, "bind": {"element": "h1", "input": "range"}},
        ],
        "transform": [
            {"calculate": "datum.constructor.constructor('bench.visited.push(1)')()", "as": "z"}
        ],
    }
    bench.show({"type": "plot", "data": spec})
    image = {"type": "image", "url": "https://example.org/a.png"}
    bench.show({"type": "plot", "data": VEGA | {"mark": image}})
    href = {"encoding": VEGA["encoding"] | {"href": {"value": f"javascript:{push}"}}}
    shown = bench.show({"type": "plot", "data": VEGA | {"mark": "point"} | href})
    expect(shown.locator("svg.marks path").first).to_be_attached()
    shown.locator("svg.marks [aria-roledescription=point]").first.click()
    assert bench.page.locator("input, form, a[href*='script:']").count() == 0
    assert bench.page.locator("h1").inner_text() == "What a program shows"
    assert bench.page.evaluate("bench.visited") == []


UNSEEN = [
    "",
    "\u00a0",
    "\ufeff",
    "\u2028",
    "\u3000",
    "\u1680",
    "\u2000",
    "\u0001",
    "\u0001\u00a0",
    "\t",
]
SCRIPTS = [f"{first}java\nScript:bench.visited.push('script')" for first in UNSEEN]
LOADED = "'u' + 'rl(https://example.org/x#y)'"
LOADING: list[dict[str, Any]] = [
    {"mark": {"type": "point", "fill": {"expr": LOADED}}},
    {"mark": {"type": "point", "stroke": "url(https://example.org/x)"}},
    {"mark": {"type": "point", "cursor": {"expr": LOADED}}},
    {"mark": "point", "encoding": VEGA["encoding"] | {"color": {"value": "\\75rl(https://a.org)"}}},
]


def test_without_a_policy_nothing_runs_and_nothing_is_loaded(
    served: str, open_bench: OpenBench
) -> None:
    bench = open_bench(served, name="notebook.html")
    for address in SCRIPTS:
        bench.show({"type": "link", "data": "a link", "external": {"url": address}})
        bench.show({"type": "link", "data": address})
        bench.show({"type": "image", "data": address})
        bench.text(f"[a link](<{address}>) <a href='{address}'>a link</a>")
    for spec in LOADING:
        expect(bench.show({"type": "plot", "data": VEGA | spec})).to_contain_text("would load")
    image = {"type": "image", "url": "https://example.org/a.png"}
    href = {"href": {"value": SCRIPTS[1]}}
    shown = bench.show(
        {"type": "plot", "data": VEGA | {"mark": image}},
        {"type": "plot", "data": VEGA | {"mark": "point", "encoding": VEGA["encoding"] | href}},
    )
    expect(bench.page.locator("svg.marks")).to_have_count(2)
    expect(shown.locator("svg.marks").first).to_be_attached()
    followed = """() => [...document.querySelectorAll("a, path")].map((e) => {
      const click = new MouseEvent("click", { bubbles: true, cancelable: true });
      if (e.protocol !== "http:") e.dispatchEvent(click);  // it leads to a page of this site
      return e.protocol;
    })"""
    protocols = set(bench.page.evaluate(followed))
    bench.page.evaluate(ROUND_TRIP)
    assert protocols <= {":", None, "http:"}
    assert bench.page.evaluate("bench.visited") == []


def test_in_a_notebook_the_libraries_are_modules(folder: Path, open_bench: OpenBench) -> None:
    bench = open_bench(f"{folder.as_uri()}/", name="notebook.html")
    names = ("maths", "plots")
    sources = {name: (folder / "modules" / f"{name}.js").read_text("utf-8") for name in names}
    bench.page.evaluate("(sources) => bench.open(sources)", sources)
    formula = bench.text("$\\boxed{x^2}$")
    expect(formula.locator("math")).to_be_visible()
    assert formula.locator(".katex-html").count() == 0
    bench.show({"type": "plot", "data": VEGA})
    expect(bench.page.locator("svg.marks")).to_have_count(1)


def test_a_malformed_rendering_is_still_shown(bench: Bench) -> None:
    for kind in ("markdown", "note", "image", "video", "link", "plot", "graph", "<b>"):
        for data in (None, 3, {"a": 1}, ["x"]):
            bench.show({"type": kind, "data": data})
    expect(bench.shown.last).to_contain_text("does not know")
