"""How the tools tell what they do: one line a step, one sentence when something goes wrong.

On a terminal a running step is a live line (its time, and what is going on now); elsewhere a
line every quarter of a minute shows that it is alive. Either way it ends as one line:

    Installing Python packages … 41 s
"""

from __future__ import annotations

import re
import shutil
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from tools.explain import full_disk
from tools.processes import ending, lines_of, started
from tools.text import clip, duration, wants_colour
from tools.trouble import Trouble

__all__ = ["Step", "Trouble", "run_step", "step"]

HEARTBEAT = 15.0  # seconds between two signs of life where there is no terminal
REDRAW = 0.2  # seconds between two drawings of a live line
TAIL = 400  # lines of a program's output kept for explaining its failure
SHOWN = 15  # lines of them shown when nothing explains it


class Step:
    """A running step. `note` tells what is going on now, `result` what the last line ends with."""

    def __init__(
        self, title: str, out: TextIO, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._title = title
        self._out = out
        self._clock = clock
        self._live = out.isatty()
        self._dim, self._plain = ("\x1b[2m", "\x1b[0m") if wants_colour(out) else ("", "")
        self._start = self._beat = clock()
        self._note = self._result = ""

    def note(self, text: str) -> None:
        """Tell what is going on now (on the live line, and with the next sign of life)."""
        self._note = " ".join(text.split())

    def result(self, text: str) -> None:
        """Say what came out of the step: `Executing lectures … 2.1 s, 1 of 3 had changed`."""
        self._result = text

    def tick(self) -> None:
        """Show that the step is alive; called every `REDRAW` seconds while it runs."""
        line = f"{self._title} … {duration(self._clock() - self._start)}"
        if self._live:
            room = shutil.get_terminal_size().columns - 1
            head = clip(line, room)
            now = clip(f"  {self._note}", room - len(head)) if self._note else ""
            self._write(f"\r{head}{self._dim}{now}{self._plain}\x1b[K")
        elif self._clock() - self._beat >= HEARTBEAT:
            self._beat = self._clock()
            self._write(clip(f"{line}  {self._note}", 120).rstrip() + "\n")

    def end(self, how: str = "") -> None:
        """Put the step's last line; `how` it ended ("failed", "stopped") if not well."""
        time_taken = duration(self._clock() - self._start)
        line = f"{self._title} … {how + ' after ' if how else ''}{time_taken}"
        if self._result and not how:
            line += f", {self._result}"
        self._write(f"\r{line}\x1b[K\n" if self._live else f"{line}\n")

    def _write(self, text: str) -> None:
        # A reader who went away (`make serve | head -3`) must not end the work.
        with suppress(BrokenPipeError):
            self._out.write(text)
            self._out.flush()


@contextmanager
def step(title: str, out: TextIO | None = None) -> Iterator[Step]:
    """Tell of a step while the `with` block runs, and how long it took."""
    running = Step(title, out or sys.stdout)
    over = threading.Event()

    def keep_telling() -> None:
        running.tick()
        while not over.wait(REDRAW):
            running.tick()

    teller = threading.Thread(target=keep_telling, daemon=True)
    teller.start()
    how = "stopped"
    try:
        yield running
        how = ""
    except Exception:
        how = "failed"
        raise
    finally:
        over.set()
        teller.join()
        running.end(how)


def run_step(  # noqa: PLR0913 - each is an option of its own
    title: str,
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    explain: Callable[[str], str | None] | None = None,
    progress: re.Pattern[str] | None = None,
    keep_open: Sequence[int] = (),
) -> str:
    """Run a program as a step: all its output to the file `log`, each line to the live line.

    Returns its last lines. Raises `Trouble` when it fails: with the sentence that `explain` makes
    of these lines (of a full disk it need not know), or else with the lines. A line that is all
    `progress` (its groups: how much of how much) is told as a percentage. `keep_open` are file
    descriptors that the program inherits.
    """
    command = [str(part) for part in argv]
    last: deque[str] = deque(maxlen=TAIL)
    log.parent.mkdir(parents=True, exist_ok=True)
    with step(title) as running, log.open("wb", buffering=0) as file:
        with started(command, env=env, cwd=cwd, keep_open=keep_open) as child:
            for line in lines_of(child):
                if progress and (share := progress.fullmatch(line)):
                    done, whole = (int(number) for number in share.groups())
                    running.note(
                        f"{done / max(whole, 1):.0%} of {last[-1].strip() if last else ''}"
                    )
                    continue
                last.append(line)
                running.note(line)
                # On a full disk the program's own failure says more than our log's.
                with suppress(OSError):
                    file.write(f"{line}\n".encode())
            code = child.wait()
        output = "\n".join(last)
        if code:
            sentence = full_disk(output) or (explain(output) if explain else None)
            raise Trouble(
                sentence or f"{Path(command[0]).name} {ending(code)}.",
                log=log,
                tail="" if sentence else "\n".join(list(last)[-SHOWN:]),
                output=output,
            )
    return output
