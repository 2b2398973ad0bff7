"""The golden files say what Python computes now."""

from __future__ import annotations

from tests.js import golden


def test_the_golden_file_is_current() -> None:
    assert golden.GOLDEN.read_text("utf-8") == golden.text(), "run python -m tests.js.golden"
