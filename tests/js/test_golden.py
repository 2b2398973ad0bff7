"""The golden files hold what Python computes now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.js import golden

FILES = golden.golden_files()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_golden_file_is_current(path: Path) -> None:
    current = golden.text(FILES[path]())
    assert path.read_text("utf-8") == current, "run python -m tests.js.golden"


def test_every_golden_file_has_a_function() -> None:
    assert set(FILES) == set((golden.HERE / "golden").glob("*.json"))
