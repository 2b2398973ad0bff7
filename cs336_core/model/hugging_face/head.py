"""What a model has on top of its layers, by the `architectures` of a `config.json`.

Models of one `model_type` are saved with and without an LM head: embedding models have none, and
reward models have a head with a number for each label.
"""

from __future__ import annotations

import re

from cs336_core._shared.validation import AccountingError, shortened
from cs336_core.model.hugging_face.fields import Fields

USUAL_LABELS = 2  # where a file has neither num_labels nor id2label


def head_outputs(read: Fields) -> int | None:
    """Return how many numbers the head gives for each token: `None` for an LM head, 0 for no head.

    A file without `architectures` describes a language model. Raises `AccountingError` for a head
    that is unknown, and for labels that contradict each other.
    """
    names = read.texts("architectures")
    heads = {_head(read, name) for name in names} or {None}
    if len(heads) > 1:
        raise AccountingError(
            f"architectures is {shortened(names)}; these have different heads: give one of them"
        )
    return heads.pop()


def _head(read: Fields, name: str) -> int | None:
    """Return the number of outputs of one architecture, and note what is not an LM head."""
    if name.endswith(("ForCausalLM", "LMHeadModel")):
        return None
    if name.endswith("DoubleHeadsModel"):
        read.notes.append(
            f"{shortened(name)} has a second head, for multiple choice, which is not counted"
        )
        return None
    if name.endswith("ForSequenceClassification"):
        n_labels = _labels(read)
        read.notes.append(
            f"{shortened(name)} has a head for {n_labels:,} labels in place of an LM head"
        )
        return n_labels
    if name.endswith("Model") and not re.search("For|Head|Rank|Reward|Score|Value", name):
        read.notes.append(f"{shortened(name)} has no LM head, and none is counted")
        return 0
    raise AccountingError(
        f"architectures is {shortened(name)}, whose head is unknown; ignore architectures to count "
        "an LM head, or give the name of one that ends with ForCausalLM (an LM head), "
        "ForSequenceClassification (num_labels) or Model (no head)"
    )


def _labels(read: Fields) -> int:
    """Return how many labels a classifier has."""
    n_labels = read.optional_size("num_labels", None)
    names = read.fields.get("id2label")
    named = len(names) if isinstance(names, dict) and names else None
    if n_labels is not None and named is not None and n_labels != named:
        raise AccountingError(
            f"num_labels is {n_labels} and id2label holds {named} labels; they must agree"
        )
    return n_labels or named or USUAL_LABELS
