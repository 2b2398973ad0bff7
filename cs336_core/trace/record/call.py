"""The state of one call while it is recorded, and what Python reveals about its frame."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterator
from types import CodeType, FrameType, ModuleType
from typing import Any, Final, TypeAlias

from cs336_core.trace.json_values import Json
from cs336_core.trace.model import CallStack
from cs336_core.trace.record.directives import Directives
from cs336_core.trace.record.sources import Source

Variables: TypeAlias = dict[str, Any]  # a function's locals, or a module's globals

NO_DIRECTIVES: Final = Directives()
# The instruction of a frame that yields; Python 3.13.0 has advanced to the next one.
_YIELD: Final = {dis.opmap["YIELD_VALUE"], dis.opmap["RESUME"]}
# Python 3.12 and later inline comprehensions, so earlier versions do not enter them either.
_NOT_ENTERED: Final = {"<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>", "<lambda>"}


class Call:
    """A function call in progress: its current statement and the values last recorded."""

    __slots__ = (
        "caller",
        "directives",
        "last_values",
        "line",
        "raised",
        "source",
        "stack",
        "step",
    )

    def __init__(self, source: Source) -> None:
        self.source = source
        self.caller: Call | None = None
        self.line = 0  # the first line of the current statement
        self.directives = NO_DIRECTIVES  # of the current statement
        self.stack: CallStack | None = None
        self.step = -1  # index of the statement's step
        self.raised = False  # whether the statement raised an exception
        self.last_values: dict[str, Json] = {}  # variable -> value, with inspect_all


def is_entered(code: CodeType) -> bool:
    """Whether this kind of code gets steps of its own: functions and modules do."""
    is_class_body = not code.co_flags & inspect.CO_OPTIMIZED and code.co_name != "<module>"
    return code.co_name not in _NOT_ENTERED and not is_class_body


def is_suspended(frame: FrameType) -> bool:
    """Whether a "return" event is only a generator or a coroutine that yields."""
    generator = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    code = frame.f_code
    return bool(code.co_flags & generator) and code.co_code[frame.f_lasti] in _YIELD


def data_variables(variables: Variables) -> Iterator[tuple[str, object]]:
    """Yield the variables that hold data, rather than modules, classes and functions.

    Skips Python's own (`__file__`) and throwaway ones (`_`).
    """
    for name, value in variables.items():
        is_code = isinstance(value, ModuleType | type) or inspect.isroutine(value)
        if not is_code and not name.startswith("__") and name != "_":
            yield name, value
