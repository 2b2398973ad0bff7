"""Rotary position embeddings on dials: a query and a key, rotated by their positions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Self

import traitlets

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import Integer, WidgetError, refusals

MAX_ENTRIES = 8
LARGEST = 100
MAX_POSITIONS = 256  # beyond that, the curve of the fastest pair is a solid block

_QUERY = (0.9, 0.3, -0.4, 0.8, 0.6, -0.6, 0.3, 0.9)
_KEY = (0.6, 0.7, 0.2, 0.9, 0.9, -0.1, 0.5, 0.7)


class RotaryDial(CourseWidget):
    """A query and a key, each pair of their entries a point that rotates with its position.

    Args:
        query: 2, 4, 6 or 8 numbers of absolute value up to 100, rounded to four digits.
        key_vector: as many numbers.
        query_position: the position of the query, counted from 0.
        key_position: the position of the key.
        theta: the base of the frequencies, from 1 to 100,000,000: pair `i` of `d` entries rotates
            by `theta ** (-2 * i / d)` radians per position.
        positions: how many positions the sliders have, from 2 to 256.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for vectors that dials cannot show or whose lengths differ, and for a position,
            a base or a number of positions that is out of bounds.

    """

    query = traitlets.Unicode("").tag(
        sync=True, url=True, most_entries=MAX_ENTRIES, largest=LARGEST
    )
    key_vector = traitlets.Unicode("").tag(sync=True, url=True)
    query_position = Integer(12, min=0, max=MAX_POSITIONS - 1).tag(sync=True, url=True)
    key_position = Integer(9, min=0, max=MAX_POSITIONS - 1).tag(sync=True, url=True)
    theta = Integer(10_000, min=1, max=100_000_000).tag(sync=True, url=True)
    positions = Integer(128, min=2, max=MAX_POSITIONS, read_only=True).tag(sync=True)

    def __init__(
        self, query: Iterable[float] = _QUERY, key_vector: Iterable[float] = _KEY, **state: Any
    ) -> None:
        with refusals():
            texts = _vector_text(query), _vector_text(key_vector)
        lengths = [len(text.split()) for text in texts]
        if lengths[0] != lengths[1]:
            raise WidgetError(
                f"the query has {lengths[0]} entries and the key {lengths[1]}; they must have the "
                "same number"
            )
        super().__init__(query=texts[0], key_vector=texts[1], **state)

    @traitlets.default("query_position")
    def _usual_query_position(self) -> int:
        return min(12, self.positions - 1)

    @traitlets.default("key_position")
    def _usual_key_position(self) -> int:
        return min(9, self.positions - 1)

    @property
    def products(self) -> list[float]:
        """The dot product pair by pair; the sum is the attention score.

        >>> [round(product, 4) for product in RotaryDial([1, 0], [1, 0]).products]
        [-0.99]
        """
        return self._products(self.query_position, self.key_position)

    def _products(self, query_position: int, key_position: int) -> list[float]:
        import torch  # noqa: PLC0415  (other widgets do without)

        from cs336_core.model.positions import Rotary  # noqa: PLC0415  (it needs torch)

        vectors = torch.tensor(
            [_numbers(self.query), _numbers(self.key_vector)], dtype=torch.float64
        )
        rotary = Rotary(vectors.shape[-1], theta=float(self.theta))
        query, key = rotary(vectors, torch.tensor([query_position, key_position]))
        products: list[float] = (query * key).unflatten(-1, (-1, 2)).sum(-1).tolist()
        return products

    @traitlets.validate("query", "key_vector")
    def _drawable(self, proposal: Any) -> str:
        text: str = proposal["value"]
        _check_vector(_numbers(text))
        return text

    @traitlets.validate("query_position", "key_position")
    def _existing_position(self, proposal: Any) -> int:
        name, position, last = proposal["trait"].name, int(proposal["value"]), self.positions - 1
        if position > last:
            raise WidgetError(f"{name} is {position}; it must be a whole number from 0 to {last}")
        return position

    @classmethod
    def example(cls) -> Self:
        """Return four pairs over the longest curve of scores."""
        return cls(positions=MAX_POSITIONS)

    def fallback_html(self) -> str:
        """Return a table with a row for each pair, and the sum."""
        query, key = _numbers(self.query), _numbers(self.key_vector)
        products, d = self.products, len(query)
        rows = []
        for pair, product in enumerate(products):
            frequency = self.theta ** (-2 * pair / d)
            q, k = (_point(vector[2 * pair : 2 * pair + 2]) for vector in (query, key))
            rows.append(
                f"<tr><td>{pair + 1}</td><td>{q}</td><td>{k}</td>"
                f"<td>{math.degrees(frequency):.3g}°</td>"
                f"<td>{_degrees(self.query_position * frequency)}</td>"
                f"<td>{_degrees(self.key_position * frequency)}</td><td>{product:z.2f}</td></tr>"
            )
        score = sum(products)
        rows.append(f'<tr><td colspan="6">The score, their sum</td><td>{score:z.2f}</td></tr>')
        first = min(self.query_position, self.key_position)
        at_the_start = self._products(self.query_position - first, self.key_position - first)
        return table_html(
            f"A query at position {self.query_position} and a key at position "
            f"{self.key_position}, each pair of entries rotated by its position (base "
            f"{self.theta:,}). At positions {self.query_position - first} and "
            f"{self.key_position - first}, the same distance apart, the score is also "
            f"{sum(at_the_start):z.2f}.",
            _HEADS,
            rows,
        )


_HEADS = (
    *("Pair", "Query", "Key", "Degrees per position"),
    *("Query rotated by", "Key rotated by", "Product"),
)


def _vector_text(vector: Iterable[float]) -> str:
    """Return a vector as the reader writes it."""
    numbers = [float(number) for number in vector]
    _check_vector(numbers)
    return " ".join(f"{number:.4g}" for number in numbers)


def _numbers(text: str) -> list[float]:
    """Return the entries of a vector; raise `WidgetError` for a word that is not a number."""
    words = text.replace(",", " ").split()
    try:
        return [float(word) for word in words]
    except ValueError:
        raise WidgetError(f"{text!r:.80} is not a vector; write numbers between spaces") from None


def _check_vector(numbers: list[float]) -> None:
    """Raise `WidgetError` for a vector that dials cannot show."""
    n = len(numbers)
    if not 2 <= n <= MAX_ENTRIES or n % 2:
        raise WidgetError(
            f"this vector has {n} entries; a dial shows two, so give 2, 4, 6 or {MAX_ENTRIES}"
        )
    for number in numbers:
        if not math.isfinite(number) or abs(number) > LARGEST:
            raise WidgetError(f"{number} is not a number between -{LARGEST} and {LARGEST}")


def _point(pair: list[float]) -> str:
    return f"({pair[0]:g}, {pair[1]:g})"


def _degrees(angle: float) -> str:
    return f"{round(math.degrees(angle)) % 360}°"
