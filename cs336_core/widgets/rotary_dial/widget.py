"""Rotary positions on dials: a query and a key, turned by their places."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Self

import traitlets

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html

MOST_NUMBERS = 8
LARGEST = 100
MOST_PLACES = 256  # of more, the curve of the fastest pair is a block
LARGEST_THETA = 100_000_000

_QUERY = (0.9, 0.3, -0.4, 0.8, 0.6, -0.6, 0.3, 0.9)
_KEY = (0.6, 0.7, 0.2, 0.9, 0.9, -0.1, 0.5, 0.7)


class RotaryDial(CourseWidget):
    """A query and a key of a head, each pair of their numbers a point that turns with its place.

    Args:
        query: 2, 4, 6 or 8 numbers, at most 100 in size; they are rounded to four digits.
        key_vector: as many.
        query_place: where the query stands, counted from 0.
        key_place: where the key stands.
        theta: the base of the speeds: pair `i` of `d` numbers turns by `theta ** (-2 * i / d)`
            radians a place.
        places: how many places the sliders have, from 2 to 256.
        key: the widget's name in the page's URL.

    Raises:
        ValueError: for vectors that dials cannot show, unlike in width, and for a place, a base or
            a number of places out of bounds.

    """

    query = traitlets.Unicode("").tag(sync=True)
    key_vector = traitlets.Unicode("").tag(sync=True)
    query_place = traitlets.Int(0).tag(sync=True)
    key_place = traitlets.Int(0).tag(sync=True)
    theta = traitlets.Int(10_000).tag(sync=True)
    places = traitlets.Int(128, read_only=True).tag(sync=True)

    def __init__(  # noqa: PLR0913  (each but two has a name)
        self,
        query: Iterable[float] = _QUERY,
        key_vector: Iterable[float] = _KEY,
        *,
        query_place: int = 12,
        key_place: int = 9,
        theta: int = 10_000,
        places: int = 128,
        key: str | None = None,
    ) -> None:
        written = _written(query), _written(key_vector)
        widths = [len(text.split()) for text in written]
        if widths[0] != widths[1]:
            raise ValueError(
                f"the query has {widths[0]} numbers and the key {widths[1]}; give both as many"
            )
        if not 2 <= places <= MOST_PLACES:
            raise ValueError(f"places is {places}; the sliders have 2 to {MOST_PLACES}")
        for name, place in (("query_place", query_place), ("key_place", key_place)):
            if not 0 <= place < places:
                raise ValueError(f"{name} is {place}; the places go from 0 to {places - 1}")
        super().__init__(key=key)
        self.set_trait("places", places)
        self.query, self.key_vector = written
        self.query_place, self.key_place, self.theta = query_place, key_place, theta

    @property
    def products(self) -> list[float]:
        """The score, pair by pair, with what is set now; its sum is what attention calls a score.

        >>> [round(product, 4) for product in RotaryDial([1, 0], [1, 0]).products]
        [-0.99]
        """
        return self._products(self.query_place, self.key_place)

    def _products(self, query_place: int, key_place: int) -> list[float]:
        import torch  # noqa: PLC0415  (a page without dials does without)

        from cs336_core.model.positions import Rotary  # noqa: PLC0415

        vectors = torch.tensor([_read(self.query), _read(self.key_vector)], dtype=torch.float64)
        rotary = Rotary(vectors.shape[-1], theta=float(self.theta))
        query, key = rotary(vectors, torch.tensor([query_place, key_place]))
        products: list[float] = (query * key).unflatten(-1, (-1, 2)).sum(-1).tolist()
        return products

    @traitlets.validate("query", "key_vector")
    def _drawable(self, proposal: Any) -> str:
        text: str = proposal["value"]
        _check_vector(_read(text))
        return text

    @traitlets.validate("query_place", "key_place")
    def _within_the_places(self, proposal: Any) -> int:
        return min(max(0, int(proposal["value"])), self.places - 1)

    @traitlets.validate("theta")
    def _a_base(self, proposal: Any) -> int:
        theta: int = proposal["value"]
        if not 1 <= theta <= LARGEST_THETA:
            raise ValueError(f"theta is {theta}; it is a whole number from 1 to {LARGEST_THETA:,}")
        return theta

    @classmethod
    def example(cls) -> Self:
        """Return four pairs over the longest curve."""
        return cls(places=MOST_PLACES)

    def fallback_html(self) -> str:
        """Return a table with a row for each pair, and the sum."""
        query, key = _read(self.query), _read(self.key_vector)
        products, d = self.products, len(query)
        rows = []
        for pair, product in enumerate(products):
            speed = self.theta ** (-2 * pair / d)
            q, k = (_point(vector[2 * pair : 2 * pair + 2]) for vector in (query, key))
            rows.append(
                f"<tr><td>{pair + 1}</td><td>{q}</td><td>{k}</td>"
                f"<td>{math.degrees(speed):.3g}°</td><td>{_degrees(self.query_place * speed)}</td>"
                f"<td>{_degrees(self.key_place * speed)}</td><td>{product:z.2f}</td></tr>"
            )
        score = sum(products)
        rows.append(f'<tr><td colspan="6">The score, their sum</td><td>{score:z.2f}</td></tr>')
        first_place = min(self.query_place, self.key_place)
        at_the_start = self._products(self.query_place - first_place, self.key_place - first_place)
        return table_html(
            f"A query at position {self.query_place} and a key at position {self.key_place}, each "
            f"pair of their numbers turned by its position (base {self.theta:,}). At positions "
            f"{self.query_place - first_place} and {self.key_place - first_place}, which are as "
            f"far apart, the score is {sum(at_the_start):z.2f}, too.",
            _HEADS,
            rows,
        )


_HEADS = (
    *("Pair", "Query", "Key", "Degrees per position"),
    *("Query turned by", "Key turned by", "Product"),
)


def _written(vector: Iterable[float]) -> str:
    """Write a vector as the reader sees it."""
    numbers = [float(number) for number in vector]
    _check_vector(numbers)
    return " ".join(f"{number:.4g}" for number in numbers)


def _read(text: str) -> list[float]:
    """Read a vector; raise `ValueError` for what is no number."""
    return [float(word) for word in text.replace(",", " ").split()]


def _check_vector(numbers: list[float]) -> None:
    """Raise `ValueError` for a vector that dials cannot show."""
    n = len(numbers)
    if not 2 <= n <= MOST_NUMBERS or n % 2:
        raise ValueError(
            f"this vector has {n} numbers; a dial shows two, so give 2, 4, 6 or {MOST_NUMBERS}"
        )
    for number in numbers:
        if not math.isfinite(number) or abs(number) > LARGEST:
            raise ValueError(f"{number} is not a number between -{LARGEST} and {LARGEST}")


def _point(pair: list[float]) -> str:
    return f"({pair[0]:g}, {pair[1]:g})"


def _degrees(angle: float) -> str:
    return f"{round(math.degrees(angle)) % 360}°"
