"""The Python side of the figure on speculative decoding: state, bounds, a page without scripts."""

from __future__ import annotations

import pytest

from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import DraftCount
from tests.widgets.states import state_of


def test_the_state_is_what_the_view_reads() -> None:
    widget = DraftCount(drafts=7, accepted=50, cost=5)
    state = state_of(widget.static_html())
    assert state == widget.static_state()
    assert (state["drafts"], state["accepted"], state["cost"]) == (7, 50, 5)


@pytest.mark.parametrize("state", [{"drafts": 13}, {"accepted": 19}, {"cost": 31}])
def test_a_number_out_of_bounds_is_refused(state: dict[str, int]) -> None:
    with pytest.raises(WidgetError, match="it must be a whole number from"):
        DraftCount(**state)


def test_the_fallback_holds_the_gains() -> None:
    html = DraftCount(accepted=50, cost=10).fallback_html()
    assert "if 50 % of the drafts are accepted and each takes 10 % of the time" in html
    assert "<td>0</td><td>1.00</td><td>1.00×</td>" in html
    assert "<td>2</td><td>1.75</td><td>1.46×</td>" in html  # 1.75 / 1.2
