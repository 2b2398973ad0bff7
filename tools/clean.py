"""Removes what the tools made here, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from tools.console import step
from tools.lock import exclusive
from tools.paths import BUILD, NODE_MODULES, RANKS, ROOT, VENV

CACHES = (".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis", "cs336_core.egg-info")
CODE = ("benchmarks", "book", "cs336_core", "lectures", "tests", "tools")


def made_things(root: Path) -> Iterator[Path]:
    """Yield the folders that the tools make below `root`."""
    yield from (root / VENV.name, root / NODE_MODULES.name)
    yield root / "cs336_core" / "widgets" / "static"
    yield root / RANKS.relative_to(ROOT)
    yield from (root / name for name in CACHES)
    for folder in CODE:
        for name in ("__pycache__", ".ipynb_checkpoints"):
            yield from sorted((root / folder).rglob(name))
    yield root / BUILD.name  # last: it holds the lock


def remove(path: Path) -> None:
    """Remove a folder; of a link to one, the link."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def run() -> None:
    """Remove all of it, when no other make is at work here."""
    with exclusive(), step("Removing .venv, node_modules, _build and caches"):
        for path in made_things(ROOT):
            remove(path)
