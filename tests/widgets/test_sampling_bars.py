"""The Python side: state, bounds, and a page without JavaScript."""

from __future__ import annotations

import math
from typing import Any

import pytest

from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import SamplingBars
from tests.widgets.states import state_of

LOGITS = {"To be <": [math.log(0.5), math.log(0.3), math.log(0.2)], "or": [0.0, 0.0, 1.0]}
TOKENS = ["a", "b", "<c>"]


def test_the_state_is_what_the_view_reads() -> None:
    widget = SamplingBars(LOGITS, TOKENS, top_k=2)
    state = state_of(widget.static_html())
    assert state == widget.static_state()
    assert state["texts"][0] == {"text": "To be <", "logits": [-0.693, -1.204, -1.609]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"top_p": 0}, "top_p is 0; it must be a number from 0.01 to 1"),
        ({"temperature": -1}, "temperature is -1; it must be a number from 0 to 3"),
        ({"top_k": 0}, "top_k is 0; it must be a whole number from 1 to 5,000"),
        ({"logits": {}}, "logits has 0 texts; it must have 1 to 6"),
        ({"logits": {"or": [1.0, 2.0]}}, "the logits after 'or' must be 3 finite numbers"),
        ({"logits": {"or": [1.0, 2.0, math.nan]}}, "must be 3 finite numbers"),
        ({"tokens": ["a"]}, "tokens has 1 entries; it must have 2 to 5,000"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetError) as raised:
        SamplingBars(**{"logits": LOGITS, "tokens": TOKENS} | arguments)
    assert message in str(raised.value)


def test_the_fallback_has_the_most_probable_tokens_of_each_text() -> None:
    html = SamplingBars(LOGITS, TOKENS).fallback_html()
    first = html.index("<td>")
    assert html[first:].startswith("<td><code>a</code> 50.0\u00a0%</td><td><code>&lt;c&gt;</code>")
    assert "after “To be &lt;”" in html
