"""Two makes in one folder take turns."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tools import lock
from tools.paths import ROOT


def test_the_second_waits_and_says_for_whom(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "build" / "lock"
    order = []

    def second() -> None:
        with lock.exclusive(path):
            order.append("second")

    with lock.exclusive(path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.5)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
    assert "Waiting for another make in this folder (process " in capsys.readouterr().out


def test_the_lock_goes_with_its_holder_however_that_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    program = (
        "import sys, time; from pathlib import Path; from tools import lock;"
        "held = lock.exclusive(Path(sys.argv[1])); held.__enter__();"
        "print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout
        holder.stdout.readline()
        assert lock.acquire(path) is None
        assert lock.holder(path) == f" (process {holder.pid})"
        holder.kill()
    with lock.exclusive(path):
        pass


def test_a_lock_whose_file_was_removed_keeps_nobody_out(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with lock.exclusive(path):
        path.unlink()
        with lock.exclusive(path):
            assert path.exists()


def test_what_a_killed_make_left_running_is_named(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    program = (
        "import os, subprocess, sys; from pathlib import Path; from tools import lock\n"
        "with lock.exclusive(Path(sys.argv[1])) as held:\n"
        "    left = subprocess.Popen(['sleep', '60'], pass_fds=[held], stdout=-3, stderr=-3)\n"
        "    print(left.pid, flush=True); os._exit(1)"
    )
    command = [sys.executable, "-c", program, str(path)]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    left = int(killed.stdout)
    try:
        assert lock.acquire(path) is None
        listed = Path("/proc/self/fd").exists()  # not every system lists who has a file open
        assert lock.holder(path).startswith(f" (process {left}, " if listed else "")
    finally:
        os.kill(left, signal.SIGKILL)
