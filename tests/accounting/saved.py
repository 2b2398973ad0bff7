"""How many bytes autograd holds for the backward pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from weakref import WeakSet

import torch
from torch import Tensor


class Held:
    """A saved tensor; it is released with the graph, or before if the graph does not need it."""

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor


def held_bytes(function: Callable[[], object], parameters: Iterable[Tensor]) -> int:
    """Return the bytes that the graph of a result holds, without parameters; storage counts once.

    `saved_bytes` also counts what a detached branch saves for a moment.
    """
    held: WeakSet[Held] = WeakSet()

    def pack(tensor: Tensor) -> Held:
        saved = Held(tensor)
        held.add(saved)
        return saved

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda saved: saved.tensor):
        result = function()
    own = {each.untyped_storage().data_ptr() for each in parameters}
    storages = {saved.tensor.untyped_storage() for saved in held}
    sizes = {each.data_ptr(): each.nbytes() for each in storages}
    del result
    return sum(size for address, size in sizes.items() if address not in own)
