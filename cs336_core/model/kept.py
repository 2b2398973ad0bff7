"""How many numbers autograd keeps of a forward pass, for the backward pass to come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def kept_numbers(function: Callable[..., Tensor], *inputs: Tensor) -> int:
    """Return how many numbers are kept from a call of `function` on `inputs`.

    Gradients are asked for with respect to all inputs. What shares memory is counted once, an input
    that is kept among it. Raises `ValueError` where no input is a tensor of real numbers.

    >>> kept_numbers(torch.exp, torch.zeros(10))  # its own result
    10
    """
    if not any(each.is_floating_point() for each in inputs):
        raise ValueError("no input is a tensor of real numbers: there is no gradient to keep for")
    sizes: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        sizes[storage.data_ptr()] = storage.nbytes() // tensor.element_size()
        return tensor

    def give_back(tensor: Any) -> Any:
        return tensor

    leaves = [each.detach().clone().requires_grad_(each.is_floating_point()) for each in inputs]
    with torch.autograd.graph.saved_tensors_hooks(keep, give_back):
        result = function(*leaves)
    del result  # what it holds must live until here, or memory would be counted under two names
    return sum(sizes.values())
