"""The Python side: state, bounds, and a page without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest

from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import ExpertLoad
from tests.widgets.states import state_of

LOADS = [[700, 200, 100], [400, 300, 300]]


def test_the_state_is_what_the_view_reads() -> None:
    widget = ExpertLoad(LOADS, step=1, capacity=2)
    state = state_of(widget.static_html())
    assert state == widget.static_state() == {"loads": LOADS, "step": 1, "capacity": 2.0}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loads": []}, "loads has 0 steps; it must have 1 to 501"),
        ({"loads": [[1, 2], [3]]}, "step 1 of loads must be the tokens of 2 to 16 experts"),
        ({"loads": [[1, -2]]}, "step 0 of loads must be"),
        ({"loads": [[0.5, 2]]}, "step 0 of loads must be"),
        ({"loads": [[0, 0]]}, "whole numbers that are not all 0"),
        ({"loads": [[1, 2], [2, 2]]}, "step 1 has 2 experts and 4 tokens"),
        ({"step": -1}, "step is -1; it must be a whole number from 0 to 500"),
        ({"capacity": 0.5}, "capacity is 0.5; it must be a number from 1 to 4"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetError) as raised:
        ExpertLoad(**{"loads": LOADS} | arguments)
    assert message in str(raised.value)


def test_the_fallback_has_the_first_and_the_last_step() -> None:
    html = ExpertLoad(LOADS).fallback_html()
    assert "1,000 assignments of tokens to 3 experts" in html
    assert "<tr><td>1</td><td>700</td><td>400</td></tr>" in html
