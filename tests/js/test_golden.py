"""The golden files say what Python computes now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.js import golden


@pytest.mark.parametrize("path", golden.FILES, ids=lambda path: path.stem)
def test_the_golden_file_is_current(path: Path) -> None:
    current = golden.text(golden.FILES[path]())
    assert path.read_text("utf-8") == current, "run python -m tests.js.golden"
