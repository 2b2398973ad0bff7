"""What the FLOPs explorer's settings mean: a model with changes, and conventions of counting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from cs336_core.accounting.conventions import Recompute
from cs336_core.accounting.conventions import Work as CountedWork
from cs336_core.model.config import Experts, ModelConfig

Work = Literal["forward", "training", "selective", "full"]

# What a reader changes of a model
CHANGES = (
    *("n_layers", "d_model", "n_heads", "n_kv_heads", "d_ff"),
    *("mlp", "vocab_size", "n_experts", "n_active"),
)

# The choices of the reader, each as `work` and `recompute` of the conventions
WORK: dict[Work, tuple[CountedWork, Recompute]] = {
    "forward": ("forward", "none"),
    "training": ("training", "none"),
    "selective": ("training", "selective"),
    "full": ("training", "full"),
}


def changed(config: ModelConfig, changes: Mapping[str, Any]) -> ModelConfig:
    """Return a model with a reader's changes.

    0 and "" change nothing. One expert means a plain MLP instead of experts; with several, `d_ff`
    is the width of an expert. Raises `ConfigError` if the changes do not fit together.

    >>> from cs336_core.model.presets import preset
    >>> changed(preset("llama-3-8b"), {"n_experts": 8}).experts.d_ff
    14336
    """
    fields = ("n_layers", "d_model", "n_heads", "n_kv_heads", "vocab_size")
    new = {name: changes[name] for name in fields if changes.get(name)}
    gated = changes.get("mlp") or ("gated" if config.is_gated else "plain")
    if gated != ("gated" if config.is_gated else "plain"):
        new["activation"] = "swiglu" if gated == "gated" else "gelu"
    experts = _experts(config, changes, new.get("d_model", config.d_model))
    width = config.d_ff if experts else changes.get("d_ff") or config.d_ff
    return replace(config, **new, d_ff=width, experts=experts)


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
    """Return a model whose learned positions, if it has any, are as many as the tokens.

    >>> from cs336_core.model.presets import preset
    >>> reaching(preset("gpt2-small"), 4096).context_length
    4096
    """
    if config.positions != "learned" or config.context_length >= n_tokens:
        return config
    return replace(config, context_length=n_tokens)
