"""Names such as GPT-4o, and numbers with units, stay on one line, and nothing else changes."""

from __future__ import annotations

from typing import cast

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from sphinx.application import Sphinx

from book.sphinx_ext.unbroken import keep_together

APP = cast("Sphinx", None)


def bound(source: str) -> list[str]:
    """Return what is kept on one line in a page."""
    page = publish_doctree(source)
    before = page.astext()
    keep_together(APP, page, "page")
    assert page.astext() == before
    return [node.astext() for node in page.findall(nodes.inline) if "bound" in node["classes"]]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("GPT-4o reads UTF-8, as *DeepSeek-V3* does.", ["GPT-4o", "UTF-8", "DeepSeek-V3"]),
        ("GPT-3.5", ["GPT-3.5"]),
        ("Llama 3 8B and Llama 3.1\n405B, T-FREE", ["Llama 3 8B", "Llama 3.1\n405B", "T-FREE"]),
        ("In 2017 Llama 3 was not there.", []),
        ("takes 46.2\n% of 30.8 TFLOPs", ["46.2\n%", "30.8 TFLOPs"]),
        ("128 GiB, in 20 minutes or 15 ms", ["128 GiB", "15 ms"]),
        ("4 MB in 7.8 s; 24 small texts", ["4 MB", "7.8 s"]),
        ("``15 %`` in code", []),
        ("a byte-level, state-of-the-art model of 2-3 layers", []),
        ("``GPT-2`` in code", []),
        ("===== =\nGPT-2 1\n===== =", ["GPT-2"]),
    ],
)
def test_a_name_or_quantity_is_kept_on_one_line(source: str, expected: list[str]) -> None:
    assert bound(source) == expected
