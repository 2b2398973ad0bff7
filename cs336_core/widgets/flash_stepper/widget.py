"""FlashAttention, tile by tile: what fast memory holds, what is read and written."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

import traitlets

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import Integer, WidgetError

if TYPE_CHECKING:
    from cs336_core.model.flash import FlashStep, Tile

LONGEST = 16
WIDEST = 8
LARGEST = 1000
_TILE = 4  # queries and keys
_WIDTH = 4  # entries of a random vector

Matrix = Iterable[Iterable[float]]


class FlashStepper(CourseWidget):
    """The forward pass of FlashAttention on a short sequence, one tile of the scores per step.

    Args:
        queries: at most 16 vectors with at most 8 entries each, which are rounded to four decimals.
            Random vectors are used if queries, keys and values are all left out.
        keys: as many vectors as there are queries, of the same length.
        values: as many vectors as there are queries.
        seq_len: how many of the vectors are used at first; all of them by default.
        query_tile: how many queries a tile has; by default 4, or all if there are fewer.
        key_tile: how many keys a tile has, with the same default.
        capacity: how many numbers fast memory holds. The view raises it to what a tile needs; its
            slider chooses the largest square tile that fits.
        causal: whether a query sees only keys up to its own position.
        step: how many tiles are done at first, clamped to 0 and the number of tiles.
        row: the query of the tile that is shown in detail, counted from 0.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for queries, keys and values whose shapes do not match or are too large, and
            for a length or a tile that is out of bounds.

    """

    # Not `keys`, which every widget of ipywidgets has as the names of its traits.
    query_vectors: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    key_vectors: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    value_vectors: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    seq_len = Integer(LONGEST, min=1, max=LONGEST).tag(sync=True, url=True)
    query_tile = Integer(_TILE, min=1, max=LONGEST).tag(sync=True, url=True)
    key_tile = Integer(_TILE, min=1, max=LONGEST).tag(sync=True, url=True)
    capacity = Integer(96, min=1, max=1000).tag(sync=True, url=True)
    causal = traitlets.Bool(False).tag(sync=True, url=True)
    step = Integer(0).tag(sync=True, url=True)
    row = Integer(0, min=0).tag(sync=True, url=True)

    def __init__(
        self,
        queries: Matrix | None = None,
        keys: Matrix | None = None,
        values: Matrix | None = None,
        **state: Any,
    ) -> None:
        given = {"queries": queries, "keys": keys, "values": values}
        missing = [name for name, matrix in given.items() if matrix is None]
        if len(missing) == len(given):
            matrices = _random_vectors()
        elif missing:
            raise WidgetError(f"{' and '.join(missing)} are missing: give all three, or none")
        else:
            matrices = {name: _rows(name, rows) for name, rows in given.items() if rows is not None}
        _check_together(**matrices)
        super().__init__(
            query_vectors=matrices["queries"],
            key_vectors=matrices["keys"],
            value_vectors=matrices["values"],
            **state,
        )

    @traitlets.default("seq_len")
    def _every_vector(self) -> int:
        return len(self.query_vectors)

    @traitlets.default("query_tile")
    def _usual_query_tile(self) -> int:
        return min(_TILE, len(self.query_vectors))

    @traitlets.default("key_tile")
    def _usual_key_tile(self) -> int:
        return min(_TILE, len(self.query_vectors))

    @property
    def tiles(self) -> list[Tile]:
        """The tiles in order."""
        from cs336_core.model.flash import tiles  # noqa: PLC0415  (it needs torch)

        n, tile = self.seq_len, (self.query_tile, self.key_tile)
        return list(tiles(n, n, tile, causal=self.causal))

    @property
    def steps(self) -> list[FlashStep]:
        """What fast memory holds after each tile."""
        import torch  # noqa: PLC0415  (other widgets do without)

        from cs336_core.model.flash import flash_steps  # noqa: PLC0415  (it needs torch)

        query, key, value = (
            torch.tensor(rows[: self.seq_len], dtype=torch.float64)
            for rows in (self.query_vectors, self.key_vectors, self.value_vectors)
        )
        scale, tile = 1 / math.sqrt(query.shape[-1]), (self.query_tile, self.key_tile)
        return list(flash_steps(query, key, value, causal=self.causal, scale=scale, tile=tile))

    @traitlets.validate("seq_len", "query_tile", "key_tile")
    def _within_the_sequence(self, proposal: Any) -> int:
        name, value = proposal["trait"].name, int(proposal["value"])
        if value > (longest := len(self.query_vectors)):
            raise WidgetError(f"{name} is {value}; it must be a whole number from 1 to {longest}")
        return value

    @traitlets.validate("step")
    def _within_the_tiles(self, proposal: Any) -> int:
        return min(max(0, int(proposal["value"])), len(self.tiles))

    @classmethod
    def example(cls) -> Self:
        """Return the longest sequence in the smallest tiles, all of them done."""
        return cls(query_tile=1, key_tile=1, step=LONGEST**2)

    def fallback_html(self) -> str:
        """Return a table with a row for each tile."""
        from cs336_core.model.memory_io import plain_traffic  # noqa: PLC0415  (it needs torch)

        n, d, width = self.seq_len, len(self.query_vectors[0]), len(self.value_vectors[0])
        moved, rows = 0, []
        for number, step in enumerate(self.steps, start=1):
            tile = step.tile
            moved += step.numbers_read + step.numbers_written
            highest, total = step.highest[0].item(), step.total[0].item()
            rows.append(
                f"<tr><td>{number}</td><td>{_span(tile.rows)}</td><td>{_span(tile.columns)}</td>"
                f"<td>{step.numbers_read}</td><td>{step.numbers_written}</td><td>{moved}</td>"
                f"<td>{highest:z.2f}</td><td>{total:.2f}</td></tr>"
            )
        tiles = math.ceil(n / self.query_tile) * math.ceil(n / self.key_tile)
        skipped = f", {tiles - len(rows)} skipped by the causal mask" if self.causal else ""
        return table_html(
            f"FlashAttention on {n} tokens, heads of {d} numbers: {len(rows)} tiles{skipped}. "
            f"{moved:,} numbers move between slow and fast memory; in plain attention, which "
            f"writes all scores and reads them back, {plain_traffic(n, n, d, width):,}.",
            _HEADS,
            rows,
        )


_HEADS = (
    *("Tile", "Queries", "Keys", "Read", "Written", "Moved so far"),
    *("Highest score of the first query", "Its sum of exponentials"),
)


def _random_vectors() -> dict[str, list[list[float]]]:
    """Return queries, keys and values, the same ones each time."""
    rng = random.Random(2205)  # noqa: S311  (numbers to look at)
    return {
        name: [[round(rng.gauss(0, std), 2) for _ in range(_WIDTH)] for _ in range(LONGEST)]
        for name, std in (("queries", 1.5), ("keys", 1.5), ("values", 1.0))
    }


def _rows(name: str, matrix: Matrix) -> list[list[float]]:
    """Return a matrix as lists; raise `WidgetError` for one that is too large to draw."""
    rows = [[round(float(number), 4) for number in row] for row in matrix]
    if not 1 <= len(rows) <= LONGEST:
        raise WidgetError(f"there are {len(rows)} {name}; the stepper draws 1 to {LONGEST}")
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not 1 <= min(widths) <= WIDEST:
        found = " or ".join(map(str, sorted(widths)))
        raise WidgetError(
            f"the {name} have {found} entries; all must have the same number, from 1 to {WIDEST}"
        )
    for number in (number for row in rows for number in row):
        if not abs(number) <= LARGEST:
            raise WidgetError(f"{number} in {name} is not between -{LARGEST:,} and {LARGEST:,}")
    return rows


def _check_together(
    queries: list[list[float]], keys: list[list[float]], values: list[list[float]]
) -> None:
    """Raise `WidgetError` unless there are as many of each, and keys are as long as queries."""
    counts = len(queries), len(keys), len(values)
    if len(set(counts)) != 1:
        raise WidgetError(
            f"there are {counts[0]} queries, {counts[1]} keys and {counts[2]} values; give the "
            "same number of each"
        )
    if len(queries[0]) != len(keys[0]):
        raise WidgetError(
            f"a query has {len(queries[0])} entries and a key {len(keys[0])}; they must have the "
            "same number"
        )


def _span(positions: slice) -> str:
    """Return positions as a reader counts them: from 1, the last one included."""
    first, last = positions.start + 1, positions.stop
    return str(last) if first == last else f"{first}–{last}"
