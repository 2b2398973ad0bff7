"""Low-rank adapters: train two thin matrices beside each frozen one.

Hu et al. (2021, "LoRA: Low-Rank Adaptation of Large Language Models"). QLoRA (Dettmers et al. 2023)
stores the frozen matrices in 4 bits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cs336_core._shared.validation import check_size, short_repr
from cs336_core.accounting.conventions import Conventions, Pairs, Recompute
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.flops import count_flops, flops_by_group, total_flops
from cs336_core.accounting.matrices import Matrices, Parameters, parameters_by_shape
from cs336_core.model.config import ModelConfig


@dataclass(frozen=True)
class Lora:
    """Adapters of one rank.

    Attributes:
        rank: the width between the two matrices of an adapter.
        targets: the operations whose matrices have one, such as "query" and "value"; empty for
            every matrix in the layers except routers.

    Raises:
        AccountingError: for a rank out of range.

    """

    rank: int
    targets: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the rank."""
        object.__setattr__(self, "rank", check_size("rank", self.rank))


def lora_parameters(config: ModelConfig, lora: Lora) -> Parameters:
    """Return the parameters of the adapters: (rows + columns) × rank for each adapted matrix.

    Raises `AccountingError` for a target that the model does not have.

    The adapters of GPT-3's queries and values with a rank of 1 (the paper's table 4 has 4.7 M):

    >>> from cs336_core.model.presets import preset
    >>> adapters = lora_parameters(preset("gpt3-175b"), Lora(1, ("query", "value")))
    >>> sum(each.params for each in adapters.matrices)
    4718592
    """
    inside = [
        each
        for each in parameters_by_shape(config).matrices
        if each.in_layers and each.component != "router"
    ]
    known = [each.operation for each in inside]
    for target in lora.targets:
        if target not in known:
            raise AccountingError(
                f"the target {short_repr(target)} is not a matrix of this model; it has "
                f"{', '.join(known)}"
            )
    adapted = [each for each in inside if not lora.targets or each.operation in lora.targets]
    pairs = [(replace(each, columns=lora.rank), replace(each, rows=lora.rank)) for each in adapted]
    return Parameters(tuple(matrix for pair in pairs for matrix in pair), 0)


def lora_flops_per_token(
    config: ModelConfig,
    seq_len: int,
    lora: Lora,
    *,
    pairs: Pairs = "all",
    recompute: Recompute = "none",
) -> float:
    """Return the FLOPs of training adapters, per token of sequences of `seq_len` tokens.

    A frozen matrix needs no gradient of its own, so it takes two matrix multiplications instead of
    three: forward, and for the gradient of its input. Scores and adapters take three. Recomputed
    operations take one more; full recomputation includes the adapters.
    """
    whole = Conventions(work="training", pairs=pairs, recompute=recompute)
    forward = flops_by_group(count_flops(config, 1, seq_len, Conventions(pairs=pairs)))
    trained = total_flops(count_flops(config, 1, seq_len, whole))
    gradients = sum(forward.values()) - forward["scores"]
    passes = 4 if recompute == "full" else 3
    used = sum(_used(each, config) for each in lora_parameters(config, lora).matrices)
    return (trained - gradients) / seq_len + 2 * passes * used


def _used(adapter: Matrices, config: ModelConfig) -> float:
    """Return the entries of adapters that one token is multiplied by: those of active experts."""
    experts = config.experts
    if experts is None or not adapter.operation.startswith("expert "):
        return adapter.params
    return adapter.params * experts.n_active / experts.n_experts
