"""The head of a model, from the `architectures` of a `config.json`.

Models of one `model_type` are saved with and without an LM head: embedding models have no head, and
reward models have one with an output per label.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from cs336_core._shared.validation import short_repr
from cs336_core.model.config import ConfigError
from cs336_core.model.hugging_face.fields import Fields

DEFAULT_LABELS = 2  # if a file has neither num_labels nor id2label


def head_outputs(read: Fields) -> int | None:
    """Return the number of outputs per token: `None` for an LM head, 0 for no head.

    A file without `architectures` describes a language model. Raises `ConfigError` for an unknown
    head, and for label fields that contradict each other.
    """
    names = read.strings("architectures")
    heads = {_head(read, name) for name in names} or {None}
    if len(heads) > 1:
        raise ConfigError(
            f"architectures is {short_repr(names)}; these have different heads: keep one of them"
        )
    return heads.pop()


def head_of(read: Fields, heads: Collection[str]) -> tuple[str, int]:
    """Return which of some heads a file has, and how many labels; by default the first one.

    Raises `ConfigError` for another head.
    """
    names = read.strings("architectures")
    found = {kind for name in names for kind in heads if _has_kind(name, kind)}
    if names and len(found) != 1:
        raise ConfigError(
            f"architectures is {short_repr(names)}; of this model_type, one that ends with "
            f"{' or '.join(heads)} can be counted"
        )
    kind = found.pop() if names else next(iter(heads))
    return kind, _labels(read) if kind.endswith("Classification") else 0


def _has_kind(architecture: str, kind: str) -> bool:
    """Return whether an architecture has a head; one that is just a "Model" has none."""
    return architecture.endswith(kind) and (kind != "Model" or _is_headless(architecture))


def _is_headless(architecture: str) -> bool:
    """Return whether an architecture is a model without a head, by its name."""
    return architecture.endswith("Model") and not re.search(
        "For|Head|Rank|Reward|Score|Value", architecture
    )


def _head(read: Fields, name: str) -> int | None:
    """Return the number of outputs of one architecture; note any head but an LM head."""
    if name.endswith(("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")):
        return None
    if name.endswith("DoubleHeadsModel"):
        read.notes.append(
            f"{short_repr(name)} has a second head, for multiple choice, which is not counted"
        )
        return None
    if name.endswith("ForSequenceClassification"):
        n_labels = _labels(read)
        read.notes.append(
            f"{short_repr(name)} has a head for {n_labels:,} labels in place of an LM head"
        )
        return n_labels
    if _is_headless(name):
        read.notes.append(f"{short_repr(name)} has no LM head, so none is counted")
        return 0
    raise ConfigError(
        f"architectures is {short_repr(name)}, whose head is unknown; ignore architectures to "
        "count an LM head, or use a name that ends with ForCausalLM (an LM head), "
        "ForSequenceClassification (num_labels) or Model (no head)"
    )


def _labels(read: Fields) -> int:
    """Return the number of labels of a classifier."""
    n_labels = read.optional_size("num_labels", None)
    names = read.fields.get("id2label")
    named = len(names) if isinstance(names, dict) and names else None
    if n_labels is not None and named is not None and n_labels != named:
        raise ConfigError(
            f"num_labels is {n_labels} and id2label has {named} labels; they must agree"
        )
    return n_labels or named or DEFAULT_LABELS
