"""The stepper's Python side: state, bounds, and what a page without JavaScript says."""

from __future__ import annotations

import pytest

from cs336_core._shared import built
from cs336_core.widgets import BPEStepper
from tests.widgets.states import state_of

HAT = "the cat in the hat"


def test_the_state_is_what_the_view_reads() -> None:
    state = BPEStepper(HAT, 3).static_state()
    assert state == {"text": HAT, "merges": [[116, 104], [256, 101], [257, 32]], "step": 0}


def test_the_step_is_kept_within_the_merges() -> None:
    widget = BPEStepper(HAT, 3, step=99)
    assert widget.step == 3
    widget.step = -5
    assert widget.step == 0


def test_fewer_merges_than_asked_for() -> None:
    assert len(BPEStepper("ab", 10).merges) == 1
    assert BPEStepper("a", 10).merges == []


def test_a_notebook_gets_the_live_view_and_a_page_the_static_one() -> None:
    data, _ = BPEStepper(HAT, 3)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert 'data-widget="bpe_stepper"' in data["text/html"]


def test_the_fallback_tells_every_merge() -> None:
    html = BPEStepper(HAT, 3).fallback_html()
    assert html.count("<tr>") == 4
    assert "<td><code>the</code> + <code>␣</code></td><td>2</td><td><code>the␣</code></td>" in html
    assert "<td>258</td><td>12</td><td>1.50</td>" in html


HOSTILE = '</script><img src=x onerror=alert(1)><!-- "&\u2028\u202e\x00é猫 <b>bold</b>'


def test_hostile_text_stays_text() -> None:
    html = BPEStepper(HOSTILE, 5, key='"><b>').static_html()
    assert state_of(html)["text"] == HOSTILE
    assert html.count("</script>") == 1
    assert "<img" not in html
    assert "<b>" not in html


def test_half_a_character_is_shown_as_bytes() -> None:
    html = BPEStepper("éèéè", 1).fallback_html()
    assert "<code>C3</code> + <code>A9</code>" in html


@pytest.mark.parametrize("text", ["", "x" * 4001, "猫" * 1334])
def test_a_text_that_cannot_be_drawn_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="takes 1 to 4,000"):
        BPEStepper(text)


def test_text_and_merges_cannot_drift_apart() -> None:
    import traitlets

    widget = BPEStepper(HAT, 3)
    with pytest.raises(traitlets.TraitError):
        widget.text = "other"


def test_a_view_that_is_not_built_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(built, "STATIC", tmp_path)

    class Unbuilt(BPEStepper):
        view = "bpe_stepper"

    assert "is not built yet" in str(Unbuilt(HAT)._esm)
