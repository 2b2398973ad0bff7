"""What the user reads when something fails, and how commands end."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.shell import errors
from tools.shell.paths import ROOT

UV_OFFLINE = """\
error: Failed to fetch: `https://pypi.org/simple/six/`
  cause: error sending request for url (https://pypi.org/simple/six/)
  cause: dns error
  cause: failed to lookup address information: Temporary failure in name resolution"""
UV_FULL = """\
error: Failed to install: numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl (numpy==2.4.6)
  cause: failed to copy file from /c/a.so to /v/a.so: No space left on device (os error 28)"""
UV_NO_TORCH = """\
error: No solution found when resolving dependencies
  cause: Because torch==2.13.0 has no wheels with a matching Python ABI tag (e.g., `cp315`)"""
UV_FORBIDDEN = "  cause: failed to create directory `/v/x`: Permission denied (os error 13)"
PIP_OFFLINE = """\
WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by \
'NewConnectionError('Failed to establish a new connection: [Errno -3] Temporary failure')'
ERROR: No matching distribution found for uv==0.13.9"""
NPM_OFFLINE = "npm error code EAI_AGAIN\nnpm error syscall getaddrinfo"
NPM_FULL = "npm error code ENOSPC\nnpm error nospc There appears to be insufficient space"


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (UV_OFFLINE, errors.NO_NETWORK),
        (PIP_OFFLINE, errors.NO_NETWORK),
        (NPM_OFFLINE, errors.NO_NETWORK),
        (UV_FULL, errors.DISK_FULL),
        (NPM_FULL, errors.DISK_FULL),
        (UV_FORBIDDEN, errors.NOT_WRITABLE),
        (UV_NO_TORCH, None),  # uv's own message is clear
    ],
)
def test_failures_of_installers(output: str, sentence: str | None) -> None:
    assert errors.explain(output) == sentence


def run(text: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command with `text` as the body of its `main`."""
    program = (
        "import sys, signal, os; from pathlib import Path\n"
        "from tools.shell.errors import UserError, run_main\n"
        f"def main():\n    {text}\n    return 0\nsys.exit(run_main(main))"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **env},
    )


@pytest.mark.parametrize(
    ("text", "code", "shown"),
    [
        ("pass", 0, ""),
        ("return 7", 7, ""),
        ("raise UserError('No bread. Buy some.')", 1, "error: No bread. Buy some.\n"),
        ("raise UserError('No.', tail='a\\nb')", 1, "a\nb\nerror: No.\n"),
        (
            f"raise UserError('No.', log=Path({str(ROOT)!r}) / '_build/log/uv.log')",
            1,
            "error: No.\nThe whole output: _build/log/uv.log\n",
        ),
        ("raise OSError(28, 'No space')", 1, f"error: {errors.DISK_FULL}\n"),
        ("raise PermissionError(13, 'Denied', '/x')", 1, f"error: /x: {errors.NOT_WRITABLE}\n"),
        ("raise BrokenPipeError", 1, ""),
        ("raise KeyboardInterrupt", errors.INTERRUPTED, ""),
        ("os.kill(os.getpid(), signal.SIGINT)", errors.INTERRUPTED, ""),
        ("os.kill(os.getpid(), signal.SIGTERM)", errors.TERMINATED, ""),
    ],
)
def test_how_a_command_ends(text: str, code: int, shown: str) -> None:
    done = run(text)
    assert (done.returncode, done.stderr) == (code, shown)


def test_an_unexpected_error_has_a_traceback() -> None:
    assert "Traceback" in run(f"Path({str(Path('/no/such'))!r}).read_text()").stderr


def test_an_ascii_terminal_replaces_other_characters() -> None:
    done = run("print('…')", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, "?\n")
