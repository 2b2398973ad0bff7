"""The lectures, as text to train on, are those of the site."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs336_core.texts.own_pages import lectures
from tools.shell.paths import ROOT


def test_every_lecture_is_there_wherever_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = lectures()
    assert list(found) == sorted(path.stem for path in ROOT.glob("lectures/*.py"))
    for text in found.values():
        assert text.startswith("# ")  # its title
        assert "\nfrom cs336_core" in text
        assert "jupytext" not in text
        assert "# %%" not in text


def test_prose_and_code_without_marks(tmp_path: Path) -> None:
    text = "# ---\n# ---\n\n# %% [markdown]\n# # Tea\n# is green.\n\n# %%\nx = 1  # one\n"
    (tmp_path / "01_tea.py").write_text(text, "utf-8")
    (tmp_path / "notes.py").write_text("# %%\ny = 2\n", "utf-8")
    assert lectures(tmp_path) == {"01_tea": "# Tea\nis green.\n\nx = 1  # one"}


def test_without_lectures_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no lectures in .*must be installed in place"):
        lectures(tmp_path)
