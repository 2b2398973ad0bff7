"""A number and its unit stay on one line."""

from __future__ import annotations

from unittest.mock import Mock

from docutils import nodes
from docutils.utils import new_document
from sphinx.application import Sphinx

from book.sphinx_ext.units import bind


def test_a_line_break_cannot_separate_a_number_from_its_unit() -> None:
    document = new_document("page")
    document += nodes.paragraph(
        "",
        "",
        nodes.Text("takes 46.2\n% of 30.8 TFLOPs and 128 GiB, in 20 minutes or 15 ms: "),
        nodes.literal("", "15 %"),
        nodes.math("", "15 %"),
    )
    bind(Mock(spec=Sphinx), document, "page")
    assert document.astext().replace("\u00a0", "_") == (
        "takes 46.2_% of 30.8_TFLOPs and 128_GiB, in 20 minutes or 15_ms: 15 %15 %"
    )
