"""How much memory autograd's saved tensors take between forward and backward pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor


def saved_bytes(
    function: Callable[..., Tensor], *inputs: Any, excluding: Iterable[Tensor] = ()
) -> int:
    """Return the bytes of the tensors that a call of `function` on `inputs` saves.

    Tensors that share storage are counted once. Storage of tensors in `excluding`, such as the
    parameters of a model, is not counted.

    >>> saved_bytes(torch.exp, torch.zeros(10, requires_grad=True))  # exp saves its result
    40
    """
    excluded = {tensor.untyped_storage().data_ptr() for tensor in excluding}
    storages = _saved_storages(function, *inputs)
    return sum(size for address, (size, _) in storages.items() if address not in excluded)


def saved_elements(function: Callable[..., Tensor], *inputs: Tensor) -> int:
    """Return how many elements the tensors have that a call of `function` on `inputs` saves.

    All floating-point inputs require gradients. Tensors that share storage, saved inputs included,
    are counted once. Raises `ValueError` if no input is a floating-point tensor.

    >>> saved_elements(torch.exp, torch.zeros(10))
    10
    """
    if not any(tensor.is_floating_point() for tensor in inputs):
        raise ValueError("no input is a floating-point tensor, so there is no gradient to save for")
    leaves = [
        tensor.detach().clone().requires_grad_(tensor.is_floating_point()) for tensor in inputs
    ]
    storages = _saved_storages(function, *leaves)
    return sum(size // element_size for size, element_size in storages.values())


def _saved_storages(function: Callable[..., Tensor], *inputs: Any) -> dict[int, tuple[int, int]]:
    """Return the storages of saved tensors: address -> their bytes, and those of one element."""
    sizes: dict[int, tuple[int, int]] = {}

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        sizes[storage.data_ptr()] = storage.nbytes(), tensor.element_size()
        return tensor

    def unpack(tensor: Any) -> Any:
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, unpack):
        result = function(*inputs)
    del result  # alive until here, so that no address is reused
    return sizes
