"""`convert`: write a trace in another file format."""

from __future__ import annotations

import argparse
from pathlib import Path

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.trace.commands.one_file import with_media, write_page
from cs336_core.trace.commands.trace_files import (
    FORMATS,
    STANDARD_OUTPUT,
    check_output,
    output_name,
    page_name,
    stem,
    step_count,
    write_trace,
)
from cs336_core.trace.formats.files import Format, load, parse_json

EPILOG = """\
examples:
  convert var/traces/lecture_01.json
  convert lecture_01.trace.json --to edtrace -o var/traces/lecture_01.json
  convert var/traces/lecture_01.json --self-contained

The formats are cs336 (our own) and edtrace (also that of the course's 2025 lectures)."""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "convert",
        run,
        description="Write a trace in another file format, or as a page. The format of FILE is "
        "detected.",
        epilog=EPILOG,
    )
    parser.add_argument("file", metavar="FILE", help="a trace file")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="output file (default: NAME.trace.json, NAME.edtrace.json or NAME.trace.html in the "
        'current folder; "-": standard output)',
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--to", choices=FORMATS, help="new format (default: the one that FILE is not in)"
    )
    form.add_argument(
        "--self-contained",
        action="store_true",
        help="write one HTML file with the trace, its images and the viewer, which opens without "
        "a network",
    )


def run(args: argparse.Namespace) -> int:
    """Convert a trace file."""
    path = Path(args.file)
    recorded = load(path)
    name = stem(path)
    form: Format = args.to or other_format(path)
    output = args.output or (page_name(name) if args.self_contained else output_name(name, form))
    check_output(args.parser, output)
    if output != STANDARD_OUTPUT and Path(output).exists() and Path(output).samefile(path):
        args.parser.error(f"{output} is FILE itself; choose another output with -o")
    if args.self_contained:
        write_page(with_media(recorded, path), output, name)
    else:
        write_trace(recorded, output, form)
    if output != STANDARD_OUTPUT:
        kind = "on a page of its own" if args.self_contained else f"in the format {form}"
        write(f"{output}: {step_count(recorded)} {kind}\n")
    return 0


def other_format(path: Path) -> Format:
    """Return the format that a trace file is not in."""
    file = parse_json(path.read_text("utf-8"), str(path))
    return "edtrace" if isinstance(file, dict) and "format" in file else "cs336"
