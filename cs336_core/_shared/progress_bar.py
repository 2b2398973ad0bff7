"""A progress bar on one line of a terminal."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

_WIDTH = 30  # characters of the bar
_REDRAW = 0.1  # seconds between two drawings


class ProgressBar:
    """Shows the stage of the work, a bar if the total is known, and the elapsed time.

    Writes nothing if `out` is not a terminal or `quiet` is set. As a context manager it clears the
    line at the end.
    """

    def __init__(
        self, out: TextIO, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out = out
        self._live = out.isatty() and not quiet
        self._clock = clock
        self._start = clock()
        self._drawn = float("-inf")

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Erase the bar, for example before another line is written; `show` draws it again."""
        self._drawn = float("-inf")
        if self._live:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def show(self, stage: str, done: int, total: int | None) -> None:
        """Draw `done` of `total`, unless the last drawing is less than 0.1 s old."""
        now = self._clock()
        if not self._live or (now - self._drawn < _REDRAW and done != total):
            return
        self._drawn = now
        self._out.write(f"\r\x1b[K{stage} {_bar(done, total)} {now - self._start:.0f} s")
        self._out.flush()


def _bar(done: int, total: int | None) -> str:
    if not total:
        return f"{done:,}"
    filled = min(_WIDTH, _WIDTH * done // total)
    return f"{'█' * filled}{'░' * (_WIDTH - filled)} {done:,} of {total:,}"
