"""The state of a widget, declared once as traits: a schema of it for JavaScript, errors in Python.

Each synced trait has an entry in the schema, with its type, default, bounds or choices, and its
tags. The tag `url=True` puts a trait into the page's URL.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anywidget
import traitlets

from cs336_core._shared.validation import short_repr, whole_number


class WidgetError(ValueError, traitlets.TraitError):
    """A value that a widget cannot take: what was given, and what was expected."""


class Integer(traitlets.Int[int, Any]):
    """A whole number, Python's or NumPy's; True and False are not numbers."""

    def validate(self, obj: Any, value: Any) -> int:
        """Return the number as Python's."""
        number = whole_number(value)
        if number is None:
            self.error(obj, value)
        return super().validate(obj, number)


class Number(traitlets.Float[float, Any]):
    """A finite number."""

    def validate(self, obj: Any, value: Any) -> float:
        """Return the number as a float."""
        number: float = super().validate(obj, value)
        if not math.isfinite(number):  # no bound refuses NaN
            self.error(obj, value)
        return number


# Traits with their types in the schema and in JavaScript
_TYPES: list[tuple[type[traitlets.TraitType[Any, Any]], str, str]] = [
    (traitlets.Enum, "choice", ""),
    (traitlets.Bool, "boolean", "boolean"),
    (traitlets.Int, "integer", "number"),
    (traitlets.Float, "number", "number"),
    (traitlets.Unicode, "string", "string"),
    (traitlets.List, "list", ""),
    (traitlets.Dict, "object", ""),
]

Schema = dict[str, dict[str, Any]]


def schema(cls: type[traitlets.HasTraits]) -> Schema:
    """Return the synced traits of a widget in the order in which they are declared.

    >>> class Figure(anywidget.AnyWidget):
    ...     step = traitlets.Int(1, min=0, max=9).tag(sync=True, url=True)
    >>> schema(Figure)
    {'step': {'type': 'integer', 'default': 1, 'min': 0, 'max': 9, 'url': True}}
    """
    traits = cls.class_traits(sync=True)
    inherited = anywidget.AnyWidget.class_traits(sync=True)
    declared = {name: None for base in reversed(cls.__mro__) for name in vars(base)}
    return {
        name: _entry(traits[name])
        for name in declared
        if name in traits and name not in inherited and not name.startswith("_")
    }


def _entry(trait: traitlets.TraitType[Any, Any]) -> dict[str, Any]:
    """Return the entry of a trait."""
    entry: dict[str, Any] = {"type": _kind(trait)[0]}
    if entry["type"] not in ("list", "object"):
        entry["default"] = trait.default_value
    if isinstance(trait, traitlets.Enum):
        entry["choices"] = list(trait.values or ())
    entry |= _bounds(trait)
    tags = {name: value for name, value in trait.metadata.items() if name != "sync"}
    return entry | tags


def _bounds(trait: traitlets.TraitType[Any, Any]) -> dict[str, float]:
    """Return the finite bounds of a trait that has any."""
    bounds = {name: getattr(trait, name, None) for name in ("min", "max")}
    return {name: b for name, b in bounds.items() if b is not None and math.isfinite(b)}


def _kind(trait: traitlets.TraitType[Any, Any]) -> tuple[str, str]:
    """Return a trait's types in the schema and in JavaScript."""
    for cls, kind, javascript_type in _TYPES:
        if isinstance(trait, cls):
            if isinstance(trait, traitlets.Enum):
                return kind, " | ".join(map(json.dumps, trait.values or ()))
            return kind, javascript_type
    raise TypeError(f"{type(trait).__name__} has no counterpart in JavaScript")


def javascript(cls: type[traitlets.HasTraits]) -> str:
    """Return a widget's schema as a JavaScript module, with the types of its traits.

    The types leave out lists and objects, whose contents only the view knows.
    """
    entries, traits = schema(cls), cls.class_traits()
    types = {name: _kind(traits[name])[1] for name in entries}
    properties = [f" * @property {{{types[name]}}} {name}" for name in types if types[name]]
    rows = [f"  {name}: {json.dumps(entry)}," for name, entry in entries.items()]
    return "\n".join(
        [
            f"// Generated from {cls.__module__}.{cls.__name__}: edit its traits instead.",
            "",
            "/**",
            " * @typedef {object} Traits",
            *properties,
            " */",
            "",
            "export const schema = /** @type {const} */ ({",
            *rows,
            "});",
            "",
        ]
    )


@contextmanager
def refusals(
    widget: traitlets.HasTraits | None = None, name: str = "", value: object = None
) -> Iterator[None]:
    """Turn the errors that refuse a value, of a widget's trait or any other, into `WidgetError`."""
    try:
        yield
    except WidgetError:
        raise
    except ValueError as error:
        raise WidgetError(str(error)) from None
    except traitlets.TraitError as error:
        trait = widget.traits().get(name) if widget else None
        raise WidgetError(refusal(name, trait, value) if trait else str(error)) from None


def refusal(name: str, trait: traitlets.TraitType[Any, Any], value: object) -> str:
    """Return the sentence that refuses a value of a trait.

    >>> refusal("batch", traitlets.Int(1, min=1, max=4096), 0)
    'batch is 0; it must be a whole number from 1 to 4,096'
    """
    return f"{name} is {short_repr(value)}; it must be {_expected(trait)}"


def _expected(trait: traitlets.TraitType[Any, Any]) -> str:
    """Return which values a trait takes, in words."""
    if isinstance(trait, traitlets.Enum):
        return f"one of {', '.join(map(repr, trait.values or ()))}"
    if isinstance(trait, traitlets.Int | traitlets.Float):
        noun = "a whole number" if isinstance(trait, traitlets.Int) else "a number"
        lowest, highest = (_bounds(trait).get(name) for name in ("min", "max"))
        if lowest is not None and highest is not None:
            return f"{noun} from {lowest:,} to {highest:,}"
        if lowest is not None:
            return f"{noun} of {lowest:,} or more"
        return noun if highest is None else f"{noun} of at most {highest:,}"
    return {"boolean": "True or False", "string": "a string"}.get(_kind(trait)[0], trait.info())
