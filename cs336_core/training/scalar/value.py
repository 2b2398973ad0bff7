"""A number that knows what it was computed from, so that derivatives can flow back to it.

Every operation returns a new `Value` with two notes: its parents, the values it was computed from,
and the derivative with respect to each of them. Together they are the graph of the computation.
`backward` walks the graph from the result to the inputs and applies the chain rule: if z depends on
y and y on x, then dz/dx = dz/dy dy/dx, summed over all ways from x to z.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul


class Value:
    """A number in a computation.

    Attributes:
        data: the number.
        grad: the derivative of the final result with respect to it, after `backward`.
        parents: the values it was computed from.
        derivatives: its derivative with respect to each parent.
        depth: the most operations between it and an input.

    >>> x, y = Value(3.0), Value(4.0)
    >>> z = x * y + x
    >>> z.backward()
    >>> z.data, x.grad, y.grad  # dz/dx = y + 1, dz/dy = x
    (15.0, 5.0, 3.0)
    """

    __slots__ = ("data", "depth", "derivatives", "grad", "parents")

    def __init__(
        self,
        data: float,
        parents: Sequence[Value] = (),
        derivatives: Sequence[float] = (),
    ) -> None:
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.derivatives = derivatives
        self.depth: int = 1 + max([parent.depth for parent in parents]) if parents else 0

    def __repr__(self) -> str:
        return f"Value({self.data:.4g}, grad={self.grad:.4g})"

    def __add__(self, other: Value | float) -> Value:
        """(x + y)' = 1 with respect to each."""
        if isinstance(other, Value):
            return Value(self.data + other.data, (self, other), (1.0, 1.0))
        return Value(self.data + other, (self,), (1.0,))

    def __mul__(self, other: Value | float) -> Value:
        """(x y)' = y with respect to x, and x with respect to y."""
        if isinstance(other, Value):
            return Value(self.data * other.data, (self, other), (other.data, self.data))
        return Value(self.data * other, (self,), (other,))

    def __pow__(self, power: float) -> Value:
        """(x^n)' = n x^(n - 1)."""
        return Value(self.data**power, (self,), (power * self.data ** (power - 1),))

    def exp(self) -> Value:
        """(e^x)' = e^x."""
        result = math.exp(self.data)
        return Value(result, (self,), (result,))

    def log(self) -> Value:
        """(log x)' = 1 / x."""
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def relu(self) -> Value:
        """max(0, x)' is 1 where x is above 0, and 0 elsewhere."""
        return Value(max(0.0, self.data), (self,), (1.0 if self.data > 0 else 0.0,))

    def backward(self) -> None:
        """Add to each value that this one was computed from the derivative with respect to it.

        A value passes its derivative on once it is complete: after all values that were computed
        from it, which are deeper.
        """
        self.grad = 1.0
        for value in self._sources():
            for parent, derivative in zip(value.parents, value.derivatives, strict=True):
                parent.grad += derivative * value.grad

    def _sources(self) -> list[Value]:
        """Return this value and all that it was computed from, the deepest first."""
        found = {self: True}  # a dict, whose order is the same in every run
        waiting = [self]
        while waiting:
            for parent in waiting.pop().parents:
                if parent not in found:
                    found[parent] = True
                    waiting.append(parent)
        return sorted(found, key=lambda value: -value.depth)


def total(values: Sequence[Value]) -> Value:
    """Return the sum of values.

    >>> total([Value(1.0), Value(2.5)])
    Value(3.5, grad=0)
    """
    return Value(sum([value.data for value in values]), values, [1.0] * len(values))


def dot(xs: Sequence[Value], ys: Sequence[Value]) -> Value:
    """Return x1 y1 + x2 y2 + ..., of which a matrix multiplication consists.

    As one value, it takes a tenth of the time of a value per product and per sum.

    >>> dot([Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)])
    Value(11, grad=0)
    """
    x, y = [value.data for value in xs], [value.data for value in ys]
    return Value(sum(map(mul, x, y)), [*xs, *ys], y + x)
