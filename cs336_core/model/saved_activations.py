"""How much memory autograd's saved tensors take between forward and backward pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakSet

import torch
from torch import Tensor


def saved_bytes(
    function: Callable[..., Tensor], *inputs: Any, excluding: Iterable[Tensor] = ()
) -> int:
    """Return the bytes of the tensors that the graph of `function`'s result on `inputs` holds.

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


class _Saved:
    """A saved tensor. It is released with the graph, or before if the graph does not need it."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor.detach()  # or an output would hold the graph that holds it


def _saved_storages(function: Callable[..., Tensor], *inputs: Any) -> dict[int, tuple[int, int]]:
    """Return the storages of saved tensors: address -> their bytes, and those of one element."""
    graph: WeakSet[_Saved] = WeakSet()

    def pack(tensor: Tensor) -> _Saved:
        saved = _Saved(tensor)
        graph.add(saved)
        return saved

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda saved: saved.tensor):
        result = function(*inputs)
    sizes = {}
    for saved in graph:
        storage = saved.tensor.untyped_storage()
        sizes[storage.data_ptr()] = storage.nbytes(), saved.tensor.element_size()
    del result  # which holds the graph
    return sizes
