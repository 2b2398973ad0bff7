"""Runs lectures, each in a process of its own, two at a time.

    python -m book.builder.lecture_processes lectures/03_bpe.py=5 lectures/04_attention.py=7

The processes are forks of this one, which first imports what most lectures import: PyTorch alone
would take each of them seconds. The number after a lecture is the file descriptor to which its
process writes: the events of the run (see run_lecture.py), and whatever the lecture writes past
Python's own streams. The last event is the exit status of the process.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path

from book.builder.events import send
from tools.shell.environment import REPEATABLE
from tools.shell.errors import UserError
from tools.shell.paths import BUILD
from tools.shell.processes import ending, lines_of, started

AT_ONCE = 2
PACKAGES = (
    "torch",
    "torch._dynamo",  # which PyTorch imports for the first optimizer
    "numba",
    "matplotlib.pyplot",
    "ipywidgets",
)
IPYTHON = BUILD / "ipython"  # instead of the reader's settings, which could change outputs
# Figures appear as in a notebook, and no window opens.
NOTEBOOK = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "IPYTHONDIR": str(IPYTHON),
}


@contextmanager
def lecture_processes(names: Sequence[str], root: Path) -> Iterator[dict[str, int]]:
    """Run lectures of the project at `root`, in this order, during the block.

    Yield the file descriptors from which to read what each of them writes; the caller closes them.
    All processes have ended when the block ends. Raises `UserError` if the lectures could not be
    started.
    """
    IPYTHON.mkdir(parents=True, exist_ok=True)
    pipes = {name: os.pipe() for name in names}
    command = [sys.executable, "-m", "book.builder.lecture_processes"]
    command += [f"{name}={writer}" for name, (_, writer) in pipes.items()]
    writers = [writer for _, writer in pipes.values()]
    env = {**os.environ, **REPEATABLE, **NOTEBOOK}
    with started(command, env=env, cwd=root, keep_open=writers) as parent:
        for writer in writers:
            os.close(writer)  # a reader finds the end once the processes have closed theirs
        yield {name: reader for name, (reader, _) in pipes.items()}
        output = "\n".join(lines_of(parent))
        if code := parent.wait():
            reason = f"The process that starts the lectures {ending(code)}."
            raise UserError(reason, tail=output)


def main() -> None:
    """Run the lectures named on the command line."""
    # Imported here: the builder, which imports this module too, formats no values.
    from book.builder.run_lecture import run  # noqa: PLC0415

    arguments = [argument.rsplit("=", 1) for argument in sys.argv[1:]]
    pending = {name: int(number) for name, number in arguments}
    # On macOS, a process that uses the system's libraries is not safe to fork.
    if len(pending) > AT_ONCE and sys.platform != "darwin":
        for package in PACKAGES:
            import_module(package)
    gc.freeze()  # garbage collections in the forks need not visit what is imported
    running: dict[int, int] = {}  # process id -> file descriptor
    while pending or running:
        if pending and len(running) < AT_ONCE:
            name = next(iter(pending))
            output = pending.pop(name)
            process = os.fork()
            if process == 0:
                _write_to(output, [*pending.values(), *running.values()])
                run(name)
                return
            running[process] = output
        else:
            process, status = os.wait()
            with suppress(BrokenPipeError), os.fdopen(running.pop(process), "w") as events:
                send(events, status=os.waitstatus_to_exitcode(status))


def _write_to(output: int, others: Iterable[int]) -> None:
    """Make a file descriptor the standard output and error of this process, and close others."""
    for number in others:
        os.close(number)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)


if __name__ == "__main__":
    main()
