"""Runs each page as a plain program, once, for the tests of its output, code and sentences."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import jaxtyping
import matplotlib as mpl
import pytest

from cs336_core.trace.lectures.cells import cells
from tools.shell.paths import ROOT


class LectureRun(NamedTuple):
    """The results of running a lecture or another page.

    Attributes:
        variables: its global variables after the last cell.
        values: each `{eval}` expression of its prose -> the value at that point of the lecture.
        printed: what it wrote to standard output.
        errors: what it wrote to standard error.

    """

    variables: dict[str, Any]
    values: dict[str, object]
    printed: str
    errors: str


def run_lecture(name: str) -> LectureRun:
    """Run a lecture from top to bottom, evaluating the expressions of its prose in order."""
    return run_page(ROOT / "lectures" / name)


@cache
def run_page(path: Path) -> LectureRun:
    """Run a page in its folder, unless this process has done so already.

    The tests of a page name its stem as their `xdist_group`, so that they share a process.
    """
    variables: dict[str, Any] = {"__name__": "__main__", "__file__": str(path)}
    values: dict[str, object] = {}
    printed, errors = io.StringIO(), io.StringIO()
    mpl.use("Agg")
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(printed),
        redirect_stderr(errors),
    ):
        # As readers run it: the tests of the package check the shapes, which takes a while here.
        patch.setattr(jaxtyping.config, "jaxtyping_disable", True)
        patch.chdir(path.parent)
        patch.syspath_prepend(path.parent)
        for cell in cells(path.read_text("utf-8")):
            if cell.kind == "code":
                exec(compile(cell.text, path, "exec"), variables)
            for expression in cell.expressions:
                values[expression] = eval(expression, variables)
    return LectureRun(variables, values, printed.getvalue(), errors.getvalue())
