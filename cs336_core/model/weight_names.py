"""Where published weights have each of our parameters, by family: `data/weight_names.json`.

For each of our modules the table has the published names of its tensors, relative to the block for
modules of a block. Where a tensor contains more than one parameter, it has the part that is ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from itertools import count, takewhile
from typing import Any, NamedTuple

import torch
from torch import Tensor

from cs336_core._shared.data_files import data_text
from cs336_core._shared.validation import unknown_name
from cs336_core.model.config import ModelConfig


class WeightsError(ValueError):
    """Weights that do not match the model, or that it would use to compute another function."""


class Part(NamedTuple):
    """A part of a tensor.

    Attributes:
        take: returns the part.
        n_rows: the number of rows of the whole tensor for a part with so many rows.

    """

    take: Callable[[Tensor, ModelConfig], Tensor]
    n_rows: Callable[[int, ModelConfig], int]


class Source(NamedTuple):
    """Where a parameter is: the name of a tensor, and which part of it.

    Attributes:
        names: the name, with its prefix; several where each head has a tensor of its own.
        parts: names in `PARTS`, "transposed", "of expert" and "single row", the whole first.
        expert: the index of the expert; 0 for a tensor outside the experts.

    """

    names: tuple[str, ...]
    parts: tuple[str, ...]
    expert: int

    def tensor(self, weights: Mapping[str, Tensor]) -> Tensor:
        """Return the tensor, or those of all heads together."""
        if len(self.names) == 1:
            return weights[self.names[0]]
        return torch.stack([weights[name] for name in self.names])

    def take(self, tensor: Tensor, config: ModelConfig) -> Tensor:
        """Return the rows of the parameter."""
        for part in self.parts:
            if part == "transposed":
                tensor = tensor.T
            elif part == "single row":
                tensor = tensor[0]
            elif part == "of expert":
                tensor = tensor[self.expert]
            else:
                tensor = PARTS[part].take(tensor, config)
        return tensor

    def whole_shape(self, shape: tuple[int, ...], config: ModelConfig) -> tuple[int, ...]:
        """Return the shape of the tensor, given that of the parameter."""
        for part in reversed(self.parts):
            if part == "transposed":
                shape = shape[::-1]
            elif part == "single row":
                shape = (1, *shape)
            elif part == "of expert":
                shape = (config.experts.n_experts if config.experts else 0, *shape)
            else:
                shape = (PARTS[part].n_rows(shape[0], config), *shape[1:])
        return shape


class Family:
    """What published weights of a family are called, and how their heads are rotated.

    Attributes:
        rotation: which dimensions of a head are rotated together: neighbors ("pairs"), as here, or
            those that lie half of the rotated dimensions apart ("halves").

    Raises:
        WeightsError: for a family that is not in the table.

    """

    def __init__(self, name: str) -> None:
        table = _table()
        if name not in table:
            raise WeightsError(unknown_name("family of weights", name, table))
        chain = [name]
        while "like" in table[chain[0]]:
            chain.insert(0, table[chain[0]]["like"])
        entry: dict[str, Any] = {}
        names: dict[str, str] = {}
        for each in chain:
            entry |= table[each]
            names |= table[each].get("names", {})
        self.rotation: str = entry["rotation"]
        self._prefix, self._blocks, self._ignored = (
            entry["prefix"], entry["blocks"], entry["ignored"],
        )  # fmt: skip
        self._names = names

    def relevant(self, names: Collection[str], config: ModelConfig) -> set[str]:
        """Return the names in a file, except those of tensors that no model needs."""
        ignored = [pattern.replace("{n_layers}", str(config.n_layers)) for pattern in self._ignored]
        return {
            name
            for name in names
            if not any(re.search(each, name.removeprefix(self._prefix)) for each in ignored)
        }

    def source(self, parameter: str, names: Collection[str] | None = None) -> Source | None:
        """Return where a parameter is, given the names in a file; `None` if it cannot be there.

        Without names, it is where it would be saved.
        """
        block = re.fullmatch(r"blocks\.(\d+)\.(.+)", parameter)
        i, ours = (block[1], block[2]) if block else ("", parameter)
        expert = re.search(r"experts\.(\d+)\.", ours)
        e = expert[1] if expert else "0"
        if expert:
            ours = ours.replace(expert[0], "experts.{e}.")
        module, _, kind = ours.rpartition(".")
        if ours == "head_bias":
            module, kind = "lm_head", "bias"
        whole = ours in self._names  # a parameter of its own
        theirs = self._names.get(ours if whole else module)
        if theirs is None:
            return None
        theirs, _, listed = theirs.partition(": ")
        parts = tuple(listed.split(", ")) if listed else ()
        if kind == "bias":
            parts = tuple(part for part in parts if part != "transposed")
        found = []
        for each in theirs.split(" | "):
            name = self._blocks.replace("{i}", i) + each if block else each
            name = name.replace("{e}", e) + ("" if whole else f".{kind}")
            found += [name] if module == "lm_head" else [self._prefix + name, name]
        if names is None:
            return Source((found[0],), parts, int(e))
        present = (by_head for name in found if (by_head := _of_heads(name, names))[0] in names)
        return Source(next(present, (found[-1].replace("{h}", "0"),)), parts, int(e))


def _of_heads(name: str, names: Collection[str]) -> tuple[str, ...]:
    """Return the names of all heads that are present, where {h} stands for the head."""
    if "{h}" not in name:
        return (name,)
    by_head = (name.replace("{h}", str(head)) for head in count())
    return tuple(takewhile(names.__contains__, by_head)) or (name,)


def families() -> list[str]:
    """Return the families whose weights can be loaded, by their `model_type`."""
    return list(_table())


def _stacked(index: int) -> Part:
    """Return queries, keys or values where those of all heads are stacked: all queries first."""

    def take(tensor: Tensor, config: ModelConfig) -> Tensor:
        n, n_kv = config.n_heads * config.head_dim, config.kv_heads * config.head_dim
        rows: Tensor = tensor.split([n, n_kv, n_kv])[index]
        return rows

    return Part(take, lambda _, config: (config.n_heads + 2 * config.kv_heads) * config.head_dim)


def _grouped(kind: slice) -> Part:
    """Return queries, keys or values where each group of heads has its key and value last."""

    def take(tensor: Tensor, config: ModelConfig) -> Tensor:
        by_group = tensor.unflatten(0, (config.kv_heads, -1, config.head_dim))
        rows: Tensor = by_group[:, kind].flatten(0, 2)
        return rows

    return Part(take, lambda _, config: (config.n_heads + 2 * config.kv_heads) * config.head_dim)


def _of_four(index: int) -> Part:
    """Return queries, values or keys of heads in four parts, for as many devices (CodeGen)."""

    def take(tensor: Tensor, _: ModelConfig) -> Tensor:
        rows: Tensor = tensor.unflatten(0, (4, 3, -1))[:, index].flatten(0, 1)
        return rows

    return Part(take, lambda n, _: 3 * n)


def _half(index: int) -> Part:
    """Return the upper or lower half of the rows."""
    return Part(lambda tensor, _: tensor.chunk(2)[index], lambda n, _: 2 * n)


def _of_token(index: int) -> Part:
    """Return the projection to the latent, or to the rotary key that follows it."""

    def widths(config: ModelConfig) -> list[int]:
        latent = config.latent
        return [latent.kv_rank, latent.rope_head_dim] if latent else [0, 0]

    return Part(
        lambda tensor, config: tensor.split(widths(config))[index],
        lambda _, config: sum(widths(config)),
    )


def _of_latent(index: int) -> Part:
    """Return the projection to the keys or the values of each head, which follow each other."""

    def widths(config: ModelConfig) -> list[int]:
        latent = config.latent
        return [latent.nope_head_dim, latent.v_head_dim] if latent else [0, 0]

    def take(tensor: Tensor, config: ModelConfig) -> Tensor:
        heads = tensor.unflatten(0, (config.n_heads, -1))
        rows: Tensor = heads.split(widths(config), 1)[index].flatten(0, 1)
        return rows

    return Part(take, lambda _, config: config.n_heads * sum(widths(config)))


PARTS = {
    "stacked query": _stacked(0),
    "stacked key": _stacked(1),
    "stacked value": _stacked(2),
    "grouped query": _grouped(slice(-2)),
    "grouped key": _grouped(slice(-2, -1)),
    "grouped value": _grouped(slice(-1, None)),
    "query of four": _of_four(0),
    "value of four": _of_four(1),
    "key of four": _of_four(2),
    "first half": _half(0),
    "second half": _half(1),
    "latent": _of_token(0),
    "rotary key": _of_token(1),
    "key of latent": _of_latent(0),
    "value of latent": _of_latent(1),
}


@cache
def _table() -> dict[str, dict[str, Any]]:
    """Read the table: family -> prefix, names and rotation, or what differs from another one."""
    table: dict[str, dict[str, Any]] = json.loads(
        data_text("cs336_core.model", "weight_names.json")
    )
    return table
