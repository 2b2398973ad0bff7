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
        defaults: name -> value where a file does not have the field.
        assumed: further defaults, which are noted where they are used.

    Attributes:
        notes: sentences on what is in the file but not counted.
        unmodeled: what changes the logits and a `ModelConfig` cannot describe. It includes ignored
            fields, since they might.

    """

    def __init__(
        self,
        fields: Mapping[str, Any],
        ignored: Collection[str] = (),
        *,
        defaults: Mapping[str, Any] | None = None,
        assumed: Mapping[str, Any] | None = None,
    ) -> None:
        self.fields = {name: value for name, value in fields.items() if name not in ignored}
        self._defaults, self._assumed = defaults or {}, assumed or {}
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

    def default(self, name: str, otherwise: Any) -> Any:
        """Return the default of a field, or `otherwise` if it has none."""
        return self._defaults.get(name, otherwise)

    def required(self, name: str) -> Any:
        """Return the value of a field of any type; raise `ConfigError` if it is missing."""
        return self.value(name, self.default(name, REQUIRED))

    def size(self, name: str, default: Any = REQUIRED, *, minimum: int = 1) -> int:
        """Return an integer; raise `ConfigError` if it is missing or not an integer."""
        return self.checked_size(name, self.value(name, default), minimum=minimum)

    def checked_size(self, name: str, value: Any, *, minimum: int = 1) -> int:
        """Return an integer; raise `ConfigError` for anything else."""
        return check_size(name, value, minimum=minimum, error=ConfigError)

    def optional_size(self, name: str, default: Any, *, minimum: int = 1) -> int | None:
        """Return an integer, or `None` for null."""
        value = self.value(name, default)
        return None if value is None else self.checked_size(name, value, minimum=minimum)

    def number(self, name: str, default: Any) -> float:
        """Return a positive number; null means the default."""
        value = self.value(name, default)
        if value is None and default is not REQUIRED:
            value = default
        if value != default or default is REQUIRED:
            check_number(name, value, above=0, error=ConfigError)
        return float(value)

    def optional_number(self, name: str, default: Any) -> float | None:
        """Return a positive number, or `None` for null."""
        return None if self.value(name, default) is None else self.number(name, default)

    def flag(self, name: str, *, default: Any = False) -> bool:
        """Return a boolean; null means false."""
        value = self.value(name, default)
        if value is not None and not isinstance(value, bool):
            raise ConfigError(f"{name} is {short_repr(value)}; it must be true or false")
        return bool(value)

    def string(self, name: str, default: str | None) -> str | None:
        """Return a string; `None` for null or a missing field without default."""
        value = self.value(name, default)
        if value is not None and not isinstance(value, str):
            raise ConfigError(f"{name} is {short_repr(value)}; it must be a string")
        return value

    def strings(self, name: str) -> list[str]:
        """Return a list of strings, empty for null or a missing field."""
        value = self.value(name, None)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ConfigError(f"{name} is {short_repr(value)}; it must be a list of strings")
        return value

    def gated(self, name: object) -> Activation:
        """Return the gated activation that uses this function."""
        return self._activation(name, GATED)

    def plain(self, name: object) -> Activation:
        """Return the ungated activation of this name."""
        return self._activation(name, PLAIN)

    def value(self, name: str, default: Any) -> Any:
        """Return the value of a field, and record that it was read."""
        self.used.add(name)
        if name in self.fields:
            return self.fields[name]
        if name in self._assumed:
            value = self._assumed[name]
            note = f"{name} is missing: {value:,} is assumed, the default of transformers"
            if note not in self.notes:
                self.notes.append(note)
            return value
        if default is REQUIRED:
            near = get_close_matches(name, self.fields, n=1)
            hint = f"; the file has {near[0]!r}" if near else ""
            raise ConfigError(f"{name} is missing, but this model_type needs it{hint}")
        return default

    def finish(self, *, ignore_unknown: bool = False) -> None:
        """Record what is not modeled, and raise `ConfigError` for unknown fields.

        A field that was not read may be empty, or known to change no count.
        """
        if self.value("quantization_config", None) is not None:
            self.notes.append(
                "quantization_config: weights are counted in the chosen precision instead"
            )
        for name, neutral in CHANGE_LOGITS.items():
            is_read = name in self.used or name not in self.fields
            if not is_read and self.value(name, None) not in neutral:
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

    def _activation(self, name: object, known: Mapping[str, Activation]) -> Activation:
        """Translate the name of an activation into ours."""
        if not isinstance(name, str) or name not in known:
            raise ConfigError(
                f"the activation is {short_repr(name)}; it must be one of {', '.join(known)}"
            )
        return known[name]


def _listed(names: list[str]) -> str:
    """List fields, and the number of further ones if there are too many."""
    more = f" and {len(names) - MAX_LISTED} more" if len(names) > MAX_LISTED else ""
    return ", ".join(short_repr(name) for name in names[:MAX_LISTED]) + more
