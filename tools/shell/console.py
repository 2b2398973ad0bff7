"""Progress: one line per step with its duration, `Installing Python packages … 41 s`.

On a terminal a running step also shows the elapsed time and its latest output.
"""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column

from tools.shell.errors import UserError, disk_full
from tools.shell.processes import ending, lines_of, started

LAST_LINES = 400  # of a program's output, in which to look for the cause of a failure
SHOWN_LINES = 15  # printed if the cause is unknown


def duration(seconds: float) -> str:
    """Format a duration.

    >>> [duration(s) for s in (0.04, 2.34, 41.2, 83)]
    ['0.0 s', '2.3 s', '41 s', '1 min 23 s']
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


class Step:
    """A running step."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self.note = show  # print what it is doing now
        self.ending = ""

    def result(self, text: str) -> None:
        """Add a result to the line: `Executing lectures … 2.1 s, 1 of 3 had changed`."""
        self.ending = f", {text}"


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Show a step while the block runs, then its duration."""
    note = TextColumn("[dim]{task.fields[note]}", table_column=Column(no_wrap=True, ratio=1))
    columns = (SpinnerColumn(), "{task.description} …", TimeElapsedColumn(), note)
    console, start, end = Console(highlight=False), time.monotonic(), "stopped after "
    with Progress(*columns, console=console, transient=True, expand=True) as progress:
        progress.disable = not console.is_terminal
        task = progress.add_task(escape(title), total=None, note="")
        running = Step(lambda text: progress.update(task, note=escape(" ".join(text.split()))))
        try:
            yield running
            end = ""
        except Exception:
            end = "failed after "
            raise
        finally:
            progress.stop()
            line = f"{title} … {end}{duration(time.monotonic() - start)}"
            # A closed pipe (`make serve | head -3`) must not stop the work.
            with suppress(BrokenPipeError):
                print(line if end else line + running.ending)
                sys.stdout.flush()


def run_step(
    title: str,
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    explain: Callable[[str], str | None] = disk_full,
    hint: str = "",
    failed_if: str = "\0",
    keep_open: Sequence[int] = (),
) -> None:
    """Run a program as a step, with its output in the file `log`.

    Raises `UserError` if the program fails or prints `failed_if`: with the sentence that `explain`
    returns for its last lines, or else with these lines and `hint`. The program inherits the file
    descriptors `keep_open`.
    """
    command = [str(part) for part in argv]
    last: deque[str] = deque(maxlen=LAST_LINES)
    log.parent.mkdir(parents=True, exist_ok=True)
    with step(title) as running, log.open("wb", buffering=0) as file:
        with started(command, env=env, cwd=cwd, keep_open=keep_open) as child:
            for line in lines_of(child):
                last.append(line)
                running.note(line)
                # On a full disk the program's own error explains more than our log's.
                with suppress(OSError):
                    file.write(f"{line}\n".encode())
            code = child.wait()
        output = "\n".join(last)
        if code or failed_if in output:
            cause = disk_full(output) or explain(output)
            ended = f"{Path(command[0]).name} {ending(code)}."
            raise UserError(
                cause or (hint if code >= 0 else "") or ended,  # the hint does not explain a signal
                log=log,
                tail="" if cause else "\n".join(list(last)[-SHOWN_LINES:]),
                output=output,
            )
