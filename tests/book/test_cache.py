"""A cached result is used until something that it was built from changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from book.builder.cache import Cache, digest, is_current, mark_current

CONTENT = {"text": "🐈", "lines": [1, 2]}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """A cache with one entry, which depends on a file and on a missing one."""
    (tmp_path / "read.txt").write_text("a")
    cache = Cache(tmp_path / "cached", tmp_path)
    cache.save("name", "inputs", CONTENT, ["read.txt", "missing.txt"])
    return cache


def test_an_entry_is_found_by_its_name_and_inputs(cache: Cache) -> None:
    assert cache.load("name", "inputs") == CONTENT
    assert cache.load("name", "other inputs") is None
    assert cache.load("other name", "inputs") is None


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("read.txt", lambda file: file.write_text("b")),
        ("read.txt", Path.unlink),
        ("missing.txt", Path.touch),
        ("cached/name.json", truncate),
        ("cached/name.json", lambda file: file.write_text("[]")),
        ("cached/name.json", Path.unlink),
    ],
)
def test_a_change_invalidates_an_entry(
    cache: Cache, name: str, change: Callable[[Path], object]
) -> None:
    change(cache.root / name)
    assert cache.load("name", "inputs") is None
    cache.save("name", "inputs", CONTENT, ["read.txt"])
    assert cache.load("name", "inputs") == CONTENT


def test_other_entries_are_removed(cache: Cache) -> None:
    cache.save("other", "inputs", CONTENT)
    cache.remove_all_but(["other"])
    assert [file.name for file in cache.folder.iterdir()] == ["other.json"]


def test_a_folder_is_current_once_it_is_marked(tmp_path: Path) -> None:
    assert not is_current(tmp_path, digest(["a", "b"]))
    mark_current(tmp_path, digest(["a", "b"]))
    assert is_current(tmp_path, digest(["a", "b"]))
    assert not is_current(tmp_path, digest(["ab"]))
