"""The host of a lecture that runs.

The default host leaves a trace and nothing else. The site's builder runs lectures in a host that
also collects the outputs of a notebook.
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
        """Surround a running cell; exceptions pass through."""
        yield

    def show(self, value: object, address: str | None) -> None:
        """Show the value of a cell's last expression; `address` is that of the cell on its page."""
        display(value, address)

    def written(self, expression: str, value: object) -> str:
        """Format the value of an `{eval}` expression for a sentence.

        >>> Host().written("vocab_size", 50257), Host().written("ratio", "1.50")
        ('50,257', '1.50')
        """
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return f"{value:,}" if is_number else str(value)
