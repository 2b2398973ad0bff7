"""Checks of tensor values that run only where reading a value is free."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def known(condition: Callable[[Tensor], Tensor], values: Tensor) -> bool:
    """Return whether a condition is known to be true of a tensor.

    It is evaluated on the CPU only, since reading a value from a GPU waits for all work before it.
    `torch.compile` and `torch.export` could not trace it, and under `torch.vmap`, in fake mode and
    on the meta device there is no single value to read. There it counts as unknown, and this
    returns false.
    """
    if values.device.type != "cpu" or torch.compiler.is_compiling():
        return False
    try:
        return bool(condition(values))
    except RuntimeError:  # no single value
        return False


def check_range(
    values: Tensor, n: int, message: str, *, error: type[Exception] = IndexError
) -> None:
    """Raise `error` if a value is known to be below 0 or not below `n`.

    In `message`, {wrong} stands for the value and {last} for n - 1.
    """
    if values.numel() and known(lambda x: ((x < 0) | (x >= n)).any(), values):
        lowest, highest = (int(end) for end in values.aminmax())
        wrong = highest if highest >= n else lowest
        raise error(message.format(wrong=wrong, last=n - 1))


def read(counts: Tensor) -> list[int] | None:
    """Return the integers that shapes depend on, or `None` where they cannot be read."""
    try:
        numbers: list[int] = counts.tolist()
    except RuntimeError:
        return None
    return numbers
