"""Showing a run: lines for people, or JSON; and stopping it between two steps."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from types import FrameType

from cs336_core._shared.command_line import INTERRUPTED, write
from cs336_core._shared.progress_bar import ProgressBar
from cs336_core.accounting import bytes_text, count_text, flops_text, percent_text, seconds_text
from cs336_core.training.errors import DivergedError, TrainingError
from cs336_core.training.loop import Step
from cs336_core.training.parallel import Workers
from cs336_core.training.runs import Evaluation, Finished, RunEvent, Saved, Started
from cs336_core.training.runs.log import as_dict
from cs336_core.training.runs.throughput import Stopwatch


def show(events: Iterator[RunEvent], out: str, workers: Workers, *, as_json: bool) -> int:
    """Run to the end, or until Ctrl-C; return the exit status.

    After Ctrl-C the current step is completed and saved; a second Ctrl-C stops at once. Raises
    `TrainingError` for a run that diverges, with its last checkpoint.
    """
    is_quiet = not workers.is_first
    saved = 0
    assert isinstance(events, Generator)  # noqa: S101  (to close it)
    with ProgressBar(sys.stderr, quiet=as_json or is_quiet) as bar, _interrupts() as stopped:
        lines = _Lines(bar)
        try:
            for event in events:
                saved = event.step if isinstance(event, Saved) else saved
                if as_json and not is_quiet:
                    write(json.dumps(as_dict(event)) + "\n")
                    sys.stdout.flush()
                elif not is_quiet:
                    lines.show(event)
                if stopped and isinstance(event, Step):
                    events.close()
                    if not as_json and not is_quiet:
                        bar.clear()
                        write(f"stopped after step {event.number:,}; continue with: resume {out}\n")
                    return INTERRUPTED
        except DivergedError as error:
            raise TrainingError(f"{error}. The checkpoint of step {saved:,} is in {out}") from None
    return 0


class _Lines:
    """Writes a line for what matters, and shows each step in the bar."""

    def __init__(self, bar: ProgressBar) -> None:
        self._bar = bar
        self._n_steps = 0
        self._loss = 0.0
        self._watch = Stopwatch()

    def show(self, event: RunEvent) -> None:
        """Show an event."""
        match event:
            case Started():
                self._n_steps = event.n_steps
                self._line(_started(event))
            case Step():
                self._loss = event.loss
                self._watch.count(event.tokens)
                speed = f"{self._watch.tokens_per_second:,.0f} tokens/s"
                self._bar.show(f"loss {event.loss:.3f}, {speed}", event.number, self._n_steps)
            case Evaluation():
                bits = event.bits_per_byte
                self._line(
                    f"step {event.step:,} of {self._n_steps:,}: training loss {self._loss:.3f}, "
                    f"validation loss {event.loss:.3f}"
                    f"{'' if bits is None else f' ({bits:.3f} bits per byte)'}"
                    f"{'' if event.is_best else ', not the best'}"
                )
                self._watch.skip()
            case Finished():
                self._line(_finished(event))
            case _:
                self._watch.skip()

    def _line(self, text: str) -> None:
        self._bar.clear()
        write(text + "\n")
        sys.stdout.flush()


def _started(event: Started) -> str:
    """Describe the run that begins."""
    done = f" from step {event.done:,}" if event.done else ""
    left_out = f"; {event.n_left_out:,} examples are too long" if event.n_left_out else ""
    times = "once" if event.epochs == 1 else f"{event.epochs:.2g} times"
    return (
        f"{count_text(event.n_parameters)} parameters on {event.device}; {event.n_steps:,} steps"
        f"{done} of {event.tokens_per_step:,} tokens, which read the data {times}{left_out}\n"
        f"memory as counted: {bytes_text(event.state_bytes)} for parameters, gradients and "
        f"optimizer, {bytes_text(event.activation_bytes)} for activations"
    )


def _finished(event: Finished) -> str:
    """Describe the run that ends."""
    early = ", since the validation loss no longer falls" if event.is_early else ""
    if not event.tokens_per_second:
        return f"step {event.step:,} was the last already"
    return (
        f"finished after step {event.step:,}{early}: {seconds_text(event.seconds)} of training, "
        f"{event.tokens_per_second:,.0f} tokens/s, {flops_text(event.flops_per_second, 'FLOP/s')}, "
        f"{percent_text(event.mfu)} of {event.peak_name}; at most {bytes_text(event.peak_bytes)} "
        "in use"
    )


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Yield a list that gets the first Ctrl-C; the second raises `KeyboardInterrupt` as usual."""
    received: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        if received:
            signal.default_int_handler(number, frame)
        received.append(number)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield received
    finally:
        signal.signal(signal.SIGINT, before)
