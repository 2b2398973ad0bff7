"""Keeps names such as GPT-4o, and numbers with their units, on one line."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

# Browsers break lines after a hyphen and at a space.
UNBROKEN = re.compile(
    r"\b\w*[A-Z]\w*-\w*\d[\w.]*\b"  # a word with a capital letter, a hyphen, one with a digit
    r"|\b[A-Z]-[A-Z]\w*"  # T-FREE
    r"|\b[A-Z]\w*\s\d[\d.]*\s\d+B\b"  # Llama 3 8B
    r"|\d[\d,.]*\s(?:%|[KMGTP]iB\b|[kMGTPEZY]?FLOPs?\b|[kMGT]B\b|m?s\b)"
)
AS_THEY_ARE = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)


def pieces(text: str) -> list[nodes.Node]:
    """Return a text as nodes: each name or quantity in a span that does not break.

    >>> [piece.astext() for piece in pieces("What GPT-4o, a byte-level model, reads in 15 ms")]
    ['What ', 'GPT-4o', ', a byte-level model, reads in ', '15 ms']
    """
    found: list[nodes.Node] = []
    end = 0
    for match in UNBROKEN.finditer(text):
        found += [nodes.Text(text[end : match.start()])] if match.start() > end else []
        found.append(nodes.inline("", match[0], classes=["bound"]))
        end = match.end()
    return [*found, nodes.Text(text[end:])] if end < len(text) else found


def keep_together(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Wrap the names and quantities in the text of a page, outside code and formulas."""
    for text in list(doctree.findall(nodes.Text)):
        parent = text.parent
        if not isinstance(parent, AS_THEY_ARE) and UNBROKEN.search(text):
            at = parent.index(text)
            parent[at : at + 1] = pieces(text.astext())


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", keep_together)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
