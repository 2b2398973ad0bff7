"""Adds a bar of letters above the glossary, each a link to its first term."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

BAR = '<nav class="letters" aria-label="Terms by letter">{links}</nav>\n'


def first_anchors(terms: list[nodes.term]) -> dict[str, str]:
    """Return letter -> the anchor of the first term that begins with it."""
    anchors: dict[str, str] = {}
    for term in terms:
        anchors.setdefault(term.astext()[0].upper(), term["ids"][0])
    return dict(sorted(anchors.items()))


def add_bar(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Insert a bar above each glossary of a page."""
    for glossary in list(doctree.findall(addnodes.glossary)):
        letters = first_anchors(list(glossary.findall(nodes.term)))
        links = "".join(
            f'<a href="#{escape(anchor)}">{escape(letter)}</a>'
            for letter, anchor in letters.items()
        )
        bar = nodes.raw("", BAR.format(links=links), format="html")
        glossary.parent.insert(glossary.parent.index(glossary), bar)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", add_bar)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
