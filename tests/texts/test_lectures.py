"""The lectures of the site, as text to train on."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs336_core.texts.own_pages import lecture_texts
from tools.shell.paths import ROOT


def test_every_lecture_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = lecture_texts()
    assert list(found) == sorted(path.stem for path in ROOT.glob("lectures/*.py"))
    for text in found.values():
        assert text.startswith("# ")  # the title
        assert "\nfrom cs336_core" in text
        assert "jupytext" not in text
        assert "# %%" not in text


def test_prose_and_code_without_marks(tmp_path: Path) -> None:
    text = "# ---\n# ---\n\n# %% [markdown]\n# # Tea\n# is green.\n\n# %%\nx = 1  # one\n"
    (tmp_path / "01_tea.py").write_text(text, "utf-8")
    (tmp_path / "notes.py").write_text("# %%\ny = 2\n", "utf-8")
    assert lecture_texts(tmp_path) == {"01_tea": "# Tea\nis green.\n\nx = 1  # one"}


def test_the_error_for_missing_lectures_has_advice(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no lectures in .*must be installed in place"):
        lecture_texts(tmp_path)
