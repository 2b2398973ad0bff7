"""The expressions in `families.json`, which compute our fields from those of a `config.json`.

They are written in Python's syntax: names of fields, numbers, strings, lists, arithmetic,
comparisons, `and`, `or`, `not`, `a if b else c`, and the functions below. `our.d_model` is a field
of ours that was computed before.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from cs336_core._shared.validation import InvalidValueError

MAX_LAYERS = 100_000  # in a list with one entry per layer

Lookup = Callable[[str], Any]


def _times(left: Any, right: Any) -> Any:
    """Return a product, or a list that is repeated."""
    if isinstance(left, list) and right > MAX_LAYERS:
        raise ArithmeticError(right)
    return left * right


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: _times,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda value, values: value in values,
    ast.NotIn: lambda value, values: value not in values,
}


class ExpressionError(ValueError):
    """An expression that cannot be computed from the values of a file."""


def evaluate(expression: str, lookup: Lookup, ours: Mapping[str, Any]) -> Any:
    """Return the value of an expression; `lookup` returns that of a field by name.

    Raises `ExpressionError` for values of types that do not fit, and whatever `lookup` raises.

    >>> fields = {"hidden_size": 8, "num_heads": None}
    >>> evaluate("4 * hidden_size if num_heads is None else 0", fields.get, {})
    32
    """
    try:
        return _value(_parsed(expression), lookup, ours)
    except InvalidValueError:
        raise  # of `lookup`
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise ExpressionError(f"{expression} cannot be computed from the values given") from error


@cache
def field_names(expression: str) -> frozenset[str]:
    """Return the names of the fields in an expression, except ours and those of functions.

    >>> sorted(field_names("every(pattern, 'full', 'window') if our.window else n"))
    ['n', 'pattern']
    """
    names = (node.id for node in ast.walk(_parsed(expression)) if isinstance(node, ast.Name))
    return frozenset(names) - FUNCTIONS.keys() - {"our"}


@cache
def _parsed(expression: str) -> ast.expr:
    """Parse an expression of the table."""
    return ast.parse(expression, mode="eval").body


def _value(node: ast.expr, lookup: Lookup, ours: Mapping[str, Any]) -> Any:  # noqa: PLR0911, PLR0912
    """Return the value of a part of an expression."""

    def value(part: ast.expr) -> Any:
        return _value(part, lookup, ours)

    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return lookup(node.id)
        case ast.Attribute(value=ast.Name(id="our")):
            return ours[node.attr]
        case ast.List():
            return [value(item) for item in node.elts]
        case ast.BinOp():
            return _BINARY[type(node.op)](value(node.left), value(node.right))
        case ast.UnaryOp(op=ast.Not()):
            return not value(node.operand)
        case ast.UnaryOp(op=ast.USub()):
            return -value(node.operand)
        case ast.IfExp():
            return value(node.body if value(node.test) else node.orelse)
        case ast.BoolOp():
            is_and = isinstance(node.op, ast.And)
            for part in node.values[:-1]:
                if bool(left := value(part)) is not is_and:
                    return left
            return value(node.values[-1])
        case ast.Compare(ops=[comparison], comparators=[right]):
            return _COMPARE[type(comparison)](value(node.left), value(right))
        case ast.Subscript():
            return value(node.value).get(value(node.slice))
        case ast.Call(func=ast.Name(id=name)):
            return FUNCTIONS[name](*map(value, node.args))
        case _:
            raise NotImplementedError(f"{ast.unparse(node)} is not allowed in families.json")


def _indices(first: int, end: int, step: int = 1) -> list[int]:
    """Return the indices of layers from `first` up to, not including, `end`."""
    if end > MAX_LAYERS:
        raise ArithmeticError(end)
    return list(range(first, end, step))


def _others(layers: Sequence[int], n_layers: int) -> list[int]:
    """Return the indices of all layers that are not in a list."""
    named = set(layers)
    return [layer for layer in _indices(0, n_layers) if layer not in named]


def _where(value: Any, values: Sequence[Any]) -> list[int]:
    """Return the indices at which a list has a value."""
    return [i for i, each in enumerate(values) if each == value]


def _every(n: int, last: str, others: str) -> list[str]:
    """Return a pattern of layer types in which every n-th differs from the others."""
    return [others] * len(_indices(1, n)) + [last]


def _period(pattern: int | str) -> int:
    """Return the length of a pattern of layers: a number, or a letter per layer."""
    return len(pattern) if isinstance(pattern, str) else pattern


def _choose(flags: Sequence[Any], if_true: str, if_false: str) -> list[str]:
    """Return one of two layer types per flag."""
    return [if_true if flag else if_false for flag in flags]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "at": operator.getitem,
    "ceil": math.ceil,
    "choose": _choose,
    "count": lambda values, value: len(_where(value, values)),
    "every": _every,
    "indices": _indices,
    "length": len,
    "max": max,
    "min": min,
    "others": _others,
    "period": _period,
    "sqrt": math.sqrt,
    "where": _where,
}
