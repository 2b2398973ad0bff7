"""The Python side: the checkpoints that the build saves, bounds, a page without JavaScript."""

from __future__ import annotations

import pytest

from cs336_core.training import small_model
from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import TrainingRun
from cs336_core.widgets.training_run import widget as module
from tests.widgets.states import state_of


def test_the_checkpoints_are_those_that_the_build_saves() -> None:
    assert module.CHECKPOINTS == small_model.CHECKPOINTS
    assert small_model.BATCH_SIZE * small_model.CONFIG.context_length == module.TOKENS_PER_STEP


def test_the_state_of_a_page_has_no_model() -> None:
    widget = TrainingRun(text="At the", checkpoint=2)
    assert state_of(widget.static_html()) == {"text": "At the", "checkpoint": 2}


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"checkpoint": 7}, "checkpoint is 7; it must be a whole number from 0 to 6"),
        ({"text": "x" * 401}, "up to 400 bytes of text; this text has 401"),
    ],
)
def test_what_cannot_be_shown_is_refused(state: dict[str, object], message: str) -> None:
    with pytest.raises(WidgetError, match=message):
        TrainingRun(**state)


def test_the_fallback_has_a_row_for_each_checkpoint() -> None:
    html = TrainingRun().fallback_html()
    assert html.count("<tr>") == 1 + len(module.CHECKPOINTS)
    assert "<td>1,300</td><td>1,331,200</td>" in html
