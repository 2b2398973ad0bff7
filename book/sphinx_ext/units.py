"""Keep a number and its unit on one line: 46.2 %, 30.8 TFLOPs, 128 GiB."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

SPACE = re.compile(r"(?<=\d)\s(?=%|[KMGTP]iB\b|[kMGTPEZY]?FLOPs?\b|[GT]B\b|ms\b)")
VERBATIM = (nodes.FixedTextElement, nodes.literal, nodes.math)


def bind(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Forbid line breaks between a number in the text and the unit after it."""
    for text in list(doctree.findall(nodes.Text)):
        if not isinstance(text.parent, VERBATIM) and SPACE.search(text):
            text.parent.replace(text, nodes.Text(SPACE.sub("\N{NO-BREAK SPACE}", text)))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", bind)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
