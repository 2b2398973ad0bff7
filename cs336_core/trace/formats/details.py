"""What a step says of its call, as a JSON object: the same one in every format that we write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cs336_core.trace.formats.checks import Node
from cs336_core.trace.json_values import Json
from cs336_core.trace.model import Cleared, Event, Raised, Returned, Step, Yielded

_MAX_CALL_DIGITS: Final = 9  # far more than any trace has

Write = Callable[["Json | Cleared"], Json]
Read = Callable[[Node], "Json | Cleared"]


def details_to(step: Step, write: Write) -> dict[str, Json]:
    """Convert the event, the changes in other calls and the shared objects of a step.

    `write` converts a value.
    """
    details: dict[str, Json] = {}
    match step.event:
        case Returned(value):
            details["return"] = write(value)
        case Yielded(value):
            details["yield"] = write(value)
        case Raised(kind, message):
            details["raise"] = [kind, message]
    if step.outer:
        details["outer"] = {
            str(call): {name: write(value) for name, value in changes.items()}
            for call, changes in step.outer.items()
        }
    if step.same is not None:
        details["same"] = [list[Json](names) for names in step.same]
    return details


def add_details(step: Step, node: Node, read: Read) -> None:
    """Read what `details_to` wrote into a step; `read` reads a value."""
    step.event = _event_from(node, read)
    if outer := node.get("outer"):
        step.outer = {
            _call(number, outer): {name: read(value) for name, value in changes.entries()}
            for number, changes in outer.entries()
        }
    if same := node.get("same"):
        step.same = [[name.string() for name in names.items()] for names in same.items()]


def _event_from(node: Node, read: Read) -> Event | None:
    if returned := node.get("return"):
        return Returned(_value(returned, read))
    if yielded := node.get("yield"):
        return Yielded(_value(yielded, read))
    if raised := node.get("raise"):
        kind, message = raised.exactly(2)
        return Raised(kind.string(), message.string())
    return None


def _value(node: Node, read: Read) -> Json:
    value = read(node)
    if isinstance(value, Cleared):
        raise node.error("a value")
    return value


def number_from(node: Node) -> int | None:
    """Read the number of a call; -1 is none."""
    if node.integer() < -1:
        raise node.error("the number of a call, or -1")
    return None if node.integer() == -1 else node.integer()


def _call(number: str, node: Node) -> int:
    if not (number.isascii() and number.isdecimal() and len(number) <= _MAX_CALL_DIGITS):
        raise node.error("numbers of calls as keys")
    return int(number)
