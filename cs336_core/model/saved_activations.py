"""How much autograd keeps of a forward pass, for the backward pass to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor


def kept_bytes(
    function: Callable[..., Tensor], *inputs: Any, besides: Iterable[Tensor] = ()
) -> int:
    """Return the bytes that are kept from a call of `function` on `inputs`.

    What shares memory is counted once; what shares it with a tensor in `besides`, such as the
    parameters of a model, is not counted.

    >>> kept_bytes(torch.exp, torch.zeros(10, requires_grad=True))  # its own result
    40
    """
    own = {each.untyped_storage().data_ptr() for each in besides}
    kept = _kept(function, *inputs)
    return sum(size for address, (size, _) in kept.items() if address not in own)


def kept_numbers(function: Callable[..., Tensor], *inputs: Tensor) -> int:
    """Return how many numbers are kept from a call of `function` on `inputs`.

    Gradients are asked for with respect to all inputs. What shares memory is counted once, an input
    that is kept among it. Raises `ValueError` where no input is a tensor of real numbers.

    >>> kept_numbers(torch.exp, torch.zeros(10))
    10
    """
    if not any(each.is_floating_point() for each in inputs):
        raise ValueError("no input is a tensor of real numbers: there is no gradient to keep for")
    leaves = [each.detach().clone().requires_grad_(each.is_floating_point()) for each in inputs]
    return sum(size // one for size, one in _kept(function, *leaves).values())


def _kept(function: Callable[..., Tensor], *inputs: Any) -> dict[int, tuple[int, int]]:
    """Return what is kept: address -> bytes of it, and of one of its numbers."""
    sizes: dict[int, tuple[int, int]] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        sizes[storage.data_ptr()] = storage.nbytes(), tensor.element_size()
        return tensor

    def give_back(tensor: Any) -> Any:
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, give_back):
        result = function(*inputs)
    del result  # it lives until here, or an address could stand for two tensors
    return sizes
