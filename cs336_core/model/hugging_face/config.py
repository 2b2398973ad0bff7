"""Reading Hugging Face's `config.json` as a `ModelConfig`.

Only the model types of the table of families are read. A field that would change a count and that
`ModelConfig` cannot describe is an error, and so is an unknown field, since it might. A field that
changes only the logits is noted and recorded in `ModelConfig.unmodeled`, so that no weights are
loaded into a model that would compute another function with them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from cs336_core._shared.paths import StrPath
from cs336_core._shared.validation import short_repr
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.config_json import config_from_json
from cs336_core.model.hugging_face.build import build_config, extra_parameters
from cs336_core.model.hugging_face.families import family, model_types
from cs336_core.model.hugging_face.fields import Fields
from cs336_core.model.hugging_face.files import read_json
from cs336_core.model.hugging_face.head import head_outputs

# The fields with the language model of larger models, such as those that see images
INSIDE = ("text_config", "llm_config", "language_config", "thinker_config")
BY_HAND = (
    "to describe a model by hand, write a file without a model_type and with the fields of "
    "ModelConfig: vocab_size, context_length, n_layers, d_model, n_heads, n_kv_heads, d_ff ..."
)


@dataclass(frozen=True)
class LoadedConfig:
    """A configuration that was read, with notes.

    Attributes:
        config: the model; `config.unmodeled` lists what changes its logits and is not described.
        notes: sentences on what is in the file but not in `config`.

    """

    config: ModelConfig
    notes: tuple[str, ...]


@dataclass(frozen=True)
class PartialConfig:
    """A model of which only the parameters can be counted.

    Attributes:
        model_type: its type in the file.
        config: the part of it that a configuration describes, if any.
        extra: component -> the number of its parameters outside of `config`.
        notes: sentences on what is in the file but not counted.

    """

    model_type: str
    config: ModelConfig | None
    extra: Mapping[str, int] = field(hash=False)
    notes: tuple[str, ...]


class PartialConfigError(ConfigError):
    """A model of which only the parameters can be counted; `partial` has them."""

    def __init__(self, partial: PartialConfig) -> None:
        super().__init__(
            f"model_type is {partial.model_type!r}, of which only the parameters can be counted"
        )
        self.partial = partial


def load_hugging_face(
    path: StrPath, *, ignored: Collection[str] = (), ignore_unknown: bool = False
) -> LoadedConfig:
    """Read a `config.json`, or the one in a folder; the options are those of `from_hugging_face`.

    Raises `OSError` for a file that cannot be opened, `ConfigError` for one that is too large or
    not a JSON object, and the errors of `from_hugging_face`.
    """
    return from_hugging_face(read_json(path), ignored=ignored, ignore_unknown=ignore_unknown)


def from_hugging_face(
    fields: Mapping[str, Any], *, ignored: Collection[str] = (), ignore_unknown: bool = False
) -> LoadedConfig:
    """Return the configuration that the fields of a `config.json` describe.

    `ignored` lists fields to skip, and `ignore_unknown` skips all unknown ones. `architectures`
    determines the head; without it, the file describes a language model. Of a model with a language
    model inside, such as one that sees images, the language model is read.

    Raises `ConfigError` for an unknown model type, a field that is missing, unknown or invalid, and
    one that would change the count in a way that cannot be described; `PartialConfigError` for a
    model of which only the parameters can be counted.

    >>> loaded = from_hugging_face({
    ...     "model_type": "gpt2", "vocab_size": 50257, "n_positions": 1024, "n_embd": 768,
    ...     "n_layer": 12, "n_head": 12, "activation_function": "gelu_new",
    ... })
    >>> loaded.config.d_model, loaded.config.activation
    (768, 'gelu_tanh')
    """
    loaded = read_hugging_face(fields, ignored=ignored, ignore_unknown=ignore_unknown)
    if isinstance(loaded, PartialConfig):
        raise PartialConfigError(loaded)
    return loaded


def read_hugging_face(
    fields: Mapping[str, Any], *, ignored: Collection[str] = (), ignore_unknown: bool = False
) -> LoadedConfig | PartialConfig:
    """Return what the fields of a `config.json` describe, as `from_hugging_face` does.

    For types of models of which only the parameters can be counted, it is a `PartialConfig`. A file
    without a model type may have the fields of `ModelConfig`, as `config_to_json` writes them.
    """
    if "model_type" not in fields and {"d_model", "n_heads"} <= fields.keys():
        return LoadedConfig(config_from_json(fields), ())
    fields, notes = _language_model(fields)
    model_type = Fields(fields).string("model_type", None)
    if model_type not in model_types():
        raise ConfigError(_unknown_type(model_type))
    entry = family(model_type)
    read = Fields(
        fields, ignored, defaults=entry.defaults, assumed=entry.wrapped if notes else None
    )
    read.use("model_type", *entry.harmless)
    read.notes += notes
    n_outputs = None if entry.heads else head_outputs(read)
    config = build_config(read, entry) if entry.reads else None
    extra = extra_parameters(read, entry)
    read.finish(ignore_unknown=ignore_unknown)
    if config is not None:
        config = replace(config, n_outputs=n_outputs, unmodeled=tuple(read.unmodeled))
    if extra or config is None:
        return PartialConfig(model_type, config, extra, tuple(read.notes))
    return LoadedConfig(config, tuple(read.notes))


def _language_model(fields: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[str]]:
    """Return the fields of the language model inside a larger model, and a note on the rest."""
    notes: list[str] = []
    for name in INSIDE:
        inner = fields.get(name)
        if isinstance(inner, Mapping) and inner.get("model_type") != fields.get("model_type"):
            outer = {
                name: fields[name]
                for name in ("architectures", "tie_word_embeddings", "quantization_config")
                if name in fields
            }
            notes = [
                f"{short_repr(fields.get('model_type'))} has a language model in {name}, which is "
                "counted, and nothing else"
            ]
            return _language_model({**outer, **inner})[0], notes
    return fields, notes


def _unknown_type(model_type: str | None) -> str:
    """Return the message for an unknown model type."""
    known = model_types()
    if model_type is None:
        return f"model_type is missing; it must be one of {', '.join(known)}"
    near = get_close_matches(model_type, known, n=3)
    hint = f"did you mean {', '.join(near)}?" if near else f"{len(known)} others are known"
    return f"model_type {short_repr(model_type)} is unknown; {hint}; {BY_HAND}"
