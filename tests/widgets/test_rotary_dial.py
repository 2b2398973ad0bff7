"""The rotary dial's Python side: state, bounds, and what a page without JavaScript says."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
import traitlets

from cs336_core.widgets import RotaryDial
from tests.widgets.states import state_of


def test_the_state_is_what_the_view_reads() -> None:
    dial = RotaryDial([1, 0.25], torch.tensor([1 / 3, -2]), query_place=3, key_place=1, theta=100)
    assert dial.static_state() == {
        "query": "1 0.25",
        "key_vector": "0.3333 -2",
        "query_place": 3,
        "key_place": 1,
        "theta": 100,
        "places": 128,
    }
    assert state_of(dial.static_html()) == dial.static_state()


def test_the_score_is_that_of_the_distance() -> None:
    dial = RotaryDial([1, 0, 1, 0], [1, 0, 1, 0], query_place=7, key_place=4, theta=100)
    assert dial.products == pytest.approx([math.cos(3), math.cos(0.3)])
    dial.query_place, dial.key_place = 103, 100
    assert dial.products == pytest.approx([math.cos(3), math.cos(0.3)])
    dial.key_place = 99
    assert dial.products == pytest.approx([math.cos(4), math.cos(0.4)])


def test_what_is_set_later_is_kept_within_bounds() -> None:
    dial = RotaryDial(places=64)
    dial.query_place, dial.key_place = 99, -5
    assert (dial.query_place, dial.key_place) == (63, 0)
    dial.query = "1, 2"
    with pytest.raises(ValueError, match="theta is 0"):
        dial.theta = 0
    with pytest.raises(ValueError, match="has 3 numbers"):
        dial.key_vector = "1 2 3"
    with pytest.raises(ValueError, match="could not convert"):
        dial.key_vector = "1 x"
    with pytest.raises(traitlets.TraitError):
        dial.theta = "many"
    with pytest.raises(traitlets.TraitError):
        dial.places = 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"query": []}, "this vector has 0 numbers"),
        ({"query": [1, 2, 3]}, "this vector has 3 numbers"),
        ({"query": range(10)}, "this vector has 10 numbers"),
        ({"query": [1, math.nan]}, "nan is not a number between -100 and 100"),
        ({"key_vector": [1, -101]}, "-101.0 is not"),
        ({"query": [1, 2]}, "the query has 2 numbers and the key 8"),
        ({"places": 1}, "places is 1"),
        ({"places": 257}, "the sliders have 2 to 256"),
        ({"query_place": 128}, "query_place is 128; the places go from 0 to 127"),
        ({"key_place": -1}, "key_place is -1"),
        ({"theta": 0}, "theta is 0; it is a whole number from 1"),
    ],
)
def test_what_cannot_be_shown_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RotaryDial(**given)


def test_the_fallback_tells_every_pair_and_the_sum() -> None:
    dial = RotaryDial([1, 0, 0, 1], [1, 0, 0, 1], query_place=7, key_place=4, theta=100)
    html = dial.fallback_html()
    assert html.count("<tr>") == 4
    first = "<td>1</td><td>(1, 0)</td><td>(1, 0)</td><td>57.3°</td><td>41°</td><td>229°</td>"
    assert f"{first}<td>-0.99</td>" in html
    assert "The score, their sum</td><td>-0.03</td>" in html
    assert "At positions 3 and 0, which are as far apart, the score is -0.03, too." in html


def test_no_torch_is_needed_to_import_it() -> None:
    import subprocess
    import sys

    code = "import sys, cs336_core.widgets; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
