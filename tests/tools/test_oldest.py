"""An old Python is told so, by files that it can read."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tools.oldest import complaint
from tools.paths import ROOT

OLD = ["python2.7", "python3.6", "python3.7", "python3.8", "python3.9", "python3.10"]


def interpreter(name: str) -> str | None:
    """Find an interpreter on the PATH or among pyenv's."""
    versions = Path("~/.pyenv/versions").expanduser()
    found = sorted(versions.glob(f"{name.removeprefix('python')}.*/bin/{name}"))
    return str(found[0]) if found else shutil.which(name)


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)])
def test_an_old_python_is_named_with_what_is_needed_and_the_way_out(
    version: tuple[int, ...],
) -> None:
    told = complaint(version, "/usr/bin/python3")
    assert ".".join(map(str, version)) in told
    assert "/usr/bin/python3" in told
    assert "3.11 or newer" in told
    assert "PYTHON=" in told


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 1), (4, 0, 0)])
def test_a_new_python_is_welcome(version: tuple[int, ...]) -> None:
    assert complaint(version, "python3") == ""


@pytest.mark.parametrize("name", OLD)
def test_old_interpreters_can_read_the_entry_point(name: str) -> None:
    python = interpreter(name)
    if python is None or subprocess.run([python, "-c", ""], check=False).returncode:
        # Not every machine has old Pythons: there, what they read must at least look its age.
        for file in ("__init__.py", "__main__.py", "oldest.py"):
            source = (ROOT / "tools" / file).read_bytes()
            assert source.isascii()
            assert b' f"' not in source
            assert b"annotations" not in source.replace(b"no annotations", b"")
        return
    run = subprocess.run(
        [python, "-m", "tools", "help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("error: The course needs Python 3.11 or newer")
    assert run.stderr.count("\n") == 1
