"""A prediction as a widget: its state, and what it shows without JavaScript."""

from __future__ import annotations

import pytest

from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import Prediction
from tests.widgets.states import state_of


def test_the_state_of_the_view() -> None:
    asked = Prediction("Which `id`?", ["256", "257"], "257", closes="hat", key="first")
    assert asked.static_state() == {
        "question": "Which `id`?",
        "options": ["256", "257"],
        "answer": 1,
        "closes": "hat",
        "chosen": -1,
        "skipped": False,
    }
    assert state_of(asked.static_html()) == asked.static_state()
    assert 'data-form="closing"' in asked.static_html()  # for the style sheet of a page that loads


def test_without_javascript_the_options_are_listed_and_none_is_marked() -> None:
    shown = Prediction("Is `a < b`?", ["yes", "no"], "no").fallback_html()
    assert "Predict: Is <code>a &lt; b</code>?" in shown
    assert shown.count("<td>") == 2
    assert "<td>no</td>" in shown


def test_a_notebook_without_widgets_gets_the_question_as_text() -> None:
    data, _ = Prediction("More?", ["yes", "no"], "no")._repr_mimebundle_()
    assert data["text/plain"] == "More? (yes / no)"


@pytest.mark.parametrize(
    ("options", "answer", "message"),
    [
        (["yes"], "yes", "there are 1 options; give at least two"),
        (["yes", "no"], "maybe", "the answer is 'maybe'; it must be exactly one of"),
        (["no", "no"], "no", "the answer is 'no'; it must be exactly one of"),
    ],
)
def test_a_question_without_one_right_answer_is_refused(
    options: list[str], answer: str, message: str
) -> None:
    with pytest.raises(WidgetError, match=message):
        Prediction("?", options, answer)
