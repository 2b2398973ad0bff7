"""The state of one call while it is recorded, and what Python reveals about its frame."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import CodeType, FrameType
from typing import Any, Final, NamedTuple, TypeAlias

from cs336_core.trace.json_values import Json
from cs336_core.trace.model import CallStack
from cs336_core.trace.record.directives import Directives
from cs336_core.trace.record.sources import Source

Variables: TypeAlias = Mapping[str, Any]  # a function's locals, or a module's globals

NO_DIRECTIVES: Final = Directives()
# Python 3.12 and later inline comprehensions, so earlier versions do not enter them either.
_NOT_ENTERED: Final = {"<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>", "<lambda>"}


class Known(NamedTuple):
    """A variable as it was last recorded.

    Attributes:
        value: its value.
        identity: the `id` of the object.
        objects: the ids of the mutable objects that the value was recorded from.

    """

    value: Json
    identity: int
    objects: frozenset[int]


class Namespace:
    """The variables of a function's call, or of a module, which lasts for several.

    Attributes:
        number: of the call, in the trace.
        known: the variables as last recorded.
        frame: of the function, until it returns.
        module: the variables of the module.
        code: the code of the function.

    """

    __slots__ = ("code", "frame", "known", "module", "number")

    def __init__(
        self, number: int, frame: FrameType | None = None, module: Variables | None = None
    ) -> None:
        self.number = number
        self.frame = frame
        self.module = module
        self.code = frame.f_code if frame else None
        self.known: dict[str, Known] = {}

    @property
    def variables(self) -> Variables:
        """The current variables; none once the call has ended."""
        if self.module is not None:
            return self.module
        return self.frame.f_locals if self.frame else {}


class Call:
    """A function call in progress: its current statement and the values last recorded."""

    __slots__ = (
        "caller",
        "directives",
        "error",
        "line",
        "namespace",
        "raised",
        "source",
        "stack",
        "step",
    )

    def __init__(self, source: Source, namespace: Namespace) -> None:
        self.source = source
        self.namespace = namespace
        self.caller: Call | None = None
        self.line = 0  # the first line of the current statement
        self.directives = NO_DIRECTIVES  # of the current statement
        self.stack: CallStack  # from the first statement on
        self.step = -1  # index of the statement's step
        self.raised = False  # whether the statement raised an exception
        self.error: BaseException | None = None  # the last exception, until the call ends


def is_entered(code: CodeType) -> bool:
    """Whether this kind of code gets steps of its own: functions and modules do."""
    is_class_body = not code.co_flags & inspect.CO_OPTIMIZED and code.co_name != "<module>"
    return code.co_name not in _NOT_ENTERED and not is_class_body
