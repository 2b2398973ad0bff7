"""An event loop for programs in the page: Pyodide's own needs the browser's, which a run blocks."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from inspect import unwrap


class _Clock:
    """Takes the place of a selector: without a network, the only event is the passing of time."""

    def select(self, timeout: float | None) -> list[object]:
        """Wait for the next timer."""
        if timeout is None:
            raise RuntimeError("every task waits for another one, so none of them can go on")
        time.sleep(timeout)
        return []


class TimerLoop(asyncio.BaseEventLoop):
    """Runs tasks and timers, and nothing that needs the network or another thread."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Clock()

    def _process_events(self, events: list[object]) -> None:
        """Handle what the selector found, which is nothing."""

    def _write_to_self(self) -> None:
        """Wake the selector from another thread, of which there are none."""


def install() -> None:
    """Make `asyncio.run` use this loop."""
    asyncio.events._set_running_loop(None)  # Pyodide's
    asyncio.run = partial(unwrap(asyncio.run), loop_factory=TimerLoop)
