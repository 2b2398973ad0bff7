"""`convert`: write a trace in another file format."""

from __future__ import annotations

import argparse
from pathlib import Path

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.trace.commands.trace_files import (
    FORMATS,
    STANDARD_OUTPUT,
    check_output,
    output_name,
    stem,
    step_count,
    write_trace,
)
from cs336_core.trace.formats.files import Format, load, parse_json

EPILOG = """\
examples:
  convert var/traces/lecture_01.json
  convert lecture_01.trace.json --to edtrace -o var/traces/lecture_01.json

The formats are cs336 (our own) and edtrace (also that of the course's 2025 lectures)."""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "convert",
        run,
        description="Write a trace in another file format. The format of FILE is detected.",
        epilog=EPILOG,
    )
    parser.add_argument("file", metavar="FILE", help="a trace file")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="output file (default: NAME.trace.json or NAME.edtrace.json in the current folder; "
        '"-": standard output)',
    )
    parser.add_argument(
        "--to", choices=FORMATS, help="new format (default: the one that FILE is not in)"
    )


def run(args: argparse.Namespace) -> int:
    """Convert a trace file."""
    recorded = load(args.file)
    form: Format = args.to or other_format(Path(args.file))
    output = args.output or output_name(stem(Path(args.file)), form)
    check_output(args.parser, output)
    if output == STANDARD_OUTPUT:
        write_trace(recorded, output, form)
        return 0
    if Path(output).exists() and Path(output).samefile(args.file):
        args.parser.error(f"{output} is FILE itself; choose another output with -o")
    write_trace(recorded, output, form)
    write(f"{output}: {step_count(recorded)} in the format {form}\n")
    return 0


def other_format(path: Path) -> Format:
    """Return the format that a trace file is not in."""
    file = parse_json(path.read_text("utf-8"), str(path))
    return "edtrace" if isinstance(file, dict) and "format" in file else "cs336"
