"""A bar of letters above the glossary: each leads to the first of its terms."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

BAR = '<nav class="letters" aria-label="Terms by letter">{links}</nav>\n'


def firsts(terms: list[nodes.term]) -> dict[str, str]:
    """Return letter -> the anchor of the first term that begins with it."""
    found: dict[str, str] = {}
    for term in terms:
        found.setdefault(term.astext()[0].upper(), term["ids"][0])
    return dict(sorted(found.items()))


def add_bar(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put a bar above each glossary of a page."""
    for glossary in list(doctree.findall(addnodes.glossary)):
        letters = firsts(list(glossary.findall(nodes.term)))
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
