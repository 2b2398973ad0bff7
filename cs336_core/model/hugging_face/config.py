"""Hugging Face's `config.json` as a configuration of ours, where ours can describe the same model.

Only the kinds of models that are named here are read. What would change a count and cannot be
described is refused; so are unknown fields, since nobody can say whether they would. What changes
the logits alone is noted, and carried by the configuration, so that no weights are loaded into a
model that would compute another function with them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cs336_core._shared.paths import StrPath
from cs336_core._shared.validation import AccountingError, shortened
from cs336_core.model.config import ModelConfig
from cs336_core.model.hugging_face.fields import Fields
from cs336_core.model.hugging_face.head import head_outputs
from cs336_core.model.hugging_face.kinds import READERS

LARGEST_FILE = 2**20  # bytes; real ones have a few thousand
# The kind of the language model in a model that reads pictures, too.
LANGUAGE_PARTS = {
    "qwen2_vl": "qwen2", "qwen2_vl_text": "qwen2", "qwen2_5_vl": "qwen2",
    "qwen2_5_vl_text": "qwen2",
}  # fmt: skip


@dataclass(frozen=True)
class LoadedConfig:
    """A model that was read, and what its file has beside it.

    Attributes:
        config: the model; `config.unmodeled` names what changes its logits and is not described.
        notes: sentences on what is in the file and not in the model.

    """

    config: ModelConfig
    notes: tuple[str, ...]


def load_hugging_face(
    path: StrPath, *, ignored: Collection[str] = (), ignore_unknown: bool = False
) -> LoadedConfig:
    """Read a `config.json`, or the one in a folder; arguments are those of `from_hugging_face`.

    Raises `OSError` for a file that cannot be opened, `AccountingError` for one that is too large
    or not a JSON object, and what `from_hugging_face` raises.
    """
    path = Path(path)
    file = path / "config.json" if path.is_dir() else path
    with file.open("rb") as opened:
        data = opened.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise AccountingError(
            f"{file} has more than {LARGEST_FILE:,} bytes; a config.json has a few thousand"
        )
    try:
        # Some editors begin a file with a byte order mark.
        fields = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_object)
    except AccountingError as error:
        raise AccountingError(f"{file} {error}") from error
    except UnicodeDecodeError as error:
        raise AccountingError(f"{file} is not UTF-8 text, at byte {error.start}") from error
    except RecursionError as error:
        raise AccountingError(f"{file} is nested too deeply for a config.json") from error
    except ValueError as error:
        raise AccountingError(f"{file} is not JSON, or cut off: {error}") from error
    if not isinstance(fields, dict):
        raise AccountingError(f"{file} holds {shortened(fields)}; it must hold an object")
    return from_hugging_face(fields, ignored=ignored, ignore_unknown=ignore_unknown)


def from_hugging_face(
    fields: Mapping[str, Any], *, ignored: Collection[str] = (), ignore_unknown: bool = False
) -> LoadedConfig:
    """Return the model that the fields of a `config.json` describe.

    `ignored` names fields to pass over, and `ignore_unknown` passes over all that are unknown.
    `architectures` decides about the head; without it, the file describes a language model.

    Raises `AccountingError` for an unknown kind of model, a field that is missing, unknown or of no
    possible value, or one that would change the count in a way that cannot be described;
    `ConfigError` for a model that cannot be.

    >>> loaded = from_hugging_face({
    ...     "model_type": "gpt2", "vocab_size": 50257, "n_positions": 1024, "n_embd": 768,
    ...     "n_layer": 12, "n_head": 12, "activation_function": "gelu_new",
    ... })
    >>> loaded.config.d_model, loaded.config.activation
    (768, 'gelu_tanh')
    """
    read = Fields(fields, ignored)
    kind = read.text("model_type", None)
    if kind not in READERS:
        given = "there is no model_type" if kind is None else f"model_type is {shortened(kind)}"
        raise AccountingError(f"{given}; what can be read is {', '.join(READERS)}{_advice(fields)}")
    config = READERS[kind](read)
    read.check_layer_types(config.window)
    n_outputs = head_outputs(read)
    read.finish(ignore_unknown=ignore_unknown)
    config = replace(config, n_outputs=n_outputs, unmodeled=tuple(read.unmodeled))
    return LoadedConfig(config, tuple(read.notes))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; raise `AccountingError` for a name that it repeats."""
    made = dict(pairs)
    if len(made) < len(pairs):
        (name, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise AccountingError(f"holds {shortened(name)} more than once; name each field once")
    return made


def _advice(fields: Mapping[str, Any]) -> str:
    """Return what to do about a model that cannot be read but has a part that can."""
    inner = fields.get("text_config")
    kind = inner.get("model_type") if isinstance(inner, dict) else fields.get("model_type")
    if not isinstance(kind, str):
        return ""
    if isinstance(inner, dict):
        if kind in READERS:
            return "; give its text_config as a file of its own"
        if kind not in LANGUAGE_PARTS:
            return f"; its text_config is a {shortened(kind)}, which cannot be read either"
        return (
            "; give its text_config as a file of its own, with "
            f"{LANGUAGE_PARTS[kind]!r} for its model_type"
        )
    if kind in LANGUAGE_PARTS:
        return (
            f"; to count its language model alone, give {LANGUAGE_PARTS[kind]!r} for its "
            "model_type and ignore architectures and vision_config"
        )
    return ""
