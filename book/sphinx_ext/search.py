"""The search: an index of the sections of every page, and the scripts that look things up in it.

Sphinx's own search finds pages. Ours finds the section, or the term of the glossary, that holds the
match: each is an entry of `search_sections.js`, a script, so that a page opened from disk can load
it. The excerpts come from its text; no page is fetched for them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from sphinx.application import Sphinx

INDEX = "_static/search_sections.js"
SCRIPT = "globalThis.cs336SearchSections = {sections};\n"
# Sphinx's search, which nothing uses any more.
UNUSED = (
    "searchindex.js",
    *(f"_static/{name}.js" for name in ("searchtools", "language_data", "sphinx_highlight")),
)

LEFT_OUT = (
    "script, style, .headerlink, .trace-whole, .trace-cell, .katex-mathml, .visually-hidden, "
    "details.hide > summary, .cs336-fallback, .sd-summary-state-marker, nav"
)
INLINE = {
    *("a", "abbr", "b", "bdi", "cite", "code", "em", "i", "kbd", "mark", "q", "s", "small"),
    *("span", "strong", "sub", "sup", "time", "u", "var", "wbr"),
}
ENDING = re.compile(r"[.,:;?!…][)\]’”]*$")


class Section(TypedDict):
    """An entry of the index, as book/theme/search/search.js describes it."""

    page: str
    title: str
    href: str
    anchor: str
    text: str


def sections(html: str, href: str) -> Iterator[Section]:
    """Yield the sections of a page, and its terms where it defines some; each has its own text."""
    article = BeautifulSoup(html, "html.parser").select_one("article.bd-article")
    if article is None or article.h1 is None:
        return
    for element in article.select(LEFT_OUT):
        element.decompose()
    page = plain(article.h1)
    for element in article.select("section[id], dt[id]"):
        if element.name == "dt":
            title, own = plain(element), definition(element)
        else:
            heading = element.find(re.compile("^h[1-6]$"), recursive=False)
            title = plain(heading) if isinstance(heading, Tag) else page
            own = [child for child in element.children if child is not heading]
        # The page itself is where its first section begins.
        anchor = "" if element.h1 else str(element["id"])
        yield Section(page=page, title=title, href=href, anchor=anchor, text=plain(*own))


def definition(term: Tag) -> list[PageElement]:
    """Return what defines a term; terms in a row share one definition."""
    found = term.find_next_sibling("dd")
    return [found] if found else []


def plain(*elements: PageElement) -> str:
    """Return the text of elements without what stands in sections or terms of its own.

    Blocks are set apart: by a space after a mark that ends something, else by a dot.

    >>> soup = BeautifulSoup("<p>One</p><p>Two.</p><p>Th<b>ree</b></p>", "html.parser")
    >>> plain(soup)
    'One · Two. Three'
    """
    blocks = [""]

    def add(element: PageElement) -> None:
        if isinstance(element, Tag):
            if element.name == "section" or (element.name == "dl" and element.select("dt[id]")):
                return
            block = element.name not in INLINE
            if block:
                blocks.append("")
            for child in element.children:
                add(child)
            if block:
                blocks.append("")
        elif type(element) is NavigableString:  # and no comment
            blocks[-1] += str(element)

    for element in elements:
        add(element)
    text = ""
    for block in filter(None, (" ".join(block.split()) for block in blocks)):
        if text:
            text += " " if ENDING.search(text) else " · "
        text += block
    return text


def add_script(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Let every page highlight what a search found on it."""
    if doctree is not None:
        app.add_js_file("search/highlight.js", defer="defer")


def finish(app: Sphinx, error: Exception | None) -> None:
    """Write the index of the finished pages."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    found: list[Section] = []
    for docname in sorted(app.env.found_docs):
        built = out / f"{docname}.html"
        href = "index.html" if docname == app.config.root_doc else f"{docname}.html"
        found += sections(built.read_text("utf-8"), href)
    text = SCRIPT.format(sections=json.dumps(found, ensure_ascii=False, separators=(",", ":")))
    (out / INDEX).write_text(text, "utf-8")
    for name in UNUSED:
        (out / name).unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", add_script)
    # Before the front page is moved to the top of the site.
    app.connect("build-finished", finish, priority=790)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
