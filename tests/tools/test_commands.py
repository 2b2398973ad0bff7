"""The targets: listed, run in order, told at the end."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
from pathlib import Path

import pytest

from tools import clean, commands, several
from tools.console import Trouble
from tools.paths import ROOT

OURS = ["lock", "nodejs", "pins", "ports", "processes", "several", "stamps", "static_files", "text"]


def test_the_makefile_and_the_tools_know_the_same_targets() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = re.search(r"^TARGETS = (.*)$", makefile, re.MULTILINE)
    assert named is not None
    assert named[1].split() == list(commands.TARGETS)


def test_help_lists_every_target_in_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name in commands.TARGETS:
        (line,) = (line for line in lines if line.startswith(f"  make {name} "))
        assert len(line) < 100


def test_make_alone_is_help() -> None:
    run = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0
    assert "make serve" in run.stdout


def test_a_python_that_is_not_there_is_one_sentence() -> None:
    run = subprocess.run(
        ["make", "-s", "serve", "PYTHON=no-such-python"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode != 0
    assert run.stderr.startswith("error: there is no no-such-python: install Python 3.11 or newer")


def test_an_unknown_target_is_told_the_known_ones() -> None:
    with pytest.raises(Trouble, match="there are serve, lab"):
        commands.main(["deploy"])


def test_all_tasks_run_and_the_last_line_tells(capsys: pytest.CaptureFixture[str]) -> None:
    done = []

    def task(code: int) -> int:
        done.append(code)
        return code

    assert several.run_all({"a": lambda: task(2), "b": lambda: task(0)}) == 1
    assert done == [2, 0]
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("FAILED: a. Passed: b. (0.")
    assert several.run_all({"b": lambda: task(0)}) == 0
    assert "All passed: b." in capsys.readouterr().out


def test_cleaning_removes_what_was_made_and_nothing_else(tmp_path: Path) -> None:
    made = [".venv/bin", "node_modules/x", "_build/html", "cs336_core/widgets/static"]
    made += ["cs336_core/tokenization/ranks"]
    made += ["tools/__pycache__", "lectures/.ipynb_checkpoints", ".ruff_cache"]
    kept = ["cs336_core/widgets/ui", "lectures/figures", "book/_static", "shared/node_modules"]
    for name in made + kept:
        (tmp_path / name).mkdir(parents=True)
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / ".mypy_cache").symlink_to(outside)
    for path in clean.made_things(tmp_path):
        clean.remove(path)
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")}
    assert left.issuperset([*kept, "outside"])
    assert left.isdisjoint([*made, ".venv", "node_modules", "_build", ".mypy_cache"])


@pytest.mark.parametrize("name", OURS)
def test_the_examples_in_the_tools_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"tools.{name}")).failed == 0
