"""Published models by name. Their configurations are in `data/models.json`."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from cs336_core._shared.data_files import data_text
from cs336_core._shared.validation import unknown_name
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.config_json import config_from_json


def preset(name: str) -> ModelConfig:
    """Return the configuration of a published model: "gpt2-small", "llama-3-8b" ...

    Raises `ConfigError`, which suggests the closest names, for an unknown one.

    >>> preset("llama-3-8b").n_kv_heads
    8
    """
    return config_from_json(_model(name)["config"])


def preset_note(name: str) -> str | None:
    """Return how a preset differs from the published model, or `None` where it does not.

    >>> preset_note("gpt3-xl").split(":")[0]
    "the paper's numbers contradict each other"
    """
    note: str | None = _model(name).get("note")
    return note


def preset_names() -> list[str]:
    """Return the names of all presets, family by family."""
    return list(_models())


def preset_title(name: str) -> str:
    """Return the name of a preset as text and figures show it.

    >>> preset_title("llama-3-8b")
    'Llama 3 8B'
    """
    title: str = _model(name)["title"]
    return title


def _model(name: str) -> dict[str, Any]:
    """Return what `models.json` has on a model; raise `ConfigError` for an unknown name."""
    models = _models()
    if name not in models:
        raise ConfigError(unknown_name("preset", name, models))
    return models[name]


@cache
def _models() -> dict[str, dict[str, Any]]:
    """Read the models: name -> title, configuration, published parameter count and source."""
    models: dict[str, dict[str, Any]] = json.loads(data_text("cs336_core.model", "models.json"))
    return models
