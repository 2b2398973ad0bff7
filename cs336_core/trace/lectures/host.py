"""What a lecture runs inside.

By itself a lecture leaves a trace and nothing else. The site's builder runs it inside a host that
also collects what a notebook would show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cs336_core.trace.lectures.cells import Cell
from cs336_core.trace.lectures.rich_output import display


class Host:
    """Runs the cells of a lecture for its trace alone."""

    @contextmanager
    def cell(self, cell: Cell) -> Iterator[None]:
        """Surround a cell while it runs; its exception, if any, passes through."""
        yield

    def show(self, value: object, address: str | None) -> None:
        """Show the value of a cell's last expression; `address` is that of the cell on its page."""
        display(value, address)

    def written(self, expression: str, value: object) -> str:
        """Return the value of an `{eval}` expression as it is written in a sentence.

        >>> Host().written("vocab_size", 50257), Host().written("ratio", "1.50")
        ('50,257', '1.50')
        """
        return f"{value:,}" if type(value) is int else str(value)
