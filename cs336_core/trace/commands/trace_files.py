"""How the commands name and write trace files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from cs336_core._shared.command_line import write
from cs336_core.trace.formats.files import Format, save, to_bytes
from cs336_core.trace.model import Trace

STANDARD_OUTPUT = "-"
FORMATS = get_args(Format)
_ENDINGS = {"cs336": ".trace.json", "edtrace": ".edtrace.json"}


def output_name(name: str, form: Format) -> str:
    """Return the default output file, in the current folder.

    >>> output_name("lecture_01", "cs336"), output_name("lecture_01", "edtrace")
    ('lecture_01.trace.json', 'lecture_01.edtrace.json')
    """
    return name + _ENDINGS[form]


def page_name(name: str) -> str:
    """Return the default name of a trace as one HTML file.

    >>> page_name("lecture_01")
    'lecture_01.trace.html'
    """
    return f"{name}.trace.html"


def stem(path: Path) -> str:
    """Return the name of a trace file without its extension.

    >>> stem(Path("var/lecture_01.trace.json")), stem(Path("lecture_01.json"))
    ('lecture_01', 'lecture_01')
    """
    name = path.name
    for ending in (*_ENDINGS.values(), ".json"):
        name = name.removesuffix(ending)
    return name


def check_output(parser: argparse.ArgumentParser, output: str) -> None:
    """Refuse an output that cannot be written, before a long run."""
    if output == STANDARD_OUTPUT:
        return
    if Path(output).is_dir():
        parser.error(f"-o {output} is a folder; expected a file")
    if not Path(output).absolute().parent.is_dir():
        folder = Path(output).parent
        parser.error(f"-o {output}: the folder {folder} does not exist; create it first")


def write_trace(trace: Trace, output: str, form: Format) -> None:
    """Write a trace to a file, atomically, or to standard output."""
    if output == STANDARD_OUTPUT:
        write(to_bytes(trace, form).decode() + "\n")
    else:
        save(trace, output, form)


def step_count(trace: Trace) -> str:
    """Return the number of steps, with its noun."""
    return f"{len(trace):,} {'step' if len(trace) == 1 else 'steps'}"
