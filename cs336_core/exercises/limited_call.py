"""Calls a function that may fail in any way: it may print, raise, or never end."""

from __future__ import annotations

import io
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from types import FrameType
from typing import Any

MAX_STEPS = 500_000  # instructions of Python; a correct solution runs some ten thousand
MAX_PRINTED = 2_000  # characters


class _TooLongError(BaseException):
    """The function ran too long; not an `Exception`, which it might catch."""


@dataclass(frozen=True)
class Outcome:
    """How a call ended.

    Attributes:
        value: what the function returned, `None` if it raised.
        printed: what it printed.
        error: what it raised, such as "KeyError: 3 in line 4", "" if it returned.
        too_long: whether it was stopped.

    """

    value: Any
    printed: str
    error: str = ""
    too_long: bool = False


def limited_call(function: Callable[..., Any], *args: Any) -> Outcome:
    """Call a function, for at most `MAX_STEPS` instructions of Python.

    >>> limited_call(int, "seven").error
    "ValueError: invalid literal for int() with base 10: 'seven'"
    """
    output = io.StringIO()
    value, error, too_long = None, "", False
    try:
        with redirect_stdout(output), _limit():
            value = function(*args)
    except _TooLongError:
        too_long = True
    except (Exception, SystemExit) as raised:  # whatever the reader's code raises
        error = _described(raised)
    return Outcome(value, output.getvalue()[:MAX_PRINTED], error, too_long)


@contextmanager
def _limit() -> Iterator[None]:
    """Count the instructions that run, and stop after too many.

    A clock would stop a slow machine early, signals do not exist in the browser, and a loop on one
    line has no lines to count.
    """
    steps = 0

    def count(frame: FrameType, event: str, _: object) -> Any:
        nonlocal steps
        frame.f_trace_opcodes = True
        steps += 1
        if steps > MAX_STEPS:
            raise _TooLongError
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)


def _described(error: BaseException) -> str:
    """Return the type, message and line of an exception."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == READERS_FILE]
    return f"{text} in line {lines[-1]}" if lines else text


READERS_FILE = "<your code>"
