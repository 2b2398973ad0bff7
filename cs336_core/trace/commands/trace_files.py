"""Trace files of the commands: what they are called, and how they are written."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import get_args

from cs336_core._shared.command_line import write
from cs336_core.trace.formats.files import Format, encoded, save
from cs336_core.trace.model import Trace

STANDARD_OUTPUT = "-"
FORMATS = get_args(Format)
_ENDINGS = {"cs336": ".trace.json", "edtrace": ".edtrace.json"}


def output_name(name: str, form: Format) -> str:
    """Return the file in the current folder that a trace goes into.

    >>> output_name("lecture_01", "cs336"), output_name("lecture_01", "edtrace")
    ('lecture_01.trace.json', 'lecture_01.edtrace.json')
    """
    return name + _ENDINGS[form]


def stem(path: Path) -> str:
    """Return the name of a trace file without its ending.

    >>> stem(Path("var/lecture_01.trace.json")), stem(Path("lecture_01.json"))
    ('lecture_01', 'lecture_01')
    """
    name = path.name
    for ending in (*_ENDINGS.values(), ".json"):
        name = name.removesuffix(ending)
    return name


def check_output(parser: argparse.ArgumentParser, output: str) -> None:
    """Refuse the options where nothing can be written there, before long work is done for it."""
    if output == STANDARD_OUTPUT:
        return
    if Path(output).is_dir():
        parser.error(f"-o {output}: that is a folder; a file is needed")
    if not Path(output).absolute().parent.is_dir():
        parser.error(f"-o {output}: the folder {Path(output).parent} is not there; make it first")


def put(trace: Trace, output: str, form: Format) -> None:
    """Write a trace to a file, whole or not at all, or to standard output."""
    if output == STANDARD_OUTPUT:
        write(encoded(trace, form).decode() + "\n")
    else:
        save(trace, output, form)


def counted(trace: Trace) -> str:
    """Tell how many steps there are."""
    return f"{len(trace):,} {'step' if len(trace) == 1 else 'steps'}"
