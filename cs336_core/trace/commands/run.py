"""`run`: run a program and save its trace."""

from __future__ import annotations

import argparse
import atexit
import os
import re
import shlex
import sys
from contextlib import suppress
from pathlib import Path

from cs336_core._shared.command_line import Commands, command_parser, write_error
from cs336_core.trace.commands.descriptors import recorded_descriptors
from cs336_core.trace.commands.one_file import write_page
from cs336_core.trace.commands.process import figures_in_trace, noticing_hard_exit
from cs336_core.trace.commands.program import ProgramRun, trace_program
from cs336_core.trace.commands.trace_files import (
    FORMATS,
    STANDARD_OUTPUT,
    check_output,
    output_name,
    page_name,
    step_count,
    write_trace,
)
from cs336_core.trace.commands.viewer_server import VIEWER, check_viewer
from cs336_core.trace.errors import TraceError
from cs336_core.trace.formats.files import Format
from cs336_core.trace.model import Trace
from cs336_core.trace.record.function import MAX_STEPS

_ERROR = re.compile(r"^(?:  \| )?(\S.*)", re.MULTILINE)  # after "|": a group of exceptions
_NO_PACKAGE = "attempted relative import with no known parent package"

EPILOG = """\
examples:
  run lectures/03_bpe.py
  run lecture_01 --inspect-all --into helpers model.Attention
  run train.py -o train.trace.json -- data.txt --epochs 3
  run program.py --format edtrace -o var/traces/program.json
  run program.py --self-contained

The program runs as with "python PROGRAM ARGUMENT ...", and its output also becomes part of the
trace. With "-o -", where standard output has the trace, its output goes to standard error.

A file with cells ("# %%") is a lecture: the trace shows its prose and all of its variables. Of a
program that does nothing but call main(), the module is imported and main() is called; any other
program runs from its first line. Comments choose the variables to show: "# @inspect x"; a program
without any shows all of them.

The exit status is that of the program; 130 after Ctrl-C, which saves the steps so far."""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "run",
        run,
        description="Run a program step by step and save its trace.",
        epilog=EPILOG,
    )
    parser.add_argument("program", metavar="PROGRAM", help="a file, or the dotted name of a module")
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
        "--self-contained",
        action="store_true",
        help="write one HTML file with the trace and the viewer, which opens without a network",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="cs336", help="file format (default: cs336, our own)"
    )
    parser.usage = f"{parser.format_usage().removeprefix('usage: ').rstrip()} [-- ARGUMENT ...]"
    parser.set_defaults(arguments=[])


def steps(argument: str) -> int:
    """Parse a number of steps; argparse reports the `ValueError` for a number below 1."""
    number = int(argument)
    if number < 1:
        raise ValueError
    return number


def run(args: argparse.Namespace) -> int:
    """Trace a program and save the trace, even if Ctrl-C interrupts the program."""
    name = Path(args.program).stem if Path(args.program).is_file() else args.program
    name = name.rpartition(".")[2]
    if args.self_contained:
        check_viewer(VIEWER)
    output = args.output or (
        page_name(name) if args.self_contained else output_name(name, args.format)
    )
    check_output(args.parser, output)
    # The program may change the current folder, so resolve the output before it runs.
    target = output if output == STANDARD_OUTPUT else str(Path(output).absolute())
    if sys.stderr.isatty():
        write_error(f"Running {args.program} step by step; Ctrl-C stops it")
    process = os.getpid()
    result = run_traced(args, output)
    if os.getpid() != process:  # a child that the program forked; its parent has the trace
        return result.status
    recorded = result.trace
    if output == STANDARD_OUTPUT:
        atexit.register(_redirect_late_output)
    if args.self_contained:
        write_page(recorded, target, name)
    else:
        save_trace(recorded, target, args.format)
    message = describe_ending(result, args.max_steps)
    if output == STANDARD_OUTPUT:
        write_error(f"{args.program}: {message}")
    elif args.self_contained:
        write_error(f"{output}: {message}. Open it in a browser")
    else:
        file = shlex.quote(output)
        write_error(f"{output}: {message}. View it: python -m cs336_core.trace view {file}")
    if advice := advise(result):
        write_error(advice)
    return result.status


def _redirect_late_output() -> None:
    """Send what the program writes as Python exits to standard error, as its output before.

    Functions registered after those of the program run before them.
    """
    with suppress(OSError, ValueError):  # a stream that is closed, or has no descriptor
        sys.stdout.flush()
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def save_trace(recorded: Trace, target: str, form: Format) -> None:
    """Write a trace; in our own format if it is too large for edtrace's."""
    try:
        write_trace(recorded, target, form)
    except TraceError as error:  # do not lose a long run
        write_error(f"warning: {error}. It was saved in the format cs336.")
        write_trace(recorded, target, "cs336")


def run_traced(args: argparse.Namespace, output: str) -> ProgramRun:
    """Run the program; raise `KeyboardInterrupt` if Ctrl-C stops it before its first step."""

    def notice(status: int) -> None:
        sys.stderr.write(
            f"{args.program} ended with os._exit({status}), which leaves no time to save a trace\n"
        )

    with (
        recorded_descriptors(output_to_error=output == STANDARD_OUTPUT),
        noticing_hard_exit(notice),
        figures_in_trace(),
    ):
        return trace_program(
            args.program,
            args.arguments,
            into=args.into,
            max_steps=args.max_steps,
            inspect_all=args.inspect_all,
        )


def advise(result: ProgramRun) -> str | None:
    """Return what to know or to do about a trace, if there is anything."""
    recorded = result.trace
    if not recorded.steps:
        return None
    if _NO_PACKAGE in recorded.steps[-1].stderr:
        return "hint: the file belongs to a package; run it by its dotted name: PACKAGE.MODULE"
    if result.shows_all:
        return "All variables are shown, since no comment such as '# @inspect x' chooses any"
    if any("@inspect" in text for text in recorded.files.values()):
        return None
    if any(step.env or step.renderings for step in recorded):
        return None
    return (
        "hint: no comment such as '# @inspect x' names a variable to show; "
        "--inspect-all shows every variable"
    )


def describe_ending(result: ProgramRun, max_steps: int) -> str:
    """Return the number of steps and why the trace ends."""
    recorded = result.trace
    count = step_count(recorded)
    if recorded.ending == "max_steps" and len(recorded) < max_steps:
        line = recorded.steps[-1].stack.frame.line
        return f"{count}, stopped at line {line}, which kept repeating without a new step"
    if recorded.ending == "max_steps":
        return f"{count}, stopped there (--max-steps)"
    if recorded.ending == "raised":
        errors = _ERROR.findall(recorded.steps[-1].stderr) if recorded.steps else []
        return f"{count}, ended with {errors[-1] if errors else 'an exception'}"
    if result.status:
        return f"{count}, ended with exit status {result.status}"
    return f"{count}, finished"
