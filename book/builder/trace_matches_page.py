"""Holds the trace of a lecture equal to its page: two that disagree fail the build."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import zip_longest

from book.builder import run_lectures
from book.builder.citations import cite
from book.builder.documents import document
from cs336_core.trace import Step, Trace
from cs336_core.trace.lectures.cells import Cell, cells, cells_by_line
from cs336_core.trace.lectures.run import Document, is_told, prose
from tools.shell.errors import UserError

SHOWN = 200  # characters of a text that differs


def check(
    name: str, text: str, record: run_lectures.Record, recorded: Trace, pages: Mapping[str, str]
) -> None:
    """Raise `UserError`, naming file and line, where a trace shows something else than the page.

    `name` is what the trace calls the lecture, `record` what came out when the page was built, and
    `pages` has the titles of the site's pages by their names.
    """
    found = list(cells(text))
    _same_cells(name, text, found)
    if recorded.files[name] != text:
        raise UserError(f"{name}:1: the lecture changed while it was traced; build again")
    if recorded.ending != "finished":
        last = recorded.steps[-1]
        told = (last.stderr.strip().splitlines() or ["it has too many steps"])[-1]
        line = last.stack.frames()[0].line
        raise UserError(
            f"{name}:{line}: the lecture's trace does not come to its end, as the page does: {told}"
        )
    steps = steps_by_cell(name, found, recorded)
    outputs = iter(record.outputs)
    linked = partial(document, page=name.removesuffix(".py"), known=pages)
    for cell in found:
        printed = _printed(next(outputs)) if cell.kind == "code" else ""
        if is_told(cell):
            own = [recorded.steps[number] for number in steps.get(cell.first, [])]
            _same(name, cell, own, printed, record.values, linked)


def first_steps(name: str, text: str, recorded: Trace) -> dict[int, int]:
    """Return the first line of each cell that has steps -> the number of its first step."""
    steps = steps_by_cell(name, cells(text), recorded)
    return {line: numbers[0] for line, numbers in steps.items()}


def steps_by_cell(name: str, found: Iterable[Cell], recorded: Trace) -> dict[int, list[int]]:
    """Return the first line of each cell -> the numbers of its steps, with those of its calls."""
    lines = cells_by_line(found)
    steps: dict[int, list[int]] = {}
    for number, step in enumerate(recorded):
        outermost = step.stack.frames()[0]
        if outermost.path == name and outermost.line in lines:
            steps.setdefault(lines[outermost.line], []).append(number)
    return steps


def _same_cells(name: str, text: str, found: list[Cell]) -> None:
    """Compare the cells, which the page reads by Jupytext."""
    for ours, theirs in zip_longest(found, run_lectures.read(text).cells):
        if ours is None or theirs is None or ours.kind != theirs.cell_type:
            line = ours.first if ours else found[-1].last
            raise UserError(
                f"{name}:{line}: the page and the trace read different cells here; begin each with "
                "'# %%' or '# %% [markdown]', and let none be empty"
            )


def _same(  # noqa: PLR0913
    name: str,
    cell: Cell,
    steps: list[Step],
    printed: str,
    values: Mapping[str, str],
    linked: Document,
) -> None:
    """Compare what a page and a trace have of one cell."""
    where = f"{name}:{cell.first}"
    if not steps:
        raise UserError(f"{where}: the page shows this cell, and the trace has no step of it")
    for step in steps:
        if step.stderr:
            raise UserError(f"{where}: the cell wrote to standard error", tail=step.stderr)
    if cell.kind == "code":
        traced, on_page = "".join(step.stdout for step in steps), printed
        what = "writes"
    else:
        traced = "".join(str(each.data) for step in steps for each in step.renderings)
        on_page = prose(cell, lambda expression: values.get(expression, ""), cite, linked)
        what = "says"
    if traced != on_page:
        one, other = _difference(on_page, traced)
        raise UserError(f"{where}: the page {what} {one!r} where the trace {what} {other!r}")


def _difference(one: str, other: str) -> tuple[str, str]:
    r"""Return the first lines that differ, cut where they are long; "" where there is none.

    >>> _difference("a\nb", "a\nc\nd"), _difference("a", "a\nb")
    (('b', 'c'), ('', 'b'))
    """
    left, right = one.splitlines(), other.splitlines()
    at = next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), None)
    at = min(len(left), len(right)) if at is None else at
    return "".join(left[at : at + 1])[:SHOWN], "".join(right[at : at + 1])[:SHOWN]


def _printed(outputs: list[dict[str, object]]) -> str:
    return "".join(
        str(output["text"])
        for output in outputs
        if output["output_type"] == "stream" and output["name"] == "stdout"
    )
