"""`run`: run a program and save its trace."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cs336_core._shared.command_line import (
    INTERRUPTED,
    Commands,
    command_parser,
    write,
    write_error,
)
from cs336_core.trace.commands.trace_files import (
    FORMATS,
    STANDARD_OUTPUT,
    check_output,
    counted,
    output_name,
    put,
)
from cs336_core.trace.errors import Interrupted, TraceError
from cs336_core.trace.model import Trace
from cs336_core.trace.record.function import MAX_STEPS
from cs336_core.trace.record.program import trace_program

EPILOG = """\
examples:
  run lectures/03_bpe.py
  run lecture_01 --inspect-all --into helpers model.Attention
  run program.py --format edtrace -o var/traces/program.json

A file of cells ("# %%") is a lecture: its prose is shown, and all of its variables. A program that
defines main() is imported, and main() is called; any other runs from its first line on. What the
comments of a program name is shown: "# @inspect x". What it writes is part of its trace."""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "run",
        run,
        description="Run a program step by step and save what was to be seen.",
        epilog=EPILOG,
    )
    parser.add_argument(
        "program", metavar="LECTURE_OR_MODULE", help="a file, or the dotted name of a module"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help='where to (NAME.trace.json in the current folder); "-": standard output',
    )
    parser.add_argument(
        "--max-steps",
        type=steps,
        default=MAX_STEPS,
        metavar="N",
        help=f"where to stop the program ({MAX_STEPS:,})",
    )
    parser.add_argument(
        "--inspect-all", action="store_true", help="show every variable when it changes"
    )
    parser.add_argument(
        "--into",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="modules, functions, classes and files to step into, too",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="cs336", help="of the file (cs336, ours)"
    )


def steps(given: str) -> int:
    """Return a number of steps; raise `ValueError`, which argparse tells, for less than one."""
    number = int(given)
    if number < 1:
        raise ValueError
    return number


def run(args: argparse.Namespace) -> int:
    """Trace and save; raise as tracing and saving do. What Ctrl-C stops is saved, too."""
    name = Path(args.program).stem if Path(args.program).is_file() else args.program
    output = args.output or output_name(name.rpartition(".")[2], args.format)
    check_output(args.parser, output)
    # The program may change the folder: what is meant is the file as it is called now.
    target = output if output == STANDARD_OUTPUT else str(Path(output).absolute())
    with working(f"{args.program} runs, step by step; Ctrl-C stops it"):
        recorded, status = traced(args)
    try:
        put(recorded, target, args.format)
    except TraceError as error:  # too large for edtrace's format; a long run is not lost for that
        write_error(f"warning: {error}. It is saved in the format cs336.")
        put(recorded, target, "cs336")
    message = ended(recorded, args.max_steps)
    if output == STANDARD_OUTPUT:
        write_error(f"{args.program}: {message}")
    else:
        file = shlex.quote(output)
        write(f"{output}: {message}. See it: python -m cs336_core.trace view {file}\n")
    if shows_nothing(recorded):
        write_error(
            "hint: no comment names a variable to show, as '# @inspect x' does; "
            "--inspect-all shows every one"
        )
    return status


def traced(args: argparse.Namespace) -> tuple[Trace, int]:
    """Return the trace of a program, and the exit status that it gives."""
    try:
        recorded = trace_program(
            args.program, into=args.into, max_steps=args.max_steps, inspect_all=args.inspect_all
        )
    except Interrupted as stopped:
        if not stopped.trace.steps:
            raise
        return stopped.trace, INTERRUPTED
    return recorded, 1 if recorded.ending == "raised" else 0


def shows_nothing(recorded: Trace) -> bool:
    """Whether a trace has steps, but nothing in them that its program asks to be shown."""
    if not recorded.steps or any("@inspect" in text for text in recorded.files.values()):
        return False
    return not any(step.env or step.renderings for step in recorded)


def ended(recorded: Trace, max_steps: int) -> str:
    """Return how many steps there are, and how they ended."""
    count = counted(recorded)
    if recorded.ending == "max_steps" and len(recorded) < max_steps:
        line = recorded.steps[-1].place.frame.line
        return f"{count}, and stopped in line {line}, which ran on and on without a new step"
    if recorded.ending == "max_steps":
        return f"{count}, and stopped there (--max-steps)"
    if recorded.ending == "raised":
        lines = recorded.steps[-1].stderr.splitlines() if recorded.steps else []
        return f"{count}, and then {lines[-1] if lines else 'an exception'}"
    return f"{count} to the end"


@contextmanager
def working(message: str) -> Iterator[None]:
    """Show a line on a terminal for as long as the work takes."""
    out = sys.stderr  # kept, as the program's is another
    live = out.isatty()
    if live:
        out.write(message)
        out.flush()
    try:
        yield
    finally:
        if live:
            out.write("\r\x1b[K")
            out.flush()
