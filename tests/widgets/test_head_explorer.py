"""The Python side: state, bounds, and the drawing on a page without JavaScript."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest

from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import HeadExplorer
from tests.widgets.states import state_of


def test_the_state_of_a_page_has_no_model() -> None:
    widget = HeadExplorer(text="At the", position=2, head="head-2-1")
    assert state_of(widget.static_html()) == {
        "text": "At the",
        "position": 2,
        "target": "repeated",
        "head": "head-2-1",
    }


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"text": "é" * 201}, "up to 400 bytes of text; this text has 402"),
        ({"target": "verbs"}, "target is 'verbs'"),
        ({"position": -1}, "position is -1; it must be a whole number from 0 to 64"),
    ],
)
def test_what_cannot_be_shown_is_refused(state: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetError, match=message):
        HeadExplorer(**state)


@pytest.mark.parametrize(("text", "n_words"), [("Who is <b>?", 3), ("word " * 80, 24), ("", 0)])
def test_the_fallback_shows_that_a_word_attends_to_no_later_one(text: str, n_words: int) -> None:
    table = ElementTree.fromstring(HeadExplorer(text=text).fallback_html())
    rows = list(table.iterfind("tbody/tr"))
    assert len(rows) == n_words
    for i, row in enumerate(rows, start=1):
        assert [cell.text or "" for cell in row.iterfind("td")] == ["●"] * i + [""] * (n_words - i)
