"""The Python side: state, bounds, files from Python, and a page without JavaScript."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cs336_core._shared import built
from cs336_core.training import small_model
from cs336_core.ui.small_model import CONTEXT
from cs336_core.ui.state_schema import WidgetError
from cs336_core.widgets import TransformerExplorer
from tests.widgets.states import state_of


def test_the_state_of_a_page_has_no_model() -> None:
    widget = TransformerExplorer(text="At the", part="mlp-2", removed="positions")
    assert state_of(widget.static_html()) == {
        "text": "At the",
        "position": 0,
        "part": "mlp-2",
        "removed": "positions",
    }


def test_a_notebook_gets_the_model_that_it_requests(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(built, "BUILT", tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "small.txt").write_text("packed")
    (tmp_path / "secret.txt").write_text("secret")
    widget = TransformerExplorer()
    widget.requested = "small,../secret"
    assert widget.files == {"small": "packed"}
    (tmp_path / "models" / "small.txt").unlink()
    other = TransformerExplorer()
    other.requested = "small"
    assert other.files == {"small": ""}  # which the view explains


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"text": "é" * 201}, "up to 400 bytes of text; this text has 402"),
        ({"text": "\ud83d"}, "surrogate"),
        ({"position": 65}, "position is 65; it must be a whole number from 0 to 64"),
    ],
)
def test_what_cannot_be_shown_is_refused(state: dict[str, Any], message: str) -> None:
    with pytest.raises(WidgetError, match=message):
        TransformerExplorer(**state)


def test_the_fallback_describes_the_model_that_the_build_trains() -> None:
    config = small_model.CONFIG
    html = TransformerExplorer(text="<b>").fallback_html()
    assert "“&lt;b&gt;”" in html
    for sentence in (
        f"tokens from a vocabulary of {config.vocab_size:,}",
        f"a row of {config.d_model} numbers",
        f"in each of {config.n_layers} blocks",
        f"{config.n_heads} heads per block",
        f"{config.mlp_width} hidden units",
    ):
        assert sentence in html
    assert config.context_length == CONTEXT
