"""Bytes that a model needs: its weights, what training keeps beside them, what it has read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from cs336_core._shared.validation import check_choice, check_number, check_size, whole_number
from cs336_core.accounting.parameters import count_parameters
from cs336_core.accounting.sizes import check_config
from cs336_core.model.config import ModelConfig

Recipe = Literal["mixed", "mixed, 8-bit Adam", "bf16", "fp32"]


@dataclass(frozen=True)
class TrainingBytes:
    """What training with AdamW keeps all the time, activations aside.

    Attributes:
        weights: those that are multiplied with.
        gradients: one for each.
        master_weights: the weights again in 32 bits, which small steps do not round away from.
        optimizer: Adam's two running averages.

    """

    weights: int
    gradients: int
    master_weights: int
    optimizer: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.weights + self.gradients + self.master_weights + self.optimizer


# Bytes a parameter. "mixed": Rajbhandari et al. (2020, "ZeRO: Memory Optimizations Toward Training
# Trillion Parameter Models", section 3.1). 8-bit averages: Dettmers et al. (2022, "8-bit Optimizers
# via Block-wise Quantization").
RECIPES: dict[Recipe, TrainingBytes] = {
    "mixed": TrainingBytes(2, 2, 4, 8),
    "mixed, 8-bit Adam": TrainingBytes(2, 2, 4, 2),
    "bf16": TrainingBytes(2, 2, 0, 4),
    "fp32": TrainingBytes(4, 4, 0, 8),
}


def training_bytes(params: int, recipe: Recipe = "mixed") -> TrainingBytes:
    """Return the bytes that training keeps for `params` parameters, activations aside.

    16 per parameter in mixed precision, and as many in 32 bits. Raises `AccountingError` for an
    unknown recipe, and for parameters under 0.

    >>> training_bytes(7_000_000_000).total
    112000000000
    """
    check_number("params", params)
    exact = whole_number(params)
    params = params if exact is None else exact
    check_choice("recipe", recipe, get_args(Recipe))
    each = RECIPES[recipe]
    return TrainingBytes(
        params * each.weights,
        params * each.gradients,
        params * each.master_weights,
        params * each.optimizer,
    )


def weight_bytes(config: ModelConfig, *, bytes_per_value: int = 2) -> int:
    """Return the bytes of a model's weights, those of idle experts too.

    >>> from cs336_core.model.presets import preset
    >>> f"{weight_bytes(preset('llama-3-8b')) / 1e9:.1f} GB"
    '16.1 GB'
    """
    bytes_per_value = check_size("bytes_per_value", bytes_per_value)
    return count_parameters(config).total * bytes_per_value


def kv_cache_bytes(
    config: ModelConfig, tokens: int = 1, *, batch: int = 1, bytes_per_value: int = 2
) -> int:
    """Return the bytes of keys and values that a model keeps of the tokens that it has read.

    Heads that share keys and values keep them once; latent attention keeps the latent and the
    rotated key; with a window, what no token can see any more is forgotten. Raises
    `AccountingError` for sizes that cannot be.

    >>> from cs336_core.model.presets import preset
    >>> kv_cache_bytes(preset("llama-2-7b")) // 1024
    512
    >>> kv_cache_bytes(preset("deepseek-v3"))
    70272
    """
    check_config(config)
    tokens = check_size("tokens", tokens, minimum=0)
    batch = check_size("batch", batch)
    bytes_per_value = check_size("bytes_per_value", bytes_per_value)
    if config.latent is not None:
        width = config.latent.kv_rank + config.latent.rope_head_dim
    else:
        width = 2 * config.kv_heads * config.head_dim
    kept = tokens if config.window is None else min(tokens, config.window)
    return batch * kept * config.n_layers * width * bytes_per_value
