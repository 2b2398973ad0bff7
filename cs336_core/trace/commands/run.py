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
from cs336_core.trace.commands.program import trace_program
from cs336_core.trace.commands.trace_files import (
    FORMATS,
    STANDARD_OUTPUT,
    check_output,
    output_name,
    step_count,
    write_trace,
)
from cs336_core.trace.errors import Interrupted, TraceError
from cs336_core.trace.model import Trace
from cs336_core.trace.record.function import MAX_STEPS

EPILOG = """\
examples:
  run lectures/03_bpe.py
  run lecture_01 --inspect-all --into helpers model.Attention
  run program.py --format edtrace -o var/traces/program.json

A file with cells ("# %%") is a lecture: the trace shows its prose and all of its variables. Of a
program that defines main(), the module is imported and main() is called; any other program runs
from its first line. Comments choose the variables to show: "# @inspect x". The program's output
becomes part of the trace."""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "run",
        run,
        description="Run a program step by step and save its trace.",
        epilog=EPILOG,
    )
    parser.add_argument(
        "program", metavar="LECTURE_OR_MODULE", help="a file, or the dotted name of a module"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help='output file (default: NAME.trace.json in the current folder; "-": standard output)',
    )
    parser.add_argument(
        "--max-steps",
        type=steps,
        default=MAX_STEPS,
        metavar="N",
        help=f"stop the program after N steps (default: {MAX_STEPS:,})",
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
        help="modules, functions, classes and files to step into as well",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="cs336", help="file format (default: cs336, our own)"
    )


def steps(argument: str) -> int:
    """Parse a number of steps; argparse reports the `ValueError` for a number below 1."""
    number = int(argument)
    if number < 1:
        raise ValueError
    return number


def run(args: argparse.Namespace) -> int:
    """Trace a program and save the trace, even if Ctrl-C interrupts the program."""
    name = Path(args.program).stem if Path(args.program).is_file() else args.program
    output = args.output or output_name(name.rpartition(".")[2], args.format)
    check_output(args.parser, output)
    # The program may change the current folder, so resolve the output before it runs.
    target = output if output == STANDARD_OUTPUT else str(Path(output).absolute())
    with status_line(f"Running {args.program} step by step; Ctrl-C stops it"):
        recorded, status = run_traced(args)
    try:
        write_trace(recorded, target, args.format)
    except TraceError as error:  # too large for edtrace's format; do not lose a long run
        write_error(f"warning: {error}. It was saved in the format cs336.")
        write_trace(recorded, target, "cs336")
    message = describe_ending(recorded, args.max_steps)
    if output == STANDARD_OUTPUT:
        write_error(f"{args.program}: {message}")
    else:
        file = shlex.quote(output)
        write(f"{output}: {message}. View it: python -m cs336_core.trace view {file}\n")
    if shows_nothing(recorded):
        write_error(
            "hint: no comment such as '# @inspect x' names a variable to show; "
            "--inspect-all shows every variable"
        )
    return status


def run_traced(args: argparse.Namespace) -> tuple[Trace, int]:
    """Run the program; return its trace and the exit status."""
    try:
        recorded = trace_program(
            args.program, into=args.into, max_steps=args.max_steps, inspect_all=args.inspect_all
        )
    except Interrupted as interruption:
        if not interruption.trace.steps:
            raise
        return interruption.trace, INTERRUPTED
    return recorded, 1 if recorded.ending == "raised" else 0


def shows_nothing(recorded: Trace) -> bool:
    """Whether a trace shows no variable and no rendering, and no directive requests one."""
    if not recorded.steps or any("@inspect" in text for text in recorded.files.values()):
        return False
    return not any(step.env or step.renderings for step in recorded)


def describe_ending(recorded: Trace, max_steps: int) -> str:
    """Return the number of steps and why the trace ends."""
    count = step_count(recorded)
    if recorded.ending == "max_steps" and len(recorded) < max_steps:
        line = recorded.steps[-1].stack.frame.line
        return f"{count}, stopped at line {line}, which kept repeating without a new step"
    if recorded.ending == "max_steps":
        return f"{count}, stopped there (--max-steps)"
    if recorded.ending == "raised":
        lines = recorded.steps[-1].stderr.splitlines() if recorded.steps else []
        return f"{count}, ended with {lines[-1] if lines else 'an exception'}"
    return f"{count}, finished"


@contextmanager
def status_line(message: str) -> Iterator[None]:
    """Show a line on the terminal while the block runs."""
    out = sys.stderr  # the recorder replaces it while the program runs
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
