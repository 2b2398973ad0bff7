"""The Python side of the overview's figures: state, bounds, and pages without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest

from cs336_core.scaling import toy_accuracy
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import AnswerLength, FlopsShare, Isoflop, TokensPerPass
from tests.widgets.states import state_of

FIGURES = (AnswerLength, FlopsShare, Isoflop, TokensPerPass)


@pytest.mark.parametrize("figure", FIGURES)
def test_the_state_is_what_the_view_reads(figure: type[CourseWidget]) -> None:
    widget = figure()
    assert state_of(widget.static_html()) == widget.static_state()


@pytest.mark.parametrize(
    ("figure", "state", "message"),
    [
        (AnswerLength, {"length": 65}, "length is 65; it must be a whole number from 1 to 64"),
        (AnswerLength, {"exponent": 27}, "exponent is 27; it must be a number from 18 to 26"),
        (FlopsShare, {"d_model": 1}, "d_model is 1; it must be a whole number from 256 to"),
        (Isoflop, {"budget": 0}, "budget is 0; it must be a whole number from 1 to 9"),
        (Isoflop, {"size": 9}, "size is 9; it must be a whole number from 1 to 8"),
        (TokensPerPass, {"tokens": 0}, "tokens is 0; it must be a whole number from 1 to 4"),
        (TokensPerPass, {"billion_params": float("nan")}, "billion_params is nan"),
    ],
)
def test_a_number_out_of_bounds_is_refused(
    figure: type[CourseWidget], state: dict[str, Any], message: str
) -> None:
    with pytest.raises(WidgetError, match=message):
        figure(**state)


def test_the_fallbacks_hold_the_numbers() -> None:
    assert "<td>10<sup>19</sup></td><td>55.0 %</td><td>0.3 %</td>" in AnswerLength().fallback_html()
    assert "on answers of 1 digit." in AnswerLength(length=1).fallback_html()
    assert "<td>1e+20</td><td>2.62 billion</td><td>6.4 billion</td>" in Isoflop().fallback_html()
    assert "<td>1</td><td>7.8 ms</td><td>129</td>" in TokensPerPass().fallback_html()
    assert "<td>24,576</td><td>50.0 %</td>" in FlopsShare().fallback_html()


def test_the_widest_chip_memory_bounds_the_model() -> None:
    """40 billion parameters in bf16 fill the 80 GB of the chip that the figure computes with."""
    chip = TokensPerPass().chip
    largest = TokensPerPass.class_traits()["billion_params"].max
    assert largest * 1e9 * chip["bytes_per_param"] == 80e9


def test_the_toy_model_starts_at_1e18() -> None:
    assert toy_accuracy(1e18) == pytest.approx(0.1)
    assert 1 - toy_accuracy(1e20) == pytest.approx((1 - toy_accuracy(1e19)) / 2)
    for flops in (1e17, float("nan")):
        with pytest.raises(ValueError, match="the toy model starts at"):
            toy_accuracy(flops)
