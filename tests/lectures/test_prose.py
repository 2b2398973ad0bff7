"""The prose of the lectures, as the trace viewer shows it: formulas, citations, links to pages."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from book.builder import publish_traces
from book.builder.citations import cite
from book.builder.documents import document, titles
from book.builder.term_links import TermLinks, known_terms
from cs336_core.trace.lectures.cells import Cell, cells, cells_by_line
from cs336_core.trace.lectures.prose import prose
from tools.shell.paths import ROOT

LECTURES = sorted((ROOT / "lectures").glob("*.py"))
# A computed value with every character that is special in Markdown or TeX.
VALUE = "[1, [2]] (3) $4 and $5, $n$ \\[x\\] \\(y\\) {z} *a* _b_ `c` <d> &e; #f | ~g~"
SHOW = """
import { markdownHTML } from "./cs336_core/viewer/renderings/markdown.js";
let input = "";
for await (const chunk of process.stdin) input += chunk;
process.stdout.write(JSON.stringify(JSON.parse(input).map(markdownHTML)));
"""


def prose_cells(path: Path) -> list[Cell]:
    return [cell for cell in cells(path.read_text("utf-8")) if cell.kind == "markdown"]


@cache
def rendered(path: Path) -> list[str]:
    """Return the HTML that the viewer renders for each cell of prose."""
    linked = partial(document, page=f"lectures/{path.stem}", known=titles())
    cited = partial(cite, page=f"lectures/{path.stem}.html")
    term = TermLinks(known_terms())
    cells = prose_cells(path)
    return html_of([prose(cell, lambda _: VALUE, cited, linked, term) for cell in cells])


def html_of(markdown: list[str]) -> list[str]:
    """Return the HTML that the viewer renders for each Markdown text."""
    run = subprocess.run(
        ["node", "--input-type=module", "-e", SHOW],
        input=json.dumps(markdown),
        capture_output=True,
        check=True,
        cwd=ROOT,
        encoding="utf-8",
    )
    html: list[str] = json.loads(run.stdout)
    return html


def formulas_of(source: str) -> list[str]:
    """Return the formulas of a cell: the text between dollar signs outside code and roles."""
    without_fences = re.sub(r"(?m)^ *[`:]{3,}.*$", "", source)
    without_code = re.sub(r"(?s)(`+)(?!`).+?(?<!`)\1(?!`)", "", without_fences)
    found = re.findall(r"\$\$(.+?)\$\$|(?<!\\)\$([^$]+?)(?<!\\)\$", without_code, re.DOTALL)
    return [display.strip() or inline.strip() for display, inline in found]


def text_of(html: str) -> str:
    """Return the text of HTML without tags and formulas."""
    entities: dict[str, Any] = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&amp;": "&"}
    text = re.sub(r"<[^>]*>", "", re.sub(r'<code class="cs336-tex.*?</code>', "", html))
    text = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), text)
    for entity, character in entities.items():
        text = text.replace(entity, character)
    return text


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_formulas_are_exactly_those_of_the_source(path: Path) -> None:
    for cell, html in zip(prose_cells(path), rendered(path), strict=True):
        formulas = re.findall(r'<code class="cs336-tex[^>]*>(.*?)</code>', html, re.DOTALL)
        assert len(formulas) == len(formulas_of(cell.text)), cell.text
        values = cell.text.count("{eval}`")
        assert text_of(html).count(VALUE) == values, html


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_what_the_code_shows_has_no_formulas(path: Path) -> None:
    """Lists of ids and other values in brackets are text, as are the tables that cells build."""
    recorded = publish_traces.published(path)
    assert recorded is not None
    by_line = cells_by_line(cells(path.read_text("utf-8")))
    shown = [
        str(rendering.data)
        for step in recorded
        for rendering in step.renderings
        if rendering.type == "markdown" and not rendering.style
        if by_line[step.stack.frames()[0].line].kind == "code"
    ]
    for markdown, html in zip(shown, html_of(shown), strict=True):
        assert ("cs336-tex" in html) == bool(formulas_of(markdown)), markdown


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_citations_are_text_and_page_links_show_titles(path: Path) -> None:
    for cell, html in zip(prose_cells(path), rendered(path), strict=True):
        for role, keys in re.findall(r"\{(cite:\w+)\}`([^`]+)`", cell.text):
            names = cite(role, re.split(r",\s*", keys))
            citation = re.sub(r"\[([^][]*)\]\([^()]*\)", r"\1", names)
            assert "{" not in citation
            assert text_of(citation).replace("\\", "") in " ".join(text_of(html).split())
        links = re.findall(r'<a href="((?:lectures|book)/\w+)\.html">(.*?)</a>', html)
        assert len(links) == cell.text.count("{doc}`")
        for page, title in links:
            assert (ROOT / f"{page}.py").is_file()
            assert title not in page


def test_works_and_terms_have_cards() -> None:
    html = "".join(rendered(ROOT / "lectures" / "04_attention.py"))
    work = re.search(r'<a href="([^"]*)" title="([^"]*)">Vaswani et al., 2017</a>]', html)
    assert work is not None
    assert work[1] == "https://arxiv.org/abs/1706.03762"
    heading, authors, source = work[2].split(" · ")
    assert heading == "Attention Is All You Need"
    assert authors.startswith("Ashish Vaswani, Noam Shazeer")
    assert source == "arXiv:1706.03762, 2017"
    terms = re.findall(r'<a href="book/glossary\.html#(term-[\w.-]+)" title="([^"]*)"><em>', html)
    anchors = [anchor for anchor, _ in terms]
    assert len(set(anchors)) == len(anchors) > 5  # only the first mention of each
    assert "term-Causal-mask" in anchors
    assert all(" · " in title for _, title in terms)
