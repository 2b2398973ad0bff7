"""Token ids in any container: lists, NumPy arrays, tensors, iterators."""

from __future__ import annotations

from collections.abc import Iterable
from operator import index
from typing import SupportsIndex, TypeAlias

from cs336_core.tokenization.arguments import described
from cs336_core.tokenization.errors import WrongTypeError

Ids: TypeAlias = "Iterable[SupportsIndex]"


def id_list(ids: object) -> list[int]:
    """Return ids as a list of Python integers; raise `WrongTypeError` for anything else.

    Arrays and tensors convert themselves, so this module imports neither NumPy nor torch.

    >>> id_list(iter([104, 105]))
    [104, 105]
    """
    convert = getattr(
        ids, "tolist", None
    )  # of arrays and tensors: much faster than element by element
    given = ids if convert is None else convert()
    if not isinstance(given, Iterable):
        raise WrongTypeError(
            f"ids is {described(ids)}; give a list of ids, or any other iterable of integers"
        )
    values = given if isinstance(given, list | tuple) else list(given)
    try:
        return list(map(index, values))
    except TypeError:
        raise _wrong_element(values) from None


def _wrong_element(values: list[object] | tuple[object, ...]) -> WrongTypeError:
    """Return the error that names the first element that is not an integer."""
    for i, value in enumerate(values):
        try:
            index(value)  # type: ignore[arg-type]
        except TypeError:
            advice = "; decode one sequence at a time" if _is_sequence(value) else ""
            return WrongTypeError(f"ids[{i}] is {described(value)}; an id is an integer{advice}")
    return WrongTypeError("ids changed while they were read; pass a copy")


def _is_sequence(value: object) -> bool:
    """Whether the element holds ids itself, like a row of a batch; a tensor may be one number."""
    return (
        getattr(value, "ndim", 1) > 0
        and hasattr(value, "__len__")
        and not isinstance(value, str | bytes)
    )
