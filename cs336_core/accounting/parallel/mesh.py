"""How a model and its batch are divided over chips."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args

from cs336_core._shared.validation import check_choice, check_flag, check_size
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.feed_forward import layer_kinds
from cs336_core.accounting.machines import Link, Machine
from cs336_core.model.config import ModelConfig

Dimension = Literal["tensor", "context", "expert", "data", "pipeline"]
Zero = Literal[0, 1, 2, 3]


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """A grid of data × tensor × pipeline × context chips.

    Neighboring chips share a tensor, then a context, then the replicas of data parallelism, and
    stages of the pipeline are furthest apart, so that the dimensions that communicate most are
    within a node.

    Attributes:
        data: replicas of the model, each with its part of the batch.
        tensor: chips that share every matrix (Shoeybi et al. 2019, "Megatron-LM").
        pipeline: stages of consecutive layers.
        context: chips that share every sequence (Liu et al. 2023, "Ring Attention").
        expert: chips that share the experts, among those of data and context.
        zero: what replicas shard: 0 nothing, 1 the optimizer's state, 2 also gradients, 3 also
            weights, as FSDP does (Rajbhandari et al. 2020, "ZeRO").
        sequence_parallel: whether norms are divided among the chips that share a tensor
            (Korthikanti et al. 2022, section 4.2.2).
        chunks: parts of the model per stage; more than one is the interleaved schedule (Narayanan
            et al. 2021, section 2.2).

    Raises:
        AccountingError: for sizes out of range, and if `expert` does not divide data × context.

    """

    data: int = 1
    tensor: int = 1
    pipeline: int = 1
    context: int = 1
    expert: int = 1
    zero: Zero = 1
    sequence_parallel: bool = True
    chunks: int = 1

    def __post_init__(self) -> None:
        """Check all sizes."""
        for name in ("data", "tensor", "pipeline", "context", "expert", "chunks"):
            object.__setattr__(self, name, check_size(name, getattr(self, name)))
        check_choice("zero", self.zero, get_args(Zero))
        check_flag("sequence_parallel", self.sequence_parallel)
        if self.replicas % self.expert:
            raise AccountingError(
                f"expert is {self.expert}; it must divide data × context, which is {self.replicas}"
            )
        if self.chunks > 1 and self.pipeline == 1:
            raise AccountingError(f"chunks is {self.chunks}, but there is one pipeline stage")

    @property
    def replicas(self) -> int:
        """How many chips have the same dense weights, and average their gradients."""
        return self.data * self.context

    @property
    def n_chips(self) -> int:
        """The number of chips."""
        return self.replicas * self.tensor * self.pipeline

    def stage_layers(self, n_layers: int) -> int:
        """Return the layers of the fullest stage; others may have fewer.

        >>> Mesh(pipeline=16).stage_layers(126)  # Llama 3.1 405B: 8, and 7 at both ends
        8
        """
        return self.chunks * -(-n_layers // (self.pipeline * self.chunks))

    def group(self, dimension: Dimension) -> int:
        """Return how many chips communicate along a dimension."""
        return self.replicas if dimension == "data" else int(getattr(self, dimension))

    def link(self, dimension: Dimension, machine: Machine) -> Link:
        """Return the slowest link along a dimension.

        Raises `AccountingError` for more chips than are connected.

        >>> from cs336_core.accounting.machines import H100
        >>> mesh = Mesh(tensor=8, data=4)
        >>> [mesh.link(name, H100).bytes_per_second / 1e9 for name in ("tensor", "data")]
        [450.0, 50.0]
        """
        reach = {
            "tensor": self.tensor,
            "context": self.tensor * self.context,
            "expert": self.tensor * self.expert,
            "data": self.tensor * self.replicas,
            "pipeline": self.n_chips,
        }
        return machine.link(reach[dimension])

    def __str__(self) -> str:
        """Name the dimensions above 1: "data 4 × tensor 8, ZeRO-1"."""
        sizes = {each.name: getattr(self, each.name) for each in fields(self)}
        names = ("data", "tensor", "pipeline", "context", "expert")
        shown = [f"{name} {sizes[name]}" for name in names if sizes[name] > 1] or ["one chip"]
        text = " × ".join(each for each in shown if not each.startswith("expert"))
        text += f", expert {self.expert}" if self.expert > 1 else ""
        text += f", ZeRO-{self.zero}" if self.zero and self.replicas > 1 else ""
        return text + (f", {self.chunks} chunks" if self.chunks > 1 else "")


def check_divides(config: ModelConfig, seq_len: int, mesh: Mesh) -> None:
    """Raise `AccountingError`, with the reason, for a model that a mesh cannot divide.

    >>> from cs336_core.model.presets import preset
    >>> check_divides(preset("llama-3-8b"), 8192, Mesh(tensor=24))
    Traceback (most recent call last):
    cs336_core._shared.validation.InvalidValueError: tensor is 24; it must divide the 32 heads
    """
    rules: list[tuple[Dimension | str, int, int, str]] = [
        ("tensor", mesh.tensor, config.n_heads, "heads"),
        ("tensor", mesh.tensor, config.mlp_width, "hidden dimensions of the MLP"),
        ("context", mesh.context, seq_len, "tokens of a sequence"),
    ]
    if config.experts is not None:
        rules.append(("expert", mesh.expert, config.experts.n_experts, "experts"))
        if not layer_kinds(config)[0]:
            del rules[1]  # there is no MLP
    elif mesh.expert > 1:
        raise AccountingError(f"expert is {mesh.expert}, but the model has no experts")
    if mesh.pipeline * mesh.chunks > config.n_layers:
        raise AccountingError(
            f"pipeline × chunks is {mesh.pipeline * mesh.chunks}; the model has only "
            f"{config.n_layers} layers"
        )
    for name, size, whole, what in rules:
        if whole % size:
            raise AccountingError(f"{name} is {size}; it must divide the {whole:,} {what}")
