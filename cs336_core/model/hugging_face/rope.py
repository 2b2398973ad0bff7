"""The rotary frequencies of a `config.json`, in the layouts of transformers 4 and 5."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cs336_core._shared.validation import short_repr
from cs336_core.model.config import RopeScaling
from cs336_core.model.config_parts import RopeKind
from cs336_core.model.hugging_face.fields import Fields
from cs336_core.model.hugging_face.names import is_empty

# Kinds that change nothing in a model of text
UNSCALED = ("default", "mrope")
# What is read of each kind: transformers' name -> ours
OPTIONS: dict[RopeKind, dict[str, str]] = {
    "linear": {"factor": "factor"},
    "dynamic": {"factor": "factor"},
    "yarn": {
        "factor": "factor", "beta_fast": "beta_fast", "beta_slow": "beta_slow",
        "truncate": "truncate", "attention_factor": "attention_factor",
    },
    "llama3": {
        "factor": "factor", "low_freq_factor": "low_freq_factor",
        "high_freq_factor": "high_freq_factor",
    },
    "longrope": {
        "factor": "factor", "short_factor": "short_factors", "long_factor": "long_factors",
        "attention_factor": "attention_factor",
    },
}  # fmt: skip
KINDS: dict[str, RopeKind] = {"su": "longrope"}  # older names
# Further names that are understood, or say the same as other fields
KNOWN = {
    "mrope_interleaved", "mrope_section", "mscale", "mscale_all_dim", "partial_rotary_factor",
    "max_position_embeddings", "original_max_position_embeddings", "rope_theta", "rope_type",
    "type", "finetuned",
}  # fmt: skip


def rotary_fields(read: Fields, context_length: int) -> dict[str, Any]:
    """Return our fields on rotary positions, and "mscale", which DeepSeek scales scores by.

    What cannot be described is recorded in `read.unmodeled`. Raises `ConfigError` for values of the
    wrong type.
    """
    scaling = _parameters(read)
    of_windows: Mapping[str, Any] = {}
    if any(isinstance(value, Mapping) for value in scaling.values()):  # one per type of layer
        of_windows = scaling.get("sliding_attention") or {}
        scaling = scaling.get("full_attention") or {}
        if of_windows.get("rope_type", "default") != "default":
            read.unmodeled.append("rope_parameters of layers with a window")
    inner = Fields(scaling)
    theta = inner.number("rope_theta", read.number("rope_theta", read.default("rope_theta", 1e4)))
    fraction = read.number("partial_rotary_factor", read.default("partial_rotary_factor", 1.0))
    ours: dict[str, Any] = {
        "rope_theta": theta,
        "rotary_fraction": inner.number("partial_rotary_factor", fraction),
        "rope_theta_window": (
            Fields(of_windows).number("rope_theta", theta) if of_windows else None
        ),
    }
    return ours | _scaling(read, scaling, context_length)


def _parameters(read: Fields) -> Mapping[str, Any]:
    """Return the rotary parameters of a file, from whichever field has them."""
    found: dict[str, Any] = {}
    for name in ("rope_scaling", "rope_parameters"):
        value = read.value(name, None)
        if isinstance(value, Mapping):
            found |= value
        elif not is_empty(value):
            read.unmodeled.append(f"{name} ({short_repr(value)})")
    return found


def _scaling(read: Fields, scaling: Mapping[str, Any], context_length: int) -> dict[str, Any]:
    """Return `rope_scaling` and `mscale`."""
    kind: Any = scaling.get("rope_type", scaling.get("type"))
    if kind is None:
        kind = "default" if scaling.keys() <= {"rope_theta", "partial_rotary_factor"} else None
    kind = KINDS.get(kind, kind) if isinstance(kind, str) else None
    if kind in UNSCALED:
        return {"rope_scaling": None, "mscale": 1.0}
    unknown = sorted(scaling.keys() - KNOWN - OPTIONS.get(kind, {}).keys())
    unknown = [name for name in unknown if not is_empty(scaling[name])]
    if kind not in OPTIONS or unknown:
        listed = f": {', '.join(unknown)}" if kind in OPTIONS else ""
        name = kind if kind is not None and kind.isidentifier() else short_repr(scaling)
        read.unmodeled.append(f"rope_scaling ({name}{listed})")
        return {"rope_scaling": None, "mscale": 1.0}
    options: dict[str, Any] = {
        ours: tuple(value) if isinstance(value, list) else value
        for theirs, ours in OPTIONS[kind].items()
        if (value := scaling.get(theirs)) is not None
    }
    original = scaling.get("original_max_position_embeddings")
    if original is None:
        original = read.optional_size("original_max_position_embeddings", None)
    if original is None:
        original = context_length
    factor = options.setdefault("factor", context_length / original)
    numbers = Fields(scaling)
    mscale, of_scores = (numbers.number(name, 0.0) for name in ("mscale", "mscale_all_dim"))
    if kind == "yarn" and mscale and of_scores and "attention_factor" not in options:
        options["attention_factor"] = _mscale(factor, mscale) / _mscale(factor, of_scores)
    return {
        "rope_scaling": RopeScaling(kind=kind, original_context=original, **options),
        "mscale": _mscale(factor, of_scores) if of_scores else 1.0,
    }


def _mscale(factor: float, scale: float) -> float:
    """Return the factor of queries and keys in YaRN (Peng et al. 2023, section 3.4)."""
    return 1.0 if factor <= 1 else 0.1 * scale * math.log(factor) + 1
