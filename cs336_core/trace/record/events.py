"""How a statement ends its call, and with which value or exception."""

from __future__ import annotations

import dis
import gc
import inspect
from contextlib import suppress
from types import CodeType, FrameType
from typing import Final, Literal

from cs336_core.trace.model import Raised
from cs336_core.trace.record.objects import exception_arguments, has_safe_text
from cs336_core.trace.record.texts import type_name
from cs336_core.trace.record.values import record_value
from cs336_core.trace.repr_line import repr_line

MAX_MESSAGE: Final = 500  # characters
_GENERATORS: Final = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
# The instruction of a frame that yields; Python 3.13.0 has advanced to the next one.
_YIELD: Final = {dis.opmap["YIELD_VALUE"], dis.opmap["RESUME"]}
_RETURN: Final = {dis.opmap.get("RETURN_VALUE"), dis.opmap.get("RETURN_CONST")}
# The instructions that use the exception that ends an iterator, rather than fail with it.
_ITERATE: Final = {dis.opmap.get(name) for name in ("FOR_ITER", "SEND", "END_SEND")}


def how_it_leaves(frame: FrameType, raised: bool) -> Literal["returned", "suspended", "raised"]:
    """Return what a "return" event means, which only the instruction shows.

    A generator that an exception is thrown into is still at its `yield`; the exception has been
    reported before (`raised`).
    """
    code = frame.f_code
    instruction = code.co_code[frame.f_lasti]
    if instruction in _RETURN:
        return "returned"
    if instruction in _YIELD and code.co_flags & _GENERATORS and not raised:
        return "suspended"
    return "raised"


def ends_iteration(frame: FrameType, error: type[BaseException]) -> bool:
    """Whether an exception is only how an iterator tells a loop or an `await` that it has ended."""
    if not issubclass(error, StopIteration | StopAsyncIteration):
        return False
    return frame.f_code.co_code[frame.f_lasti] in _ITERATE


def yielded_by(code: CodeType, value: object) -> tuple[object] | None:
    """Return what a generator yields; `None` for a coroutine, which hands nothing to its caller."""
    if code.co_flags & inspect.CO_GENERATOR:
        return (value,)
    if type(value).__name__ == "async_generator_wrapped_value":
        (inner,) = gc.get_referents(value)
        return (inner,)
    return None


def raised_by(error: BaseException) -> Raised:
    """Return an exception as an event, without running code of the program."""
    arguments = exception_arguments(error)
    message = ", ".join(repr_line(record_value(argument)) for argument in arguments)
    if has_safe_text(error):
        with suppress(Exception):  # a mistake in an installed package
            message = str(error)
    return Raised(type_name(error), message[:MAX_MESSAGE])
