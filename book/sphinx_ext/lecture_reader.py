"""Writes the computed values in the prose of a lecture.

`{eval}` in a sentence of a lecture is a Python expression. It was evaluated when the lecture ran,
after the cells above it; here its value replaces it.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx.application import Sphinx
from sphinx.util import logging

from book.builder import runs

log = logging.getLogger(__name__)


def value_role(  # noqa: PLR0917  (the arguments of docutils)
    name: str,
    rawtext: str,
    text: str,
    lineno: int,
    inliner: Inliner,
    options: dict[str, Any] | None = None,
    content: list[str] | None = None,
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Put the value of an expression into a sentence."""
    env = inliner.document.settings.env
    values: dict[str, str] = env.temp_data.get("lecture_values", {})
    if text not in values:
        log.warning("{eval}`%s` has no value: only lectures compute", text, location=env.docname)
        return [nodes.literal(rawtext, text)], []
    return [nodes.inline(rawtext, values[text], classes=["computed"])], []


def load_values(app: Sphinx, docname: str, content: list[str]) -> None:
    """Load the values of the lecture that is about to be read."""
    if app.env.doc2path(docname).endswith(".py"):
        run = runs.load(content[0])
        app.env.temp_data["lecture_values"] = run.values if run else {}


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("source-read", load_values)
    # myst-nb has a role of this name, for kernels that run while the book is built.
    app.connect("builder-inited", lambda app: app.add_role("eval", value_role, override=True))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
