"""Reading Hugging Face's `config.json` as a `ModelConfig`.

Only known model types are read. A field that would change a count and that `ModelConfig` cannot
describe is an error, and so is an unknown field, since it might. A field that changes only the
logits is noted and recorded in `ModelConfig.unmodeled`, so that no weights are loaded into a model
that would compute another function with them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cs336_core._shared.paths import StrPath
from cs336_core._shared.validation import short_repr
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.hugging_face.fields import Fields
from cs336_core.model.hugging_face.head import head_outputs
from cs336_core.model.hugging_face.model_types import READERS

MAX_FILE_BYTES = 2**20  # real files have a few thousand
# Vision-language models: the model_type of the language model in them.
LANGUAGE_MODELS = {
    "qwen2_vl": "qwen2", "qwen2_vl_text": "qwen2", "qwen2_5_vl": "qwen2",
    "qwen2_5_vl_text": "qwen2",
}  # fmt: skip


@dataclass(frozen=True)
class LoadedConfig:
    """A configuration that was read, with notes.

    Attributes:
        config: the model; `config.unmodeled` lists what changes its logits and is not described.
        notes: sentences on what is in the file but not in `config`.

    """

    config: ModelConfig
    notes: tuple[str, ...]


def load_hugging_face(
    path: StrPath, *, ignored: Collection[str] = (), ignore_unknown: bool = False
) -> LoadedConfig:
    """Read a `config.json`, or the one in a folder; the options are those of `from_hugging_face`.

    Raises `OSError` for a file that cannot be opened, `ConfigError` for one that is too large or
    not a JSON object, and the errors of `from_hugging_face`.
    """
    path = Path(path)
    file = path / "config.json" if path.is_dir() else path
    with file.open("rb") as stream:
        data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise ConfigError(
            f"{file} has more than {MAX_FILE_BYTES:,} bytes; a config.json has a few thousand"
        )
    try:
        # Some editors begin a file with a byte order mark.
        fields = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)
    except ConfigError as error:
        raise ConfigError(f"{file} {error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8 text, at byte {error.start}") from error
    except RecursionError as error:
        raise ConfigError(f"{file} is nested too deeply for a config.json") from error
    except ValueError as error:
        raise ConfigError(f"{file} is not valid JSON, or truncated: {error}") from error
    if not isinstance(fields, dict):
        raise ConfigError(f"{file} contains {short_repr(fields)}; it must contain an object")
    return from_hugging_face(fields, ignored=ignored, ignore_unknown=ignore_unknown)


def from_hugging_face(
    fields: Mapping[str, Any], *, ignored: Collection[str] = (), ignore_unknown: bool = False
) -> LoadedConfig:
    """Return the configuration that the fields of a `config.json` describe.

    `ignored` lists fields to skip, and `ignore_unknown` skips all unknown ones. `architectures`
    determines the head; without it, the file describes a language model.

    Raises `ConfigError` for an unknown model type, a field that is missing, unknown or invalid, and
    one that would change the count in a way that cannot be described.

    >>> loaded = from_hugging_face({
    ...     "model_type": "gpt2", "vocab_size": 50257, "n_positions": 1024, "n_embd": 768,
    ...     "n_layer": 12, "n_head": 12, "activation_function": "gelu_new",
    ... })
    >>> loaded.config.d_model, loaded.config.activation
    (768, 'gelu_tanh')
    """
    read = Fields(fields, ignored)
    model_type = read.string("model_type", None)
    if model_type not in READERS:
        given = "missing" if model_type is None else short_repr(model_type)
        raise ConfigError(
            f"model_type is {given}; it must be one of {', '.join(READERS)}{_advice(fields)}"
        )
    config = READERS[model_type](read)
    read.check_layer_types(config.window)
    n_outputs = head_outputs(read)
    read.finish(ignore_unknown=ignore_unknown)
    config = replace(config, n_outputs=n_outputs, unmodeled=tuple(read.unmodeled))
    return LoadedConfig(config, tuple(read.notes))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; raise `ConfigError` for a name that it repeats."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        (name, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise ConfigError(f"has {short_repr(name)} more than once; keep one of them")
    return fields


def _advice(fields: Mapping[str, Any]) -> str:
    """Return advice for an unsupported model that contains a supported language model."""
    inner = fields.get("text_config")
    kind = inner.get("model_type") if isinstance(inner, dict) else fields.get("model_type")
    if not isinstance(kind, str):
        return ""
    if isinstance(inner, dict):
        if kind in READERS:
            return "; save its text_config as a separate file"
        if kind not in LANGUAGE_MODELS:
            return f"; its text_config has model_type {short_repr(kind)}, which is unsupported, too"
        return (
            "; save its text_config as a separate file, with "
            f"{LANGUAGE_MODELS[kind]!r} as its model_type"
        )
    if kind in LANGUAGE_MODELS:
        return (
            f"; to count its language model alone, set model_type to {LANGUAGE_MODELS[kind]!r} and "
            "ignore architectures and vision_config"
        )
    return ""
