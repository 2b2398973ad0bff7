"""Runs a lecture for the tests of its code and its sentences."""

from __future__ import annotations

from typing import Any, NamedTuple

import matplotlib as mpl

from cs336_core.trace.lectures.cells import EVAL, cells
from tools.shell.paths import ROOT


class LectureRun(NamedTuple):
    """The results of running a lecture.

    Attributes:
        variables: its global variables after the last cell.
        values: each `{eval}` expression of its prose -> the value at that point of the lecture.

    """

    variables: dict[str, Any]
    values: dict[str, object]


def run_lecture(name: str) -> LectureRun:
    """Run a lecture from top to bottom, evaluating the expressions of its prose in order."""
    mpl.use("Agg")
    run = LectureRun({"__name__": "__main__"}, {})
    for cell in cells((ROOT / "lectures" / name).read_text("utf-8")):
        if cell.kind == "code":
            exec(cell.text, run.variables)
        else:
            for expression in EVAL.findall(cell.text):
                run.values[expression] = eval(expression, run.variables)
    return run
