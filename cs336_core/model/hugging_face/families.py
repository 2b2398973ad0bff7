"""The table of model families: how each `model_type` names the fields of a `ModelConfig`.

The table is `data/families.json`. A long expression is a list of its lines. An entry has some of
these parts:

- "like": the entry that it extends;
- "reads": our field -> theirs, or an expression of theirs (see `expressions`); "experts.d_ff" is a
  field of a part;
- "is": our field -> a constant. Whether "gated" is true decides what the name of an activation
  stands for;
- "aliases": further names of their fields;
- "defaults": their field -> its value where a file does not have it. Fields without a default are
  required;
- "wrapped": further defaults for the language model inside another model, whose files leave out
  what equals them;
- "refused", "unmodeled", "notes": what a file describes if an expression is true: something that
  is not counted, something that no count depends on but the logits do, or a remark;
- "harmless": fields that change neither counts nor logits;
- "extra": part of the model -> an expression for the number of parameters that our configuration
  does not describe. "counts" has those of a whole model, for families that it does not describe at
  all, with the values of "let" as further names, and "heads" by the end of an architecture's name.
  Only the parameters of such models can be counted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cs336_core._shared.data_files import data_text

EXPRESSIONS = ("reads", "refused", "unmodeled", "notes", "let", "counts", "heads", "extra")


@dataclass(frozen=True, kw_only=True)
class Family:
    """An entry of the table, with everything that it extends."""

    reads: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    wrapped: Mapping[str, Any] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    unmodeled: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    harmless: tuple[str, ...] = ()
    let: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, str] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)


def family(model_type: str) -> Family:
    """Return the entry of a model type; raise `KeyError` for an unknown one."""
    return _families()[model_type]


def model_types() -> list[str]:
    """Return the model types that can be read, in alphabetical order."""
    return sorted(name for name in _families() if " " not in name)  # "any decoder" is a base entry


@cache
def _families() -> dict[str, Family]:
    """Read the table, where an entry comes after the one that it extends."""
    families: dict[str, Family] = {}
    for name, entry in json.loads(data_text("cs336_core.model", "families.json")).items():
        families[name] = _extended(families.get(entry.pop("like", ""), Family()), entry)
    return families


def _extended(base: Family, entry: Mapping[str, Any]) -> Family:
    """Return a family with what an entry adds to it and replaces in it."""
    parts = {
        ("constants" if part == "is" else part): _joined(value) if part in EXPRESSIONS else value
        for part, value in entry.items()
    }
    reads, constants = parts.pop("reads", {}), parts.pop("constants", {})
    merged: dict[str, Any] = {
        name: (*base.harmless, *value) if name == "harmless" else {**getattr(base, name), **value}
        for name, value in parts.items()
    }
    return Family(
        **{name: getattr(base, name) for name in Family.__dataclass_fields__ if name not in merged}
        | merged
        | {
            "reads": {k: v for k, v in base.reads.items() if k not in constants} | reads,
            "constants": {k: v for k, v in base.constants.items() if k not in reads} | constants,
        }
    )


def _joined(expressions: Mapping[str, str | list[str]]) -> dict[str, str]:
    """Return expressions with their lines joined."""
    return {
        name: " ".join(lines) if isinstance(lines, list) else lines
        for name, lines in expressions.items()
    }
