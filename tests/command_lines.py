"""How commands fail: with one line on standard error, or by refusing their options."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

Main = Callable[[Sequence[str]], int]
Output = pytest.CaptureFixture[str]


def failed(main: Main, argv: Sequence[str], capsys: Output, status: int = 1) -> str:
    """Run a command that fails, and return its one line on standard error."""
    assert main(argv) == status
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    return error


def refused(main: Main, argv: Sequence[str], capsys: Output) -> str:
    """Run a command whose options cannot be, and return what it says."""
    with pytest.raises(SystemExit) as caught:
        main(argv)
    assert caught.value.code == 2
    return capsys.readouterr().err
