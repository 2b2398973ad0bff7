"""The Python side: state, bounds, and a page without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest

from cs336_core.training import small_model
from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import DecodingTree
from cs336_core.widgets.decoding_tree import widget as module
from tests.widgets.states import state_of


def test_the_state_is_what_the_view_reads() -> None:
    widget = DecodingTree(text="The <", method="sampling", seed=7)
    state = state_of(widget.static_html())
    assert state == widget.static_state()
    assert (state["text"], state["method"], state["seed"]) == ("The <", "sampling", 7)


def test_the_vocabulary_is_that_of_the_model() -> None:
    assert small_model.CONFIG.vocab_size == module.VOCABULARY


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "best"}, "method is 'best'; it must be one of 'greedy', 'beam', 'sampling'"),
        ({"width": 6}, "width is 6; it must be a whole number from 1 to 5"),
        ({"top_p": 0}, "top_p is 0; it must be a number from 0.01 to 1"),
        ({"temperature": -1}, "temperature is -1; it must be a number from 0 to 3"),
        ({"step": 9}, "step is 9; it must be a whole number from 0 to 8"),
        ({"text": "x" * 401}, "up to 400 bytes of text; this text has 401"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetError) as raised:
        DecodingTree(**arguments)
    assert message in str(raised.value)


def test_the_fallback_has_a_row_for_each_method() -> None:
    html = DecodingTree(text="<b>", width=2).fallback_html()
    assert html.count("<tr>") == 1 + len(module.METHODS)
    assert "“&lt;b&gt;”" in html
    assert "Of these 4 candidates, the 2 most probable are kept" in html
