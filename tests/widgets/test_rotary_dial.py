"""The rotary dial's Python side: state, bounds, and what a page shows without JavaScript."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import RotaryDial
from tests.widgets.states import state_of


def test_the_state_of_the_view() -> None:
    dial = RotaryDial(
        [1, 0.25], torch.tensor([1 / 3, -2]), query_position=3, key_position=1, theta=100
    )
    assert dial.static_state() == {
        "query": "1 0.25",
        "key_vector": "0.3333 -2",
        "query_position": 3,
        "key_position": 1,
        "theta": 100,
        "positions": 128,
    }
    assert state_of(dial.static_html()) == dial.static_state()


def test_the_score_is_that_of_the_distance() -> None:
    dial = RotaryDial([1, 0, 1, 0], [1, 0, 1, 0], query_position=7, key_position=4, theta=100)
    assert dial.products == pytest.approx([math.cos(3), math.cos(0.3)])
    dial.query_position, dial.key_position = 103, 100
    assert dial.products == pytest.approx([math.cos(3), math.cos(0.3)])
    dial.key_position = 99
    assert dial.products == pytest.approx([math.cos(4), math.cos(0.4)])


def test_assigned_values_are_checked() -> None:
    dial = RotaryDial(positions=64)
    with pytest.raises(WidgetError, match="query_position is 99; it must be a whole number from"):
        dial.query_position = 99
    with pytest.raises(WidgetError, match="key_position is -5"):
        dial.key_position = -5
    dial.query = "1, 2"
    with pytest.raises(WidgetError, match="theta is 0"):
        dial.theta = 0
    with pytest.raises(WidgetError, match="has 3 entries"):
        dial.key_vector = "1 2 3"
    with pytest.raises(WidgetError, match="'1 x' is not a vector"):
        dial.key_vector = "1 x"
    with pytest.raises(WidgetError, match="theta is 'many'; it must be a whole number from 1 to"):
        dial.theta = "many"
    with pytest.raises(WidgetError, match="positions is fixed"):
        dial.positions = 3
    assert (dial.query_position, dial.key_position, dial.theta) == (12, 9, 10_000)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"query": []}, "this vector has 0 entries"),
        ({"query": [1, 2, 3]}, "this vector has 3 entries"),
        ({"query": range(10)}, "this vector has 10 entries"),
        ({"query": [1, math.nan]}, "nan is not a number between -100 and 100"),
        ({"key_vector": [1, -101]}, "-101.0 is not"),
        ({"query": [1, 2]}, "the query has 2 entries and the key 8"),
        ({"positions": 1}, "positions is 1; it must be a whole number from 2 to 256"),
        ({"positions": 257}, "positions is 257"),
        ({"query_position": 128}, "query_position is 128; it must be a whole number from 0 to 127"),
        ({"key_position": -1}, "key_position is -1"),
        ({"theta": 0}, "theta is 0; it must be a whole number from 1"),
    ],
)
def test_invalid_arguments_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetError, match=message):
        RotaryDial(**given)


def test_the_fallback_shows_every_pair_and_the_sum() -> None:
    dial = RotaryDial([1, 0, 0, 1], [1, 0, 0, 1], query_position=7, key_position=4, theta=100)
    html = dial.fallback_html()
    assert html.count("<tr>") == 4
    first = "<td>1</td><td>(1, 0)</td><td>(1, 0)</td><td>57.3°</td><td>41°</td><td>229°</td>"
    assert f"{first}<td>-0.99</td>" in html
    assert "The score, their sum</td><td>-0.03</td>" in html
    assert "At positions 3 and 0, the same distance apart, the score is also -0.03." in html


def test_no_torch_is_needed_to_import_it() -> None:
    import subprocess
    import sys

    code = "import sys, cs336_core.widgets; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
