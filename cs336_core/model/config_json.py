"""A configuration as JSON, for files and widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from typing import Any

from cs336_core._shared.validation import short_repr
from cs336_core.model.config import ConfigError, Experts, Latent, ModelConfig, RopeScaling, Scales

PARTS = {"experts": Experts, "latent": Latent, "rope_scaling": RopeScaling, "scales": Scales}


def config_from_json(values: Mapping[str, Any]) -> ModelConfig:
    """Return the configuration that a JSON object describes; the inverse of `config_to_json`.

    Raises `ConfigError` for unknown, missing and invalid fields.
    """
    parts = {
        name: _built(part, name, values[name])
        for name, part in PARTS.items()
        if values.get(name) is not None
    }
    config: ModelConfig = _built(ModelConfig, "a ModelConfig", {**values, **parts})
    return config


def _built(part: type[Any], name: str, values: Any) -> Any:
    """Build a dataclass; raise `ConfigError` for unknown and missing fields."""
    if not isinstance(values, Mapping):
        raise ConfigError(f"{name} is {short_repr(values)}; it must be an object")
    known = {field.name: field for field in fields(part)}
    if unknown := sorted(values.keys() - known.keys()):
        near = get_close_matches(unknown[0], known, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise ConfigError(f"unknown fields of {name}: {', '.join(map(short_repr, unknown))}{hint}")
    for field in known.values():
        if field.name not in values and _default(field) is MISSING:
            raise ConfigError(f"{field.name} is missing, but {name} needs it")
    return part(**values)


def config_to_json(config: ModelConfig) -> dict[str, Any]:
    """Return the fields of a configuration that differ from their defaults.

    >>> config = ModelConfig(vocab_size=9, context_length=8, n_layers=1, d_model=4, n_heads=2,
    ...                      experts=Experts(n_experts=4, n_active=1, d_ff=6))
    >>> config_to_json(config)["experts"]
    {'n_experts': 4, 'n_active': 1, 'd_ff': 6}
    """
    return _changed(config)


def _changed(part: Any) -> dict[str, Any]:
    """Return the fields of a dataclass that differ from their defaults."""
    values = {field.name: getattr(part, field.name) for field in fields(part)}
    return {
        field.name: _changed(values[field.name]) if field.name in PARTS else values[field.name]
        for field in fields(part)
        if values[field.name] != _default(field)
    }


def _default(field: Field[Any]) -> Any:
    """Return the default of a field; `MISSING` if it has none."""
    return field.default if field.default_factory is MISSING else field.default_factory()
