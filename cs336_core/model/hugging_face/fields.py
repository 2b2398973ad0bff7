"""The fields of a `config.json`, each asked for by its name and kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, Literal

from cs336_core._shared.validation import AccountingError, check_number, check_size, shortened
from cs336_core.model.config import Activation
from cs336_core.model.hugging_face.names import (
    CHANGE_LOGITS,
    GATED,
    PLAIN,
    is_empty,
    is_harmless,
)

REQUIRED: Literal["required"] = "required"  # in place of a default
MOST_NAMES = 40  # of unknown fields in one message


class Fields:
    """The fields of one file, which remembers those that were read.

    Args:
        fields: name -> value.
        ignored: names to pass over, whatever they hold.

    Attributes:
        notes: sentences on what is in the file and not counted.
        unmodeled: what changes the logits and cannot be described by a `ModelConfig`; ignored
            fields are among it, since nobody knows.

    """

    def __init__(self, fields: Mapping[str, Any], ignored: Collection[str] = ()) -> None:
        self.fields = {name: value for name, value in fields.items() if name not in ignored}
        self.notes: list[str] = []
        self.used: set[str] = set()
        self.unmodeled: list[str] = []
        self._ignored = [
            name
            for name in ignored
            if not (
                is_harmless(name) or name == "quantization_config" or is_empty(fields.get(name))
            )
        ]

    def use(self, *names: str) -> None:
        """Mark fields as known that say nothing more than others do."""
        self.used.update(names)

    def rename(self, **names: str) -> None:
        """Read fields under another of their names: `rename(hidden_size="n_embd")`.

        Raises `AccountingError` where a file has both, and they differ.
        """
        for other, name in names.items():
            self.use(other)
            value = self.fields.get(other)
            if is_empty(value):
                continue
            if self.fields.setdefault(name, value) != value:
                raise AccountingError(
                    f"{name} is {shortened(self.fields[name])} and {other} is {shortened(value)}; "
                    "they are names of the same field and must agree"
                )

    def size(self, name: str, default: int | str = REQUIRED, *, least: int = 1) -> int:
        """Return a whole number; raise `AccountingError` where it is missing or none."""
        value = self._value(name, default)
        return check_size(name, value, least=least)

    def optional_size(self, name: str, default: int | str | None, *, least: int = 1) -> int | None:
        """Return a whole number, or `None` where the file has null."""
        value = self._value(name, default)
        return None if value is None else self.size(name, value, least=least)

    def number(self, name: str, default: float) -> float:
        """Return a number above 0; null is the default."""
        value = self._value(name, default)
        value = default if value is None else value
        check_number(name, value, above=0)
        return float(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return true or false; null is false."""
        value = self._value(name, default)
        if value is not None and not isinstance(value, bool):
            raise AccountingError(f"{name} is {shortened(value)}; it must be true or false")
        return bool(value)

    def text(self, name: str, default: str | None) -> str | None:
        """Return a text, or `None` where the file has null or nothing."""
        value = self._value(name, default)
        if value is not None and not isinstance(value, str):
            raise AccountingError(f"{name} is {shortened(value)}; it must be a text")
        return value

    def texts(self, name: str) -> list[str]:
        """Return a list of texts, empty where the file has null or nothing."""
        value = self._value(name, None)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise AccountingError(f"{name} is {shortened(value)}; it must be a list of texts")
        return value

    def context_length(self, default: int) -> int:
        """Return the longest sequence; a file without it gets the library's default, and a note."""
        self.use("max_position_embeddings", "max_sequence_length")
        for name in ("max_position_embeddings", "max_sequence_length"):
            found = self.optional_size(name, None)
            if found is not None:
                return found
        self.notes.append(
            f"max_position_embeddings is missing: the longest sequence is taken to be {default:,} "
            "tokens, the library's default; no count depends on it"
        )
        return default

    def gated(self, name: str | None) -> Activation:
        """Return the gated activation with that function."""
        return self._activation(name, GATED)

    def plain(self, name: str | None) -> Activation:
        """Return the activation of that name."""
        return self._activation(name, PLAIN)

    def rope_theta(self, default: float) -> float:
        """Return the base of the rotary angles, and note scaling, which is not modeled.

        Files of transformers 5 have all of it in `rope_parameters`.
        """
        theta = self.number("rope_theta", default)
        for name in ("rope_scaling", "rope_parameters"):
            inner = self._value(name, None)
            if is_empty(inner):
                continue
            if (kind := _rope_kind(inner)) != "default":
                self.unmodeled.append(f"{name} ({kind})")
            if isinstance(inner, dict):
                theta = Fields(inner).number("rope_theta", theta)
        return theta

    def check_layer_types(self, window: int | None) -> None:
        """Raise `AccountingError` where layers are not all of the kind that the window says."""
        kinds = self._value("layer_types", None)
        kind = "full_attention" if window is None else "sliding_attention"
        if kinds is not None and (not isinstance(kinds, list) or any(k != kind for k in kinds)):
            raise AccountingError(
                f"layer_types is {shortened(kinds)}; with a window of {window}, all layers must be "
                f"{kind!r}: others cannot be counted yet"
            )

    def finish(self, *, ignore_unknown: bool = False) -> None:
        """Note what is not modeled, and raise `AccountingError` for fields that are unknown.

        A field that was not read is fine where it says nothing, or is known to change no count.
        """
        if self._value("quantization_config", None) is not None:
            self.notes.append(
                "quantization_config: weights are counted with the bytes of the chosen precision"
            )
        for name, neutral in CHANGE_LOGITS.items():
            if name in self.fields and self._value(name, None) not in neutral:
                self.unmodeled.append(f"{name} ({shortened(self.fields[name])})")
        unknown = {
            name: value
            for name, value in self.fields.items()
            if name not in self.used and not is_harmless(name) and not is_empty(value)
        }
        if unknown and not ignore_unknown:
            self._refuse(sorted(unknown))
        if unknown:
            self.notes.append(f"unknown fields, ignored: {_listed(sorted(unknown))}")
        if self.unmodeled:
            self.notes.append(
                f"not modeled: {', '.join(self.unmodeled)}; no count depends on it, but the logits "
                "do, so weights of this model are not loaded"
            )
        self.unmodeled += [
            f"{shortened(name)}, ignored" for name in [*self._ignored, *sorted(unknown)]
        ]

    def _refuse(self, unknown: list[str]) -> None:
        """Raise `AccountingError` for unknown fields."""
        near = get_close_matches(unknown[0], self.used, n=1)
        meant = f" (is {near[0]!r} meant?)" if near and near[0] not in self.fields else ""
        raise AccountingError(
            f"unknown fields: {_listed(unknown)}{meant}; they might change the count: if they do "
            "not, ignore them by name (--ignore) or all at once (--ignore-unknown)"
        )

    def _value(self, name: str, default: Any) -> Any:
        """Return what the file has under a name."""
        self.used.add(name)
        value = self.fields.get(name, default)
        if value is REQUIRED:
            near = get_close_matches(name, self.fields, n=1)
            meant = f"; there is {near[0]!r}" if near else ""
            raise AccountingError(f"there is no {name}, which this model_type needs{meant}")
        return value

    def _activation(self, name: str | None, known: Mapping[str, Activation]) -> Activation:
        """Return our name of an activation."""
        if name is None or name not in known:
            raise AccountingError(
                f"the activation is {shortened(name)}; what can be counted is {', '.join(known)}"
            )
        return known[name]


def _listed(names: list[str]) -> str:
    """Name fields, and say how many more there are than a message holds."""
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(shortened(name) for name in names[:MOST_NAMES]) + more


def _rope_kind(scaling: object) -> str:
    """Return the kind of rotary angles that a file describes: "default" for those of the paper."""
    if not isinstance(scaling, dict):
        return shortened(scaling)
    kind = scaling.get("rope_type", scaling.get("type"))
    if kind is None and scaling.keys() <= {"rope_theta", "partial_rotary_factor"}:
        kind = "default"
    if kind == "default" and scaling.get("partial_rotary_factor", 1) != 1:
        return "partial_rotary_factor"
    return kind if isinstance(kind, str) and kind.isidentifier() else shortened(kind)
