"""A wheel built from a checkout contains the built files, and the package finds them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tools.shell.paths import ROOT

COPIED = ("pyproject.toml", "README.md", "LICENSE", "tools", "cs336_core")
BUILD = "from setuptools.build_meta import build_wheel; build_wheel('dist')"
FIND = (
    "from cs336_core._shared.built import RANKS, STATIC;"
    "print((STATIC / 'widgets' / 'a.js').read_text(), (RANKS / 'b.tiktoken').read_text())"
)


def run(code: str, folder: Path, path: Path) -> str:
    """Run a program in a folder; return what it prints."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_wheel_carries_bundles_and_rank_files(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    ignore = shutil.ignore_patterns("__pycache__")
    for path in (ROOT / name for name in COPIED):
        if path.is_dir():
            shutil.copytree(path, checkout / path.name, ignore=ignore)
        else:
            checkout.mkdir(exist_ok=True)
            shutil.copy(path, checkout)
    for name in ("static/widgets/a.js", "ranks/b.tiktoken", "html/index.html"):
        built = checkout / "_build" / name
        built.parent.mkdir(parents=True)
        built.write_text(name)
    run(BUILD, checkout, checkout)
    (wheel,) = (checkout / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as contents:
        names = set(contents.namelist())
        contents.extractall(tmp_path / "installed")
    assert {name for name in names if "/_built/" in name} == {
        "cs336_core/_built/static/widgets/a.js",
        "cs336_core/_built/ranks/b.tiktoken",
    }
    assert {"cs336_core/trace/__init__.py", "cs336_core/py.typed"} <= names
    assert not [name for name in names if name.startswith(("tools/", "tests/"))]
    found = run(FIND, tmp_path, tmp_path / "installed")
    assert found == "static/widgets/a.js ranks/b.tiktoken\n"
