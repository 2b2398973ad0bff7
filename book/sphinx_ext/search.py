"""Builds the search index, with the sections of every page as entries.

Sphinx's own search finds pages. Ours finds the section, or the term of the glossary, that contains
the match: each is an entry of `search_sections.js`, a script, so that a page opened from disk can
load it. Excerpts come from the text in the index, so no page is fetched for them.

The entries of each page are saved when it is written, for the builds that do not write it again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypedDict

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag
from bs4.filter import SoupStrainer
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

INDEX = "_static/search_sections.js"
SCRIPT = "globalThis.cs336SearchSections = {sections};\n"

LEFT_OUT = {"script", "style", "nav"}
LEFT_OUT_CLASSES = {
    *("headerlink", "trace-whole", "trace-cell", "cell-needs", "downloads", "katex-mathml"),
    *("visually-hidden", "cs336-fallback", "sd-summary-state-marker"),
    "above-input",  # the code of a figure or a table, folded
}
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
    """Yield the sections of a page and the terms that it defines, each with its own text."""
    article = BeautifulSoup(html, "html.parser", parse_only=SoupStrainer("article")).article
    if article is None or article.h1 is None:
        return
    for element in article.find_all(is_left_out):
        if not element.decomposed:  # as a part of another
            element.decompose()
    page = plain(article.h1)
    for element in article.find_all(("section", "dt"), id=True):
        if element.name == "dt":
            title, own = plain(element), definition(element)
        else:
            heading = element.find(re.compile("^h[1-6]$"), recursive=False)
            title = plain(heading) if isinstance(heading, Tag) else page
            own = [child for child in element.children if child is not heading]
        # The first section starts at the top of the page.
        anchor = "" if element.h1 else str(element["id"])
        yield Section(page=page, title=title, href=href, anchor=anchor, text=plain(*own))


def is_left_out(element: Tag) -> bool:
    """Whether an element is not a part of the text. A selector is ten times slower."""
    if element.name == "summary":
        return element.parent is not None and "hide" in classes(element.parent)
    return element.name in LEFT_OUT or not LEFT_OUT_CLASSES.isdisjoint(classes(element))


def classes(element: Tag) -> list[str]:
    """Return the classes of an element."""
    return [name for name in element.get_attribute_list("class") if name]


def definition(term: Tag) -> list[PageElement]:
    """Return the definition of a term, without the link to its lecture.

    Consecutive terms share one.
    """
    found = term.find_next_sibling("dd")
    if not isinstance(found, Tag):
        return []
    lecture = found.select_one("a:has(> .doc)")
    if lecture is not None:
        lecture.decompose()
    return [found]


def plain(*elements: PageElement) -> str:
    """Return the text of elements without that of the sections and terms inside.

    Blocks are separated by a space after closing punctuation, else by a dot.

    >>> soup = BeautifulSoup("<p>One</p><p>Two.</p><p>Th<b>ree</b></p>", "html.parser")
    >>> plain(soup)
    'One · Two. Three'
    """
    blocks = [""]

    def add(element: PageElement) -> None:
        if isinstance(element, Tag):
            if element.name == "section" or (element.name == "dl" and element.find("dt", id=True)):
                return
            block = element.name not in INLINE
            if block:
                blocks.append("")
            for child in element.children:
                add(child)
            if block:
                blocks.append("")
        elif type(element) is NavigableString:  # not a comment
            blocks[-1] += str(element)

    for element in elements:
        add(element)
    text = ""
    for block in filter(None, (" ".join(block.split()) for block in blocks)):
        if text:
            text += " " if ENDING.search(text) else " · "
        text += block
    return text


class Builder(StandaloneHTMLBuilder):
    """Writes pages without the index of Sphinx's own search."""

    def load_indexer(self, docnames: Iterable[str]) -> None:
        """Load no index of the pages that are not written."""

    def index_page(self, pagename: str, doctree: nodes.document, title: str) -> None:
        """Add no page to the index."""

    def dump_search_index(self) -> None:
        """Write no index."""


def entries_file(app: Sphinx, docname: str) -> Path:
    """Return the file with the saved entries of a page."""
    return Path(app.doctreedir) / f"{docname}.search.json"


def add_page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Save the entries of a page."""
    if doctree is None or app.builder.format != "html":
        return
    href = "index.html" if pagename == app.config.root_doc else f"{pagename}.html"
    entries = list(sections(f"<article>{context['body']}</article>", href))
    entries_file(app, pagename).write_text(json.dumps(entries, ensure_ascii=False), "utf-8")


def finish(app: Sphinx, error: Exception | None) -> None:
    """Write the index of all pages."""
    if error or app.builder.format != "html":
        return
    found: list[Section] = []
    for docname in sorted(app.env.found_docs):
        found += json.loads(entries_file(app, docname).read_text("utf-8"))
    text = SCRIPT.format(sections=json.dumps(found, ensure_ascii=False, separators=(",", ":")))
    (Path(app.outdir) / INDEX).write_text(text, "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_builder(Builder, override=True)
    app.connect("html-page-context", add_page)
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
