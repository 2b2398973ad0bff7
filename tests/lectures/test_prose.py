"""The prose of the lectures, as the trace viewer shows it: formulas, citations, links to pages."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from book.builder.citations import cite
from book.builder.documents import document, titles
from cs336_core.trace.lectures.cells import Cell, cells
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
    markdown = [prose(cell, lambda _: VALUE, cite, linked) for cell in prose_cells(path)]
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
def test_citations_are_text_and_page_links_show_titles(path: Path) -> None:
    for cell, html in zip(prose_cells(path), rendered(path), strict=True):
        for role, keys in re.findall(r"\{(cite:\w+)\}`([^`]+)`", cell.text):
            citation = cite(role, re.split(r",\s*", keys))
            assert "{" not in citation
            assert text_of(citation).replace("\\", "") in " ".join(text_of(html).split())
        links = re.findall(r'<a href="((?:lectures|book)/\w+)\.html">(.*?)</a>', html)
        assert len(links) == cell.text.count("{doc}`")
        for page, title in links:
            assert (ROOT / f"{page}.py").is_file()
            assert title not in page
