"""The number of parameters of a model, and of those that are active for a token."""

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
        total: all parameters.
        active: those used for one token: all but the experts that it is not routed to. The
            embedding counts in full.
        embedding: token and position embeddings, without an untied LM head.
        in_matmuls: the entries of all matrices that a token is multiplied by, including the LM head
            even if it is tied to the embedding: N in "2 N FLOPs per token".
        components: all parameters, by part of the model.

    """

    total: int
    active: int
    embedding: int
    in_matmuls: int
    components: dict[Component, int]

    @property
    def non_embedding(self) -> int:
        """All but token and position embeddings, as in Kaplan et al. (2020)."""
        return self.total - self.embedding

    @property
    def active_non_embedding(self) -> int:
        """Active parameters without token and position embeddings."""
        return self.active - self.embedding


def count_parameters(config: ModelConfig) -> ParameterCount:
    """Count the parameters of a model.

    Raises `ConfigError` for a configuration with a size above 10⁹.

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
        in_matmuls=sum(operation.macs for operation in operations if operation.group != "scores"),
        components=components,
    )
