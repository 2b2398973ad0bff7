"""The time machine's Python side: state, bounds, and the fallback without JavaScript."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cs336_core._shared import built
from cs336_core.tokenization import train_bpe, train_bpe_words
from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import BPETimeMachine
from tests.tokenization.small import PAPER
from tests.widgets.states import state_of

HAT = "the cat in the hat"


def test_the_state_of_the_view() -> None:
    assert BPETimeMachine(HAT, 3, pretokenization="gpt2").static_state() == {
        "text": HAT,
        "kind": "text",
        "num_merges": 3,
        "tie_break": "first-seen",
        "pretokenization": "gpt2",
        "step": 0,
        "part": "training",
        "new_text": "that hat",
        "new_step": 0,
        "page": 1,
        "token": -1,
        "predict": False,
        "compact": False,
    }
    assert BPETimeMachine(HAT, 3, compact=True).static_state()["compact"] is True


def test_words_are_shown_one_per_line_and_read_back() -> None:
    words = {**PAPER, " the": 1, "a\n": 3, '"': 7, "b ": 2, "\u2028": 1}
    machine = BPETimeMachine(words=words, tie_break="lexicographic")
    assert machine.kind == "word-counts"
    assert machine.text.splitlines()[:2] == ["low 5", "lower 2"]
    assert machine.counts == words


def test_the_merges_are_those_of_the_reference() -> None:
    assert BPETimeMachine(HAT, 5).merges == train_bpe(HAT, 5).merges
    for tie_break in ("first-seen", "lexicographic"):
        machine = BPETimeMachine(words=PAPER, num_merges=12, tie_break=tie_break)
        assert machine.merges == train_bpe_words(PAPER, 12, tie_break)
    split = BPETimeMachine(HAT, 3, pretokenization="gpt2")
    assert split.counts == {"the": 1, " cat": 1, " in": 1, " the": 1, " hat": 1}
    assert b"the " not in [left + right for left, right in split.merges]


def test_values_that_are_set_later_stay_within_bounds() -> None:
    machine = BPETimeMachine(HAT, 12, step=99)
    assert machine.step == 12
    machine.step = -5
    assert machine.step == 0
    machine.text = "abab"
    assert machine.merges == [(b"a", b"b"), (b"ab", b"ab")]
    with pytest.raises(WidgetError, match="at most 4,000"):
        machine.text = "x" * 4001
    with pytest.raises(WidgetError, match="tie_break is 'random'; it must be one of"):
        machine.tie_break = "random"
    machine.kind = "word-counts"
    with pytest.raises(WidgetError, match="line 1, 'abab', is not a word"):
        _ = machine.merges
    machine.text = "low 0"
    with pytest.raises(WidgetError, match="line 1, 'low 0', is not a word"):
        _ = machine.merges


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "a text or words"),
        ({"text": "a", "words": {"a": 1}}, "a text or words"),
        ({"words": {}}, "no words"),
        ({"words": {"": 1}}, "the word '' has count 1"),
        ({"words": {"a": 0}}, "has count 0; .* counts must be 1 or more"),
        ({"text": "猫" * 1334}, "takes at most 4,000 of them; this text has 4,002"),
        ({"text": "a", "num_merges": 1001}, "num_merges is 1001"),
        ({"text": "a", "num_merges": -1}, "num_merges is -1"),
        ({"text": "a", "tie_break": "random"}, "tie_break is 'random'"),
        ({"text": "a", "compact": True, "part": "encoding"}, "shows only the training"),
        (
            {"text": "a", "pretokenization": "gpt3"},
            "pretokenization is 'gpt3'; it must be one of 'none'",
        ),
    ],
)
def test_invalid_arguments_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetError, match=message):
        BPETimeMachine(**given)


def test_the_fallback_lists_every_merge() -> None:
    html = BPETimeMachine(HAT, 3).fallback_html()
    assert html.count("<tr>") == 4
    assert "<td><code>the</code> + <code>␣</code></td><td>2</td><td>2</td>" in html
    assert "<td>258</td><td>12</td><td>1.50</td>" in html
    counted = BPETimeMachine(words=PAPER, num_merges=2, tie_break="lexicographic").fallback_html()
    assert "<code>s</code> + <code>t</code></td><td>9</td><td>2</td>" in counted
    assert "the one with the greatest bytes merges" in counted


def test_half_a_character_is_shown_as_bytes() -> None:
    html = BPETimeMachine("éèéè", 1).fallback_html()
    assert "<code>C3</code> + <code>A9</code>" in html


def test_fewer_merges_than_requested() -> None:
    assert len(BPETimeMachine("ab", 10).merges) == 1
    assert BPETimeMachine("a", 10).merges == []


def test_a_notebook_gets_the_live_view_and_a_page_the_static_one() -> None:
    data, _ = BPETimeMachine(HAT, 3)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert 'data-widget="bpe_time_machine"' in data["text/html"]


def test_a_missing_view_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(built, "STATIC", tmp_path)

    class Unbuilt(BPETimeMachine):
        view = "bpe_time_machine"

    assert "is not built yet" in str(Unbuilt(HAT)._esm)


def test_the_fallback_of_a_long_run_is_short() -> None:
    html = BPETimeMachine("".join(map(str, range(400))), 200).fallback_html()
    assert html.count("<tr>") == 61
    assert "the first 60 of 200 merges" in html


HOSTILE = '</script><img src=x onerror=alert(1)><!-- "&\u2028\u202e\x00é猫 <b>bold</b>'


@pytest.mark.parametrize("given", [{"text": HOSTILE}, {"words": {HOSTILE: 2}}])
def test_hostile_text_stays_text(given: dict[str, Any]) -> None:
    machine = BPETimeMachine(**given, new_text=HOSTILE, key='"><b>')
    html = machine.static_html()
    assert state_of(html)["new_text"] == HOSTILE
    assert list(machine.counts) == [HOSTILE]
    assert html.count("</script>") == 1
    assert "<img" not in html
    assert "<b>" not in html
