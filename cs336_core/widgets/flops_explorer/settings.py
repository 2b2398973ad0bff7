"""What the FLOPs explorer's settings stand for: a model that a reader changed, and its counting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from cs336_core.accounting.conventions import Recompute
from cs336_core.accounting.conventions import Work as CountedWork
from cs336_core.model.config import Experts, Latent, ModelConfig

Work = Literal["forward", "training", "selective", "full"]

# The largest number that can be set; 0 leaves a field as the model has it.
LARGEST = {
    "n_layers": 1000,
    "d_model": 100_000,
    "n_heads": 1000,
    "n_kv_heads": 1000,
    "d_ff": 1_000_000,
    "vocab_size": 1_000_000,
    "n_experts": 1024,
    "n_active": 1024,
}
LONGEST = 2**24

# What the reader chooses between, and the `work` and `recompute` of the conventions behind it.
WORK: dict[Work, tuple[CountedWork, Recompute]] = {
    "forward": ("forward", "none"),
    "training": ("training", "none"),
    "selective": ("training", "selective"),
    "full": ("training", "full"),
}


def changed(config: ModelConfig, changes: Mapping[str, Any]) -> ModelConfig:
    """Return a model with the changes that a reader made to another one.

    A change of 0 or "" is none. One expert stands for an MLP in place of experts; `d_ff` is the
    width of an expert where there are several. Raises `ConfigError` for a model that cannot be.

    >>> from cs336_core.model.presets import preset
    >>> changed(preset("llama-3-8b"), {"n_experts": 8}).experts
    Experts(n_experts=8, n_active=2, d_ff=14336, n_shared=0, n_dense_layers=0, balancing_bias=False)
    """
    fields = ("n_layers", "d_model", "n_heads", "n_kv_heads", "vocab_size")
    given = {name: changes[name] for name in fields if changes.get(name)}
    gated = changes.get("mlp") or ("gated" if config.is_gated else "plain")
    if gated != ("gated" if config.is_gated else "plain"):
        given["activation"] = "swiglu" if gated == "gated" else "gelu"
    experts = _experts(config, changes, given.get("d_model", config.d_model))
    width = config.d_ff if experts else changes.get("d_ff") or config.d_ff
    return replace(config, **given, d_ff=width, experts=experts)


def _experts(config: ModelConfig, changes: Mapping[str, Any], d_model: int) -> Experts | None:
    """Return the experts of the changed model, if it has any."""
    now = config.experts
    n_experts = changes.get("n_experts") or (now.n_experts if now else 1)
    if n_experts == 1:
        return None
    usual = now or Experts(
        n_experts=n_experts,
        n_active=min(2, n_experts),
        d_ff=config.d_ff or 4 * d_model,
    )
    n_active = changes.get("n_active") or min(usual.n_active, n_experts)
    d_ff = changes.get("d_ff") or usual.d_ff
    return replace(usual, n_experts=n_experts, n_active=n_active, d_ff=d_ff)


def reaching(config: ModelConfig, n_tokens: int) -> ModelConfig:
    """Return a model whose table of positions, if it has one, is long enough.

    >>> from cs336_core.model.presets import preset
    >>> reaching(preset("gpt2-small"), 4096).context_length
    4096
    """
    if config.positions != "learned" or config.context_length >= n_tokens:
        return config
    return replace(config, context_length=n_tokens)


def config_of(fields: Mapping[str, Any]) -> ModelConfig:
    """Return the configuration that a JSON object holds."""
    parts = {"experts": Experts, "latent": Latent}
    made = {name: kind(**fields[name]) for name, kind in parts.items() if fields.get(name)}
    return ModelConfig(**{**fields, **made})
