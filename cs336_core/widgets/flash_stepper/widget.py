"""FlashAttention, tile by tile: what is in fast memory, what is read and written."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

import traitlets

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html

if TYPE_CHECKING:
    from cs336_core.model.flash import FlashStep, Tile

LONGEST = 16
WIDEST = 8
LARGEST = 1000
_WIDTH = 4  # of the vectors that are made where none are given

Matrix = Iterable[Iterable[float]]


class FlashStepper(CourseWidget):
    """The forward pass of FlashAttention on a short sequence, a step a tile of the scores.

    Args:
        queries: at most 16 vectors of at most 8 numbers, which are rounded to four decimals; random
            ones where none are given.
        keys: as many, as wide.
        values: as many.
        seq_len: how many of them are used at first, all by default.
        tile: how many queries and how many keys are taken at once; 4 of each, where there are as
            many.
        causal: whether a query sees no key after its own place.
        step: how many tiles are done at first; it is kept within 0 and their number.
        row: which query of the tile is worked out, counted from 0.
        key: the widget's name in the page's URL.

    Raises:
        ValueError: for queries, keys and values that do not belong together or are too many, and
            for a length or a tile out of bounds.

    """

    # Not `keys`, which every widget of ipywidgets has as the names of its traits.
    query_vectors: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    key_vectors: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    value_vectors: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    seq_len = traitlets.Int(1).tag(sync=True)
    query_tile = traitlets.Int(1).tag(sync=True)
    key_tile = traitlets.Int(1).tag(sync=True)
    causal = traitlets.Bool(False).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    row = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(  # noqa: PLR0913  (each but three has a name)
        self,
        queries: Matrix | None = None,
        keys: Matrix | None = None,
        values: Matrix | None = None,
        *,
        seq_len: int | None = None,
        tile: tuple[int, int] | None = None,
        causal: bool = False,
        step: int = 0,
        row: int = 0,
        key: str | None = None,
    ) -> None:
        given = {"queries": queries, "keys": keys, "values": values}
        missing = [name for name, matrix in given.items() if matrix is None]
        if len(missing) == len(given):
            matrices = _random(LONGEST, _WIDTH)
        elif missing:
            raise ValueError(f"{' and '.join(missing)} are missing: give all three, or none")
        else:
            matrices = {name: _rows(name, rows) for name, rows in given.items() if rows is not None}
        _check_together(**matrices)
        super().__init__(key=key)
        self.set_trait("query_vectors", matrices["queries"])
        self.set_trait("key_vectors", matrices["keys"])
        self.set_trait("value_vectors", matrices["values"])
        self.seq_len = len(self.query_vectors) if seq_len is None else seq_len
        usual = min(4, len(self.query_vectors))
        self.query_tile, self.key_tile = tile or (usual, usual)
        self.causal, self.row = causal, row
        self.step = step

    @property
    def tiles(self) -> list[Tile]:
        """The tiles in order, with what is set now."""
        from cs336_core.model.flash import tiles  # noqa: PLC0415  (a page without does without)

        n, tile = self.seq_len, (self.query_tile, self.key_tile)
        return list(tiles(n, n, tile, causal=self.causal))

    @property
    def steps(self) -> list[FlashStep]:
        """What fast memory holds after each tile."""
        import torch  # noqa: PLC0415  (a page without does without)

        from cs336_core.model.flash import flash_steps  # noqa: PLC0415

        query, key, value = (
            torch.tensor(rows[: self.seq_len], dtype=torch.float64)
            for rows in (self.query_vectors, self.key_vectors, self.value_vectors)
        )
        scale, tile = 1 / math.sqrt(query.shape[-1]), (self.query_tile, self.key_tile)
        return list(flash_steps(query, key, value, causal=self.causal, scale=scale, tile=tile))

    @traitlets.validate("seq_len", "query_tile", "key_tile")
    def _within_the_sequence(self, proposal: Any) -> int:
        name, value, most = proposal["trait"].name, proposal["value"], len(self.query_vectors)
        if not 1 <= value <= most:
            raise ValueError(f"{name} is {value}; it is a whole number from 1 to {most}")
        return int(value)

    @traitlets.validate("step")
    def _within_the_tiles(self, proposal: Any) -> int:
        return min(max(0, int(proposal["value"])), len(self.tiles))

    @classmethod
    def example(cls) -> Self:
        """Return the longest sequence in the smallest tiles, all of them done."""
        return cls(tile=(1, 1), step=LONGEST**2)

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
                f"<tr><td>{number}</td><td>{_places(tile.rows)}</td><td>{_places(tile.columns)}</td>"
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


def _random(n: int, width: int) -> dict[str, list[list[float]]]:
    """Return queries, keys and values, the same ones each time."""
    rng = random.Random(2205)  # noqa: S311  (numbers to look at)
    return {
        name: [[round(rng.gauss(0, spread), 2) for _ in range(width)] for _ in range(n)]
        for name, spread in (("queries", 1.5), ("keys", 1.5), ("values", 1.0))
    }


def _rows(name: str, matrix: Matrix) -> list[list[float]]:
    """Return rows of numbers; raise `ValueError` where they are too many, too wide, too large."""
    rows = [[round(float(number), 4) for number in row] for row in matrix]
    if not 1 <= len(rows) <= LONGEST:
        raise ValueError(f"there are {len(rows)} {name}; the stepper draws 1 to {LONGEST}")
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not 1 <= min(widths) <= WIDEST:
        told = ", ".join(map(str, sorted(widths)))
        raise ValueError(
            f"the {name} have {told} numbers each; all must have as many, from 1 to {WIDEST}"
        )
    for number in (number for row in rows for number in row):
        if not abs(number) <= LARGEST:
            raise ValueError(f"{number} in {name} is not between -{LARGEST:,} and {LARGEST:,}")
    return rows


def _check_together(
    queries: list[list[float]], keys: list[list[float]], values: list[list[float]]
) -> None:
    """Raise `ValueError` where there are not as many of each, or a key is no match for a query."""
    counts = len(queries), len(keys), len(values)
    if len(set(counts)) != 1:
        raise ValueError(
            f"there are {counts[0]} queries, {counts[1]} keys and {counts[2]} values; give as many "
            "of each"
        )
    if len(queries[0]) != len(keys[0]):
        raise ValueError(
            f"a query has {len(queries[0])} numbers and a key {len(keys[0])}; give both as many"
        )


def _places(places: slice) -> str:
    """Return positions as a reader counts them: from 1, the last one included."""
    first, last = places.start + 1, places.stop
    return str(last) if first == last else f"{first}–{last}"
