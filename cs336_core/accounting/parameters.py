"""How many parameters a model has, and which of them work on a token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from cs336_core.accounting.forward import forward_operations
from cs336_core.accounting.operations import Component, Pass
from cs336_core.accounting.sizes import check_config
from cs336_core.model.config import ModelConfig


@dataclass(frozen=True)
class ParameterCount:
    """The parameters of a model, counted in the ways that papers count them.

    Attributes:
        total: all of them.
        active: those that work on one token: without the experts that it does not choose, with all
            rows of the embedding.
        embedding: the tables of tokens and positions; an LM head of its own is not one of them.
        in_matmuls: the numbers of all matrices that a token is multiplied by, the LM head's
            included even where it shares the table of the embedding: N in "2 N FLOPs a token".
        components: all of them, by the part of the model.

    """

    total: int
    active: int
    embedding: int
    in_matmuls: int
    components: dict[Component, int]

    @property
    def non_embedding(self) -> int:
        """All but the tables of tokens and positions, as in Kaplan et al. (2020)."""
        return self.total - self.embedding

    @property
    def active_non_embedding(self) -> int:
        """Those of a token, without the tables of tokens and positions."""
        return self.active - self.embedding


def count_parameters(config: ModelConfig) -> ParameterCount:
    """Count the parameters of a model.

    Raises `ConfigError` for a model that is beyond any there could be.

    >>> from cs336_core.model.presets import preset
    >>> count_parameters(preset("llama-3-8b")).total
    8030261248
    >>> f"{count_parameters(preset('mixtral-8x7b')).active:.3g}"
    '1.29e+10'
    """
    check_config(config)
    operations = forward_operations(Pass(config=config, batch=1, seq_len=1))
    components: dict[Component, int] = dict.fromkeys(get_args(Component), 0)
    for operation in operations:
        components[operation.component] += operation.params
    total = sum(components.values())
    return ParameterCount(
        total=total,
        active=total - sum(operation.idle for operation in operations),
        embedding=components["embedding"] + components["positions"],
        in_matmuls=sum(each.macs for each in operations if each.group != "scores"),
        components=components,
    )
