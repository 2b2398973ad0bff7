"""Runs commands that must fail: with a one-line error, or with argparse's usage message."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

Main = Callable[[Sequence[str]], int]
Output = pytest.CaptureFixture[str]


def failed(main: Main, argv: Sequence[str], capsys: Output, status: int = 1) -> str:
    """Run a command that fails, and return its one-line error."""
    assert main(argv) == status
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    return error


def refused(main: Main, argv: Sequence[str], capsys: Output) -> str:
    """Run a command with invalid options, and return its error output."""
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2
    return capsys.readouterr().err
