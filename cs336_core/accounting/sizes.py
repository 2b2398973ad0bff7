"""Limits on the sizes of a configuration that can be counted."""

from __future__ import annotations

from dataclasses import fields

from cs336_core._shared.validation import MAX_SIZE, short_repr
from cs336_core.model.config import ConfigError, Experts, Latent, ModelConfig


def check_config(config: ModelConfig) -> None:
    """Raise `ConfigError` for a configuration with a size above `MAX_SIZE`."""
    for part in (config, config.experts, config.latent):
        if part is not None:
            _check_part(part)


def _check_part(part: ModelConfig | Experts | Latent) -> None:
    """Raise `ConfigError` for an integer field above `MAX_SIZE`."""
    for field in fields(part):
        value = getattr(part, field.name)
        if isinstance(value, int) and value > MAX_SIZE:
            raise ConfigError(
                f"{field.name} is {short_repr(value)}; it must be at most {MAX_SIZE:,}"
            )
