"""The files that the commands read and write."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import get_args

from cs336_core.atomic import write_files
from cs336_core.command_line import write
from cs336_core.trace.errors import TraceError
from cs336_core.trace.files import Format, dumps, load
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


def read(path: str | os.PathLike[str]) -> Trace:
    """Read a trace file; raise as `load` does."""
    try:
        return load(path)
    except RecursionError:
        raise TraceError(f"{Path(path)} is not a trace: it is nested too deeply") from None


def put(trace: Trace, output: str, form: Format) -> None:
    """Write a trace to a file, whole or not at all, or to standard output."""
    # UTF-8 has no half of a character; as it would be escaped in Python, JSON escapes it, too.
    content = dumps(trace, form).encode(errors="backslashreplace")
    if output == STANDARD_OUTPUT:
        write(content.decode() + "\n")
    else:
        write_files({Path(output): content})


def counted(trace: Trace) -> str:
    """Tell how many steps there are."""
    return f"{len(trace):,} {'step' if len(trace) == 1 else 'steps'}"
