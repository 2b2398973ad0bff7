"""A lecture that ran, as tests look at it."""

from __future__ import annotations

from typing import Any, NamedTuple

import matplotlib as mpl

from cs336_core.trace.lectures.cells import EVAL, cells
from tools.shell.paths import ROOT


class Told(NamedTuple):
    """A lecture that ran: its variables, and its computed values as they stand in sentences."""

    names: dict[str, Any]
    values: dict[str, object]


def run(name: str) -> Told:
    """Run a lecture as a program, and compute the values of each sentence where it stands."""
    mpl.use("Agg")
    told = Told({"__name__": "__main__"}, {})
    for cell in cells((ROOT / "lectures" / name).read_text("utf-8")):
        if cell.kind == "code":
            exec(cell.text, told.names)
        else:
            told.values.update({each: eval(each, told.names) for each in EVAL.findall(cell.text)})
    return told
