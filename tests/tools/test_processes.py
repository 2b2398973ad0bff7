"""No program outlives the step that started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tools.shell.paths import ROOT
from tools.shell.processes import run_foreground, started

# A program and its child, which would both run for a minute, print their process ids.
FAMILY = (
    "import os, subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print(os.getpid(), child.pid, flush=True); time.sleep(60)"
)


def is_gone(process: int) -> bool:
    """Whether a process ends within a few seconds."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        # A zombie stays listed until its parent reads its status.
        with suppress(OSError):
            if Path(f"/proc/{process}/stat").read_text().split()[2] == "Z":
                return True
        time.sleep(0.05)
    return False


def test_a_program_and_its_children_end_with_the_block() -> None:
    with started([sys.executable, "-c", FAMILY]) as child:
        assert child.stdout
        family = [int(number) for number in child.stdout.readline().split()]
    assert all(is_gone(process) for process in family)


def test_a_program_that_ignores_sigterm_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.shell.processes.PATIENCE", 0.2)
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True)"
    with started([sys.executable, "-c", f"{stubborn}; time.sleep(60)"]) as child:
        assert child.stdout
        child.stdout.readline()
    assert child.returncode == -signal.SIGKILL


@pytest.mark.parametrize("request_to_end", [signal.SIGINT, signal.SIGTERM])
def test_ending_a_tool_ends_its_processes(tmp_path: Path, request_to_end: signal.Signals) -> None:
    tool = (
        "import sys; from pathlib import Path; from tools.shell.errors import run_main;"
        "from tools.shell.console import run_step;"
        f"sys.exit(run_main(lambda: run_step('Trying', [sys.executable, '-c', {FAMILY!r}],"
        f" log=Path({str(tmp_path / 'log')!r}))))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", tool], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        family: list[int] = []
        while len(family) < 2:
            time.sleep(0.05)
            if (tmp_path / "log").exists():
                family = [int(number) for number in (tmp_path / "log").read_text().split()]
        running.send_signal(request_to_end)
        _, error = running.communicate(timeout=30)
    assert running.returncode == 128 + request_to_end
    assert error == b""
    assert all(is_gone(process) for process in family)


@pytest.mark.parametrize(("text", "code"), [("exit(0)", 0), ("exit(4)", 4)])
def test_a_program_in_the_foreground_returns_its_status(text: str, code: int) -> None:
    assert run_foreground([sys.executable, "-c", text]) == code


def test_the_status_for_a_signal_is_that_of_a_shell() -> None:
    assert run_foreground([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]) == 137
