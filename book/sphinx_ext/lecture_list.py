"""The list of lectures on the front page, built from the lectures themselves.

`{lectures}` becomes a card for each lecture in the order of `_toc.yml`: a small picture, if
`book/cards/NAME.svg` exists, the title as a link, the first paragraph, and the reading time that
the first paragraphs name: "It takes about ..." or "Reading it takes about ...". A script of the
page adds how much of a lecture the reader has read.
"""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

FOLDER = "lectures/"
CARDS = "book/cards"
OPENING = 6  # paragraphs, one of which names the reading time
DURATION = re.compile(r"\b(?:Reading(?:\s+it)?|It)\s+takes\s+(about[^.,;]*)")


class LectureList(nodes.General, nodes.Element):  # type: ignore[misc]
    """Where the list goes, once every lecture has been read."""


class Lectures(SphinxDirective):
    """`{lectures}`, without arguments."""

    def run(self) -> list[nodes.Node]:
        """Return the placeholder of the list."""
        return [LectureList()]


def summary(document: nodes.document) -> tuple[list[nodes.Node], str]:
    """Return the first paragraph of a lecture, and how long it takes ("" if it does not say)."""
    opening = list(islice(document.findall(nodes.paragraph), OPENING))
    duration = DURATION.search(" ".join(paragraph.astext() for paragraph in opening))
    first = [part for paragraph in opening[:1] for part in unlinked(paragraph)]
    return first, " ".join(duration[1].split()) if duration else ""


def unlinked(paragraph: nodes.paragraph) -> list[nodes.Node]:
    """Return the text of a paragraph without links and other marks; emphasis stays."""
    found: list[nodes.Node] = []
    for part in paragraph.children:
        text = part.astext().replace("\n", " ")
        is_emphasis = isinstance(part, nodes.emphasis)
        found.append(nodes.emphasis("", text) if is_emphasis else nodes.Text(text))
    return found


def insert_lists(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the placeholders of a page."""
    for placeholder in list(doctree.findall(LectureList)):
        cards = [card(app, docname, lecture) for lecture in lectures(app.env)]
        placeholder.replace_self(nodes.container("", *cards, classes=["lecture-cards"]))


def card(app: Sphinx, docname: str, lecture: str) -> nodes.Node:
    """Return the card of a lecture."""
    title = nodes.inline("", app.env.titles[lecture].astext())
    link = make_refnode(app.builder, docname, lecture, "", title)
    first, duration = summary(app.env.get_doctree(lecture))
    parts: list[nodes.Node] = []
    picture = Path(app.srcdir, CARDS, f"{lecture.removeprefix(FOLDER)}.svg")
    if picture.is_file():
        parts.append(nodes.raw("", picture.read_text("utf-8"), format="html"))
    parts.append(nodes.paragraph("", "", link, classes=["lecture-title"]))
    parts.append(nodes.paragraph("", "", *first))
    if duration:
        parts.append(nodes.paragraph("", duration.capitalize(), classes=["lecture-time"]))
    return nodes.container("", *parts, classes=["lecture-card"])


def lectures(env: BuildEnvironment) -> list[str]:
    """Return the pages of the lectures in the order of the table of contents."""
    pages = env.toctree_includes.get(env.config.root_doc, [])
    return [page for page in pages if page.startswith(FOLDER)]


def rewrite_front_page(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the front page whenever a page has changed: it may have been a lecture."""
    return [env.config.root_doc]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_node(LectureList)
    app.add_directive("lectures", Lectures)
    app.connect("doctree-resolved", insert_lists)
    app.connect("env-updated", rewrite_front_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
