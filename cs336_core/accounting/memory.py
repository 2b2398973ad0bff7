"""Memory in bytes: weights, training state and KV cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from cs336_core._shared.validation import check_choice, check_number, check_size, whole_number
from cs336_core.accounting.operations import layers_by_type
from cs336_core.accounting.parameters import count_parameters
from cs336_core.accounting.sizes import check_config
from cs336_core.model.config import ModelConfig

Recipe = Literal["mixed", "mixed, 8-bit Adam", "bf16", "fp32"]


@dataclass(frozen=True)
class TrainingBytes:
    """The training state of AdamW: everything in memory except activations.

    Attributes:
        weights: the weights used in matrix multiplications.
        gradients: one per weight.
        master_weights: a copy of the weights in 32 bits, so that small updates are not rounded
        away.
        optimizer: Adam's two moving averages.

    """

    weights: int
    gradients: int
    master_weights: int
    optimizer: int

    @property
    def total(self) -> int:
        """The sum of all parts."""
        return self.weights + self.gradients + self.master_weights + self.optimizer


# Bytes per parameter. "mixed": Rajbhandari et al. (2020, "ZeRO: Memory Optimizations Toward
# Training Trillion Parameter Models", section 3.1). 8-bit averages: Dettmers et al. (2022, "8-bit
# Optimizers via Block-wise Quantization").
RECIPES: dict[Recipe, TrainingBytes] = {
    "mixed": TrainingBytes(2, 2, 4, 8),
    "mixed, 8-bit Adam": TrainingBytes(2, 2, 4, 2),
    "bf16": TrainingBytes(2, 2, 0, 4),
    "fp32": TrainingBytes(4, 4, 0, 8),
}


def training_bytes(params: int, recipe: Recipe = "mixed") -> TrainingBytes:
    """Return the bytes of the training state for `params` parameters, without activations.

    16 per parameter in mixed precision, and as many in 32 bits. Raises `AccountingError` for an
    unknown recipe and a negative number of parameters.

    >>> training_bytes(7_000_000_000).total
    112000000000
    """
    check_number("params", params)
    exact = whole_number(params)
    params = params if exact is None else exact
    check_choice("recipe", recipe, get_args(Recipe))
    per_param = RECIPES[recipe]
    return TrainingBytes(
        params * per_param.weights,
        params * per_param.gradients,
        params * per_param.master_weights,
        params * per_param.optimizer,
    )


def weight_bytes(config: ModelConfig, *, bytes_per_value: int = 2) -> int:
    """Return the bytes of a model's weights, including inactive experts.

    >>> from cs336_core.model.presets import preset
    >>> f"{weight_bytes(preset('llama-3-8b')) / 1e9:.1f} GB"
    '16.1 GB'
    """
    bytes_per_value = check_size("bytes_per_value", bytes_per_value)
    return count_parameters(config).total * bytes_per_value


def kv_cache_bytes(
    config: ModelConfig, tokens: int = 1, *, batch: int = 1, bytes_per_value: int = 2
) -> int:
    """Return the bytes of the KV cache for `tokens` tokens in each of `batch` sequences.

    Heads that share keys and values cache them once; latent attention caches the latent and the
    rotated key; layers with a window cache only the last `window` tokens. Raises `AccountingError`
    for invalid sizes.

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
    window = tokens if config.window is None else min(tokens, config.window)
    cached = sum(
        layers * (tokens if kind == "full" else window)
        for kind, layers in layers_by_type(config).items()
    )
    return batch * cached * width * bytes_per_value
