"""The lectures of the site, as text to train on."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs336_core.texts.own_pages import lecture_text
from tools.shell.paths import ROOT


def test_every_lecture_is_found_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in ROOT.glob("lectures/*.py"):
        text = lecture_text(path.stem)
        assert text.startswith("# ")  # the title
        assert "\nfrom cs336_core" in text
        assert "jupytext" not in text
        assert "# %%" not in text


def test_prose_and_code_without_marks(tmp_path: Path) -> None:
    text = "# ---\n# ---\n\n# %% [markdown]\n# # Tea\n# is green.\n\n# %%\nx = 1  # one\n"
    (tmp_path / "01_tea.py").write_text(text, "utf-8")
    assert lecture_text("01_tea", tmp_path) == "# Tea\nis green.\n\nx = 1  # one"


def test_the_error_for_a_missing_lecture_has_advice(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"01_tea.*must be installed in place"):
        lecture_text("01_tea", tmp_path)
