"""The targets: listed, run in order, summarized at the end."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys

import pytest

from tools import commands
from tools.shell.paths import ROOT


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make."""
    return subprocess.run(
        ["make", "-s", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_help_lists_every_target_in_a_line() -> None:
    for run in (make(), make("help")):
        assert run.returncode == 0
        listed = re.findall(r"^  make ([\w-]+)", run.stdout, re.MULTILINE)
        assert sorted(listed) == sorted([*commands.TARGETS, "clean", "help"])
        assert all(len(line) < 100 for line in run.stdout.splitlines())


def test_a_python_that_does_not_exist_is_one_sentence() -> None:
    run = make("serve", "PYTHON=no-such-python")
    assert run.returncode != 0
    assert run.stderr.startswith("error: no-such-python was not found: install Python 3.11")


def test_an_unknown_target_is_refused() -> None:
    command = [sys.executable, "-m", "tools.commands", "deploy"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == "error: There is no target 'deploy'; `make help` lists them.\n"


def test_tests_of_a_file_run_in_one_process(request: pytest.FixtureRequest) -> None:
    # Whether pytest and pytest-xdist still understand each other: without the group, every process
    # would start its own JupyterLab and load every page again.
    is_grouped = request.node.nodeid.endswith("@tests/tools/test_commands.py")
    assert is_grouped == getattr(request.config.option, "loadgroup", False)


def test_all_tasks_run_and_the_last_line_summarizes(capsys: pytest.CaptureFixture[str]) -> None:
    done = []

    def task(code: int) -> int:
        done.append(code)
        return code

    assert commands.run_tasks({"a": lambda: task(2), "b": lambda: task(0)}) == 1
    assert done == [2, 0]
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("FAILED: a. Passed: b. (0.")
    assert commands.run_tasks({"b": lambda: task(0)}) == 0
    assert "All passed: b." in capsys.readouterr().out


def test_tasks_that_start_early_are_reported_in_turn(capfd: pytest.CaptureFixture[str]) -> None:
    write = "import sys; print('to one'); print('and the other', file=sys.stderr); sys.exit(3)"
    with commands.started_early({"a": commands.program(sys.executable, "-c", write)}) as early:
        print("meanwhile")
        assert commands.run_tasks(early) == 1
    shown = capfd.readouterr().out.splitlines()
    assert shown[:3] == ["meanwhile", "", "a"]
    assert sorted(shown[3:5]) == ["and the other", "to one"]
    assert shown[-1].startswith("FAILED: a.")


@pytest.mark.parametrize(
    "name",
    ["constraints", "serve", "setup", "shell.console", "shell.processes"],
)
def test_examples_in_docstrings(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"tools.{name}")).failed == 0
