"""Tiny untrained models, whose next token depends on the tokens before it, and random numbers."""

from __future__ import annotations

import torch

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel


def tiny_model(seed: int = 0, *, sharpness: float = 4.0, **changes: object) -> LanguageModel:
    """Build a model with a vocabulary of 11, whose logits have about this standard deviation."""
    sizes = {"vocab_size": 11, "context_length": 32, "n_layers": 2, "d_model": 16, "n_heads": 2}
    torch.manual_seed(seed)
    model = LanguageModel(ModelConfig(**{**sizes, **changes}))  # type: ignore[arg-type]
    with torch.no_grad():
        for parameter in model.blocks.parameters():
            if parameter.ndim == 2:
                parameter.normal_(std=2 * parameter.shape[1] ** -0.5)
        model.embedding.weight.normal_()
        if model.lm_head is not None:
            model.lm_head.weight.normal_(std=sharpness / 4)
    return model


def seeded(seed: int = 0) -> torch.Generator:
    """Return a random generator."""
    return torch.Generator().manual_seed(seed)
