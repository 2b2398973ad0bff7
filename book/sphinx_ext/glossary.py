"""The glossary, built from the table of terms; and the links from the lectures to it.

`{terminology}` on a page becomes a glossary: the terms, their Chinese names, their definitions, and
links to the lectures that explain them. `{term}` links to an entry from anywhere. So does the first
mention of a term that a page *emphasizes*, as authors do where they introduce one.
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

from book.sphinx_ext.terms import Term, TermError, find, read

log = logging.getLogger(__name__)
LECTURES = "lectures/"


class Terminology(SphinxDirective):
    """The glossary made from the table in the file that is its argument."""

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
        entries = nodes.definition_list("", *map(self.entry, terms), classes=["glossary"])
        return [addnodes.glossary("", entries, sorted=False)]

    def entry(self, term: Term) -> nodes.definition_list_item:
        """Return a term: its names, its Chinese name, its definition and a link to its lecture."""
        names = [
            make_glossary_term(
                self.env, [nodes.Text(name)], None, self.path, term.line, None, self.state.document
            )
            for name in term.names
        ]
        text = f"{term.definition} {{doc}}`/{LECTURES}{term.lecture}`"
        sentence, messages = self.parse_inline(text, lineno=self.lineno)
        definition = nodes.definition("", nodes.paragraph("", "", *sentence), *messages)
        if term.chinese.casefold() not in map(str.casefold, term.names):
            # docutils turns the class of the language into the attribute lang.
            shown = nodes.inline("", term.chinese, classes=["language-zh"])
            chinese = nodes.paragraph("", "", shown, classes=["chinese"], translatable=False)
            definition.insert(0, chinese)
        return nodes.definition_list_item("", *names, definition)


def link_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link the first emphasized mention of each term on a page to the glossary."""
    known = {
        name.casefold(): (page, place)
        for name, _, kind, page, place, _ in app.env.get_domain("std").get_objects()
        if kind == "term" and page != docname
    }
    linked = set()
    for words in list(doctree.findall(nodes.emphasis)):
        target = find(words.astext(), known)
        if target is None or target in linked or inside_link(words):
            continue
        linked.add(target)
        shown = nodes.inline("", "", words.deepcopy(), classes=["std-term"])
        words.replace_self(make_refnode(app.builder, docname, *target, shown))


def inside_link(node: nodes.Node) -> bool:
    """Whether a node is part of a link already, or of a title, which is one in the contents."""
    while node is not None and not isinstance(node, nodes.reference | nodes.title):
        node = node.parent
    return node is not None


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_directive("terminology", Terminology)
    app.connect("doctree-resolved", link_terms)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
