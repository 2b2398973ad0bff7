"""The Python side: state, bounds, and a page without JavaScript."""

from __future__ import annotations

import pytest

from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import TrainItYourself
from tests.widgets.states import state_of


def test_the_state_is_what_the_view_reads() -> None:
    widget = TrainItYourself(text="ab", rate=0.1)
    assert state_of(widget.static_html()) == {"text": "ab", "rate": 0.1}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"rate": 0}, "rate is 0; it must be a number from 0.0001 to 1"),
        ({"text": "é" * 10_001}, "up to 20,000 bytes of text; this text has 20,002"),
    ],
)
def test_what_cannot_be_trained_is_refused(state: dict[str, object], message: str) -> None:
    with pytest.raises(WidgetError, match=message):
        TrainItYourself(**state)


def test_the_fallback_counts_the_characters() -> None:
    html = TrainItYourself(text="abba").fallback_html()
    assert '<th scope="row">Different characters</th><td>2</td>' in html
    assert '<th scope="row">Characters in the text</th><td>4</td>' in html
