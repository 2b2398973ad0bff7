"""The fields of a `config.json`, read by name and type."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any, Literal

from cs336_core._shared.validation import check_number, check_size, short_repr
from cs336_core.model.config import Activation, ConfigError
from cs336_core.model.hugging_face.names import (
    CHANGE_LOGITS,
    GATED,
    PLAIN,
    is_empty,
    is_harmless,
)

REQUIRED: Literal["required"] = "required"  # in place of a default
MAX_LISTED = 40  # unknown fields in one message


class Fields:
    """The fields of one file. It records which of them were read.

    Args:
        fields: name -> value.
        ignored: names of fields to skip, whatever their value.

    Attributes:
        notes: sentences on what is in the file but not counted.
        unmodeled: what changes the logits and a `ModelConfig` cannot describe. It includes ignored
            fields, since they might.

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
        """Mark fields as read that add nothing to others."""
        self.used.update(names)

    def rename(self, **names: str) -> None:
        """Let fields be read by another name: `rename(hidden_size="n_embd")`.

        Raises `ConfigError` if a file has both names with different values.
        """
        for other, name in names.items():
            self.use(other)
            value = self.fields.get(other)
            if is_empty(value):
                continue
            if self.fields.setdefault(name, value) != value:
                raise ConfigError(
                    f"{name} is {short_repr(self.fields[name])} and {other} is "
                    f"{short_repr(value)}; they are names of the same field and must agree"
                )

    def size(self, name: str, default: int | str = REQUIRED, *, minimum: int = 1) -> int:
        """Return an integer; raise `ConfigError` if it is missing or not an integer."""
        value = self._value(name, default)
        return check_size(name, value, minimum=minimum, error=ConfigError)

    def optional_size(
        self, name: str, default: int | str | None, *, minimum: int = 1
    ) -> int | None:
        """Return an integer, or `None` for null."""
        value = self._value(name, default)
        return None if value is None else self.size(name, value, minimum=minimum)

    def number(self, name: str, default: float) -> float:
        """Return a positive number; null means the default."""
        value = self._value(name, default)
        value = default if value is None else value
        check_number(name, value, above=0, error=ConfigError)
        return float(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean; null means false."""
        value = self._value(name, default)
        if value is not None and not isinstance(value, bool):
            raise ConfigError(f"{name} is {short_repr(value)}; it must be true or false")
        return bool(value)

    def string(self, name: str, default: str | None) -> str | None:
        """Return a string; `None` for null or a missing field without default."""
        value = self._value(name, default)
        if value is not None and not isinstance(value, str):
            raise ConfigError(f"{name} is {short_repr(value)}; it must be a string")
        return value

    def strings(self, name: str) -> list[str]:
        """Return a list of strings, empty for null or a missing field."""
        value = self._value(name, None)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ConfigError(f"{name} is {short_repr(value)}; it must be a list of strings")
        return value

    def context_length(self, default: int) -> int:
        """Return the longest sequence; without the field, note that the default is assumed."""
        self.use("max_position_embeddings", "max_sequence_length")
        for name in ("max_position_embeddings", "max_sequence_length"):
            length = self.optional_size(name, None)
            if length is not None:
                return length
        self.notes.append(
            f"max_position_embeddings is missing: {default:,} tokens are assumed, the default of "
            "transformers; no count depends on it"
        )
        return default

    def gated(self, name: str | None) -> Activation:
        """Return the gated activation that uses this function."""
        return self._activation(name, GATED)

    def plain(self, name: str | None) -> Activation:
        """Return the ungated activation of this name."""
        return self._activation(name, PLAIN)

    def rope_theta(self, default: float) -> float:
        """Return the base of the rotary frequencies; record scaling, which is not modeled.

        Files written by transformers 5 have both in `rope_parameters`.
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
        """Raise `ConfigError` unless all layers have the type that `window` implies."""
        kinds = self._value("layer_types", None)
        kind = "full_attention" if window is None else "sliding_attention"
        if kinds is not None and (not isinstance(kinds, list) or any(k != kind for k in kinds)):
            raise ConfigError(
                f"layer_types is {short_repr(kinds)}; with a window of {window}, only layers of "
                f"type {kind!r} can be counted so far"
            )

    def finish(self, *, ignore_unknown: bool = False) -> None:
        """Record what is not modeled, and raise `ConfigError` for unknown fields.

        A field that was not read may be empty, or known to change no count.
        """
        if self._value("quantization_config", None) is not None:
            self.notes.append(
                "quantization_config: weights are counted in the chosen precision instead"
            )
        for name, neutral in CHANGE_LOGITS.items():
            if name in self.fields and self._value(name, None) not in neutral:
                self.unmodeled.append(f"{name} ({short_repr(self.fields[name])})")
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
            f"{short_repr(name)}, ignored" for name in [*self._ignored, *sorted(unknown)]
        ]

    def _refuse(self, unknown: list[str]) -> None:
        """Raise `ConfigError` for unknown fields."""
        near = get_close_matches(unknown[0], self.used, n=1)
        meant = f" (did you mean {near[0]!r}?)" if near and near[0] not in self.fields else ""
        raise ConfigError(
            f"unknown fields: {_listed(unknown)}{meant}; they might change the count; if they do "
            "not, ignore them by name (--ignore) or all at once (--ignore-unknown)"
        )

    def _value(self, name: str, default: Any) -> Any:
        """Return the value of a field, and record that it was read."""
        self.used.add(name)
        value = self.fields.get(name, default)
        if value is REQUIRED:
            near = get_close_matches(name, self.fields, n=1)
            hint = f"; the file has {near[0]!r}" if near else ""
            raise ConfigError(f"{name} is missing, but this model_type needs it{hint}")
        return value

    def _activation(self, name: str | None, known: Mapping[str, Activation]) -> Activation:
        """Translate the name of an activation into ours."""
        if name is None or name not in known:
            raise ConfigError(
                f"the activation is {short_repr(name)}; it must be one of {', '.join(known)}"
            )
        return known[name]


def _listed(names: list[str]) -> str:
    """List fields, and the number of further ones if there are too many."""
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(short_repr(name) for name in names[:MAX_LISTED]) + more


def _rope_kind(scaling: object) -> str:
    """Return the type of rotary scaling, "default" for none."""
    if not isinstance(scaling, dict):
        return short_repr(scaling)
    kind = scaling.get("rope_type", scaling.get("type"))
    if kind is None and scaling.keys() <= {"rope_theta", "partial_rotary_factor"}:
        kind = "default"
    if kind == "default" and scaling.get("partial_rotary_factor", 1) != 1:
        return "partial_rotary_factor"
    return kind if isinstance(kind, str) and kind.isidentifier() else short_repr(kind)
