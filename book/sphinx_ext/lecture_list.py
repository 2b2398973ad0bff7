"""The list of lectures on the front page, built from the lectures themselves.

`{lectures}` becomes a list of all lectures in the order of `_toc.yml`: the title of each as a link,
its first paragraph, and the sentence "It takes about ..." of the next one.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

FOLDER = "lectures/"
DURATION = re.compile(r"It takes\s[^.]*\.")


class LectureList(nodes.General, nodes.Element):  # type: ignore[misc]
    """Where the list goes, once every lecture has been read."""


class Lectures(SphinxDirective):
    """`{lectures}`, without arguments."""

    def run(self) -> list[nodes.Node]:
        """Return the placeholder of the list."""
        return [LectureList()]


def summary(document: nodes.document) -> str:
    """Return the text for a lecture: its first paragraph, and how long it takes."""
    first, second = ([p.astext() for p in document.findall(nodes.paragraph)] + ["", ""])[:2]
    return " ".join(" ".join([first, *DURATION.findall(second)[:1]]).split())


def insert_lists(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace the placeholders of a page."""
    for placeholder in list(doctree.findall(LectureList)):
        items = []
        for lecture in lectures(app.env):
            title = nodes.inline("", app.env.titles[lecture].astext())
            link = make_refnode(app.builder, docname, lecture, "", title)
            text = nodes.paragraph("", summary(app.env.get_doctree(lecture)))
            item = nodes.term("", "", link), nodes.definition("", text)
            items.append(nodes.definition_list_item("", *item))
        placeholder.replace_self(nodes.definition_list("", *items))


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
