"""An exercise as a widget: its state, and what it shows without JavaScript."""

from __future__ import annotations

import pytest

from cs336_core.exercises import EXERCISES, ExerciseError, exercise
from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import YourTurn
from tests.widgets.states import state_of


def test_the_state_of_the_view() -> None:
    turn = YourTurn("merge", hint=1)
    found = exercise("merge")
    assert turn.static_state() == {
        "name": "merge",
        "task": found.task,
        "start": found.start,
        "imports": "",
        "hints": list(found.hints),
        "solution": found.solution_code,
        "check": 'from cs336_core.exercises import check; check("merge", globals())',
        "hint": 1,
    }
    assert state_of(turn.static_html()) == turn.static_state()


@pytest.mark.parametrize("name", EXERCISES)
def test_the_fallback_shows_the_task_and_tests_but_no_solution(name: str) -> None:
    shown = YourTurn(name).fallback_html()
    assert f"Your turn: <code>{name}</code>" in shown
    assert shown.count("<tr>") > 4
    assert exercise(name).hints[-1] not in shown
    assert "check(&quot;" in shown


def test_a_notebook_without_widgets_gets_the_task_as_text() -> None:
    data, _ = YourTurn("merge")._repr_mimebundle_()
    assert data["text/plain"].startswith("Your turn: merge. Replace each occurrence")
    assert "def merge(ids, pair, new_id):" in data["text/plain"]


def test_invalid_arguments_are_refused() -> None:
    with pytest.raises(ExerciseError, match="there is no exercise 'merges'"):
        YourTurn("merges")
    with pytest.raises(WidgetError, match="hint is 4; it must be a whole number from 0 to 3"):
        YourTurn("merge", hint=4)
    with pytest.raises(WidgetError, match="name is fixed"):
        YourTurn("merge").name = "encode"
