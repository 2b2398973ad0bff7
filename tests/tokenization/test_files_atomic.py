"""A save that is interrupted leaves the old files, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cs336_core.atomic import write_files
from cs336_core.tokenization.gpt2_files import load_gpt2, save_gpt2
from cs336_core.tokenization.params import BPEParams

OLD = BPEParams.trained([(b"a", b"b")])
NEW = BPEParams.trained([(b"b", b"c"), (b"a", b"bc")])


def test_files_are_written_and_replaced(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    write_files({one: b"1", two: b"2"})
    write_files({one: b"new"})
    assert (one.read_bytes(), two.read_bytes()) == (b"new", b"2")
    assert sorted(tmp_path.iterdir()) == [one, two]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
@pytest.mark.parametrize("at", [1, 2])
def test_an_interrupted_save_leaves_the_old_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException], at: int
) -> None:
    save_gpt2(OLD, tmp_path)
    synced = 0

    def interrupted(_descriptor: int) -> None:
        nonlocal synced
        synced += 1
        if synced == at:
            raise interruption

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(interruption):
        save_gpt2(NEW, tmp_path)
    assert load_gpt2(tmp_path, pattern=None) == OLD
    assert len(list(tmp_path.iterdir())) == 2


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_files({link: b"new"})
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_new_files_are_readable_as_others_are(tmp_path: Path) -> None:
    write_files({tmp_path / "ours": b""})
    (tmp_path / "plain").touch()
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_place_that_cannot_be_written_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_files({tmp_path / "missing" / "file": b""})
    with pytest.raises(IsADirectoryError):
        write_files({tmp_path: b""})
    assert list(tmp_path.iterdir()) == []
