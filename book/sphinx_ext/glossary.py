"""Builds the glossary from the table of terms, and links pages to it.

`{terminology}` becomes a glossary with each term, its Chinese name, its definition and a link to
the lecture that explains it. `{term}` links to an entry from any page. The first mention of a term
that a page *emphasizes*, as authors do to introduce it, becomes such a link automatically. The
title of a link is the card of its term.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains.std import make_glossary_term
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from book.builder.terms import Term, TermError, anchor, card, find, read

log = logging.getLogger(__name__)
LECTURES = "lectures/"
CARDS = "cards"  # among a page's metadata: anchor -> the card of the term there


class Terminology(SphinxDirective):
    """A glossary built from the table in the file that its argument names."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the terms in alphabetical order."""
        name, self.path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        lectures = {
            page.removeprefix(LECTURES) for page in self.env.found_docs if page.startswith(LECTURES)
        }
        try:
            terms = read(Path(self.path).read_text("utf-8"), lectures)
        except (OSError, UnicodeError, TermError) as error:
            log.error("%s: %s", name, error, location=self.get_location())
            return []
        terms.sort(key=lambda term: term.names[0].casefold())
        self.env.metadata[self.env.docname][CARDS] = {
            anchor(name): card(term) for term in terms for name in term.names
        }
        entries = nodes.definition_list("", *map(self.entry, terms), classes=["glossary"])
        return [addnodes.glossary("", entries, sorted=False)]

    def entry(self, term: Term) -> nodes.definition_list_item:
        """Return a term: its names, its Chinese name, its definition and a link to its lecture."""
        names = [self.name_node(name, term) for name in term.names]
        text = f"{term.definition} {{doc}}`/{LECTURES}{term.lecture}`"
        sentence, messages = self.parse_inline(text, lineno=self.lineno)
        definition = nodes.definition("", nodes.paragraph("", "", *sentence), *messages)
        if term.chinese.casefold() not in map(str.casefold, term.names):
            # docutils turns this class into the attribute lang.
            name = nodes.inline("", term.chinese, classes=["language-zh"])
            chinese = nodes.paragraph("", "", name, classes=["chinese"], translatable=False)
            definition.insert(0, chinese)
        return nodes.definition_list_item("", *names, definition)

    def name_node(self, name: str, term: Term) -> nodes.term:
        """Return one of the names of a term, and register it."""
        document = self.state.document
        text = [nodes.Text(name)]
        node = make_glossary_term(
            self.env, text, None, self.path, term.line, anchor(name), document
        )
        document.note_explicit_target(node)
        return node


def link_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link the first emphasized mention of each term on a page to the glossary."""
    known = {
        name.casefold(): (page, anchor)
        for name, _, kind, page, anchor, _ in app.env.get_domain("std").get_objects()
        if kind == "term" and page != docname
    }
    linked = set()
    for words in list(doctree.findall(nodes.emphasis)):
        target = find(words.astext(), known)
        if target is None or target in linked or inside_link(words):
            continue
        linked.add(target)
        link_text = nodes.inline("", "", words.deepcopy(), classes=["std-term"])
        words.replace_self(make_refnode(app.builder, docname, *target, link_text))
    for page in {page for page, _ in known.values()}:
        address = app.builder.get_relative_uri(docname, page)
        cards = app.env.metadata[page].get(CARDS, {})
        for link in doctree.findall(nodes.reference):
            to, _, name = link.get("refuri", "").partition("#")
            if to == address and name in cards:
                link["reftitle"] = cards[name]


def inside_link(node: nodes.Node) -> bool:
    """Whether a node is inside a link, or inside a title, which the contents show as a link."""
    while node is not None and not isinstance(node, nodes.reference | nodes.title):
        node = node.parent
    return node is not None


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("terminology", Terminology)
    app.connect("doctree-resolved", link_terms)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
