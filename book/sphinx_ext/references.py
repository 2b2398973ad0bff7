"""The references of a page, folded under their own heading, and labeled as in the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import count
from typing import Any

import pybtex.plugin  # type: ignore[import-untyped]
from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from pybtex.plugin import register_plugin
from pybtex.richtext import Text  # type: ignore[import-untyped]
from pybtex.style import FormattedEntry  # type: ignore[import-untyped]
from pybtex.style.formatting import BaseStyle  # type: ignore[import-untyped]
from pybtex.style.formatting.unsrt import Style as UnsortedStyle  # type: ignore[import-untyped]
from pybtex.style.labels import BaseLabelStyle  # type: ignore[import-untyped]
from pybtex.style.sorting import BaseSortingStyle  # type: ignore[import-untyped]
from pybtex.style.template import field, href  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.nodes import bibliography

from book.builder.citations import author_names, card

STYLE = "author_year"
CARD_STYLE = "card"  # of the titles of citations
HEADING = "References"
FOLDED = "Works cited on this page"


class AuthorYearLabels(BaseLabelStyle):  # type: ignore[misc]
    """Labels like those of citations; letters distinguish works of the same authors and year."""

    def format_labels(self, sorted_entries: Iterable[Any]) -> Iterator[str]:
        """Yield the label of each entry."""
        labels = [f"{author_names(entry)}, {entry.fields['year']}" for entry in sorted_entries]
        total = Counter(labels)
        letters = {label: map(chr, count(ord("a"))) for label in total}
        for label in labels:
            yield label + (next(letters[label]) if total[label] > 1 else "")


class LabelSorting(BaseSortingStyle):  # type: ignore[misc]
    """In the order of the labels, organizations among people."""

    def sorting_key(self, entry: Any) -> tuple[str, str, str]:
        """Return what an entry is sorted by."""
        fields = entry.fields
        return author_names(entry).casefold(), fields["year"], fields.get("title", "")


class AuthorYearStyle(UnsortedStyle):  # type: ignore[misc]
    """Entries by author and year, with short addresses and no full stop after them."""

    default_sorting_style = STYLE

    def format_url(self, e: Any) -> Any:
        """Return the link to a work."""
        short = e.fields.get("url", "").partition("://")[2].removesuffix("/")
        return href[field("url", raw=True), short]

    def format_web_refs(self, e: Any) -> Any:
        """Return the links of an entry."""
        return self.format_url(e) if "url" in e.fields else super().format_web_refs(e)


class CardStyle(BaseStyle):  # type: ignore[misc]
    """What the card of a work shows."""

    def format_entry(self, label: str, entry: Any, bib_data: object = None) -> Any:
        """Return the card of an entry."""
        return FormattedEntry(entry.key, Text(card(entry)), label)


def add_heading(app: Sphinx, doctree: nodes.document) -> None:
    """Move the references of a page into their own section at the end."""
    for references in list(doctree.findall(bibliography)):
        section = references.parent
        while not isinstance(section, nodes.section | nodes.document):
            section = section.parent
        if section.next_node(nodes.title) and section.next_node(nodes.title).astext() == HEADING:
            continue
        heading = nodes.title(HEADING, HEADING)
        name = nodes.make_id(HEADING)
        # The directive may have wrapped them in a container.
        wrapped = references if references.parent is section else references.parent
        wrapped.parent.remove(wrapped)
        folded = HideCodeCellNode("", wrapped, classes=["references"], prompt_show=FOLDED)
        own = nodes.section("", heading, folded, ids=[name], names=[name])
        top = next(doctree.findall(nodes.section))
        top += own


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    register_plugin("pybtex.style.labels", STYLE, AuthorYearLabels)
    register_plugin("pybtex.style.sorting", STYLE, LabelSorting)
    register_plugin("pybtex.style.formatting", STYLE, AuthorYearStyle)
    register_plugin("pybtex.style.formatting", CARD_STYLE, CardStyle)
    AuthorYearStyle.default_label_style = STYLE
    # It would look through the metadata of all packages again for every citation,
    pybtex.plugin.find_plugin = cache(pybtex.plugin.find_plugin)
    # and parse every field of every work again for each page that cites it. (Texts are immutable.)
    Text.from_latex = cache(Text.from_latex)
    # Before the contents of the page are collected.
    app.connect("doctree-read", add_heading, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
