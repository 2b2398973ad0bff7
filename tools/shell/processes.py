"""Runs other programs so that none of them outlives us.

A program that works for a step gets a process group of its own, which ends as a whole: npm and uv
start children, which must not go on installing after Ctrl-C.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO

from tools.shell.errors import UserError

PATIENCE = 5.0  # seconds between SIGTERM and SIGKILL

# Escape sequences: colors and cursor moves (CSI), titles and links (OSC)
ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\))")


@contextmanager
def started(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    keep_open: Sequence[int] = (),
    output: BinaryIO | int = subprocess.PIPE,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program during the block; it and its children have ended when the block ends."""
    with missing_program_as_user_error(command[0]):
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            pass_fds=tuple(keep_open),
            start_new_session=True,
        )
    try:
        yield child
    finally:
        _end_group(child)
        if child.stdout:
            child.stdout.close()


@contextmanager
def missing_program_as_user_error(program: str) -> Iterator[None]:
    """Turn the error for a missing program into a `UserError`."""
    try:
        yield
    except FileNotFoundError as error:
        raise UserError(
            f"The program {program} is missing. Run `make clean`, then make again to reinstall "
            "everything."
        ) from error


def _end_group(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
    # The leader may have ended while a child of it lives on.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def lines_of(child: subprocess.Popen[bytes]) -> Iterator[str]:
    """Yield the lines of a program's output as they arrive, without escape sequences."""
    if child.stdout is not None:
        yield from lines_in(child.stdout)


def lines_in(output: IO[bytes]) -> Iterator[str]:
    """Yield the lines that programs write to a pipe, as `lines_of` does."""
    rest = b""
    while block := os.read(output.fileno(), 65536):
        *lines, rest = re.split(rb"[\r\n]+", rest + block)
        yield from (_plain(line) for line in lines if line.strip())
    if rest.strip():
        yield _plain(rest)


def _plain(line: bytes) -> str:
    return ESCAPES.sub("", line.decode("utf-8", errors="replace")).rstrip()


def run_foreground(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    keep_open: Sequence[int] = (),
    output: BinaryIO | None = None,
) -> int:
    """Run a program that writes to the terminal, or to `output`; return its exit status.

    It stays in our process group, so Ctrl-C reaches it too: it gets the time to end by itself.
    """
    arguments = [str(part) for part in command]
    with missing_program_as_user_error(arguments[0]):
        child = subprocess.Popen(
            arguments,
            env=env,
            cwd=cwd,
            pass_fds=tuple(keep_open),
            stdout=output,
            stderr=output and subprocess.STDOUT,
        )
    try:
        code = child.wait()
    except KeyboardInterrupt:
        with suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
        raise
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
    return code if code >= 0 else 128 - code


def ending(code: int) -> str:
    """Describe how a program ended.

    >>> ending(2), ending(-9)
    ('failed with exit status 2', 'was ended by signal SIGKILL')
    """
    if code >= 0:
        return f"failed with exit status {code}"
    return f"was ended by signal {signal.Signals(-code).name}"
