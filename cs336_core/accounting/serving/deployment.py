"""A model that is served: how its weights and cache are stored, and on which chips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from cs336_core._shared.validation import check_choice, check_number, check_size
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.formats import format_named
from cs336_core.accounting.machines import Machine, Precision
from cs336_core.accounting.memory import kv_cache_bytes
from cs336_core.accounting.training_state import stored_weight_bytes
from cs336_core.model.config import ModelConfig

LatentForm = Literal["absorbed", "plain"]


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A model on one chip, or on several that share every matrix (tensor parallelism).

    Attributes:
        config: the model.
        machine: the chip.
        n_chips: how many of them.
        precision: of matmuls.
        weights: the format of the weights, of `FORMATS`. Embeddings, the LM head, routers and norms
            take 16 bits if it has fewer.
        cache: the format of keys and values, or of latents.
        latent_form: how latent attention decodes: "absorbed" into the queries, or "plain", which
            recomputes the keys and values of all cached tokens.

    Raises:
        AccountingError: for an unknown format or form, chips that are not connected or do not
            divide the heads, and a precision that the machine does not support.

    """

    config: ModelConfig
    machine: Machine
    n_chips: int = 1
    precision: Precision = "bf16"
    weights: str = "bf16"
    cache: str = "bf16"
    latent_form: LatentForm = "absorbed"

    def __post_init__(self) -> None:
        """Check every choice."""
        object.__setattr__(self, "n_chips", check_size("n_chips", self.n_chips))
        check_choice("latent_form", self.latent_form, get_args(LatentForm))
        format_named(self.weights)
        format_named(self.cache)
        self.machine.peak(self.precision)
        if self.n_chips > 1:
            self.machine.link(self.n_chips)
        if self.config.n_heads % self.n_chips:
            raise AccountingError(
                f"n_chips is {self.n_chips}; it must divide the {self.config.n_heads} heads"
            )

    @property
    def cache_parts(self) -> int:
        """Over how many chips the cache is divided: at most one per key and value head.

        Latents are needed by all heads, so every chip has them all.
        """
        return 1 if self.config.latent is not None else min(self.n_chips, self.config.kv_heads)

    def weight_bytes(self) -> float:
        """Return the bytes of the weights on one chip."""
        return stored_weight_bytes(self.config, self.weights) / self.n_chips

    def cache_bytes(self, batch: int, context: int) -> float:
        """Return the bytes of the cache on one chip, for `batch` sequences of `context` tokens.

        Raises `AccountingError` for sizes out of range.
        """
        n_values = kv_cache_bytes(self.config, context, batch=batch, bytes_per_value=1)
        return format_named(self.cache).bytes(n_values) / self.cache_parts

    def largest_batch(self, context: int, *, reserved: float = 0.1) -> int:
        """Return how many sequences of `context` tokens fit; a fraction of memory is `reserved`.

        Raises `AccountingError` for numbers out of range.

        >>> from cs336_core.accounting.machines import H100
        >>> from cs336_core.model.presets import preset
        >>> llama = preset("llama-3-8b")
        >>> Deployment(config=llama, machine=H100).largest_batch(8192)
        52
        >>> Deployment(config=llama, machine=H100, cache="fp8").largest_batch(8192)
        104
        """
        context = check_size("context", context)
        check_number("reserved", reserved, maximum=0.99)
        free = (1 - reserved) * self.machine.memory_bytes - self.weight_bytes()
        return max(0, int(free // self.cache_bytes(1, context)))
