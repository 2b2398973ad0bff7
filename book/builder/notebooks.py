"""The lectures as notebooks: how the book reads them, with the outputs of their runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import nbformat

from book.builder import runs
from cs336_core.trace.lectures.cells import Cell, cells
from cs336_core.trace.record.directives import NAMES, comments
from tools.shell.errors import UserError

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_DIRECTIVE = re.compile(rf"#\s*(?:{'|'.join(NAMES)})\b")


def executed(text: str) -> nbformat.NotebookNode:
    """Return the notebook of a lecture with its outputs; the book reads lectures through this.

    Comments for the tracer are left out of its code. Raises `UserError` if the lecture has not run.
    """
    run = runs.load(text)
    if run is None:
        raise UserError("This lecture has changed since it ran; `make site` runs it again.")
    found = list(cells(text))
    outputs = iter(run.outputs)
    notebook: nbformat.NotebookNode = nbformat.v4.new_notebook(
        cells=[_cell(cell, outputs) for cell in found]
    )
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "source_map": [cell.first for cell in found]}
    )
    return notebook


def _cell(cell: Cell, outputs: Iterator[list[dict[str, Any]]]) -> nbformat.NotebookNode:
    """Return a cell of a lecture as one of a notebook."""
    node: nbformat.NotebookNode
    if cell.kind == "markdown":
        node = nbformat.v4.new_markdown_cell(cell.text)
    else:
        node = nbformat.v4.new_code_cell(without_directives(cell.text))
        node.outputs = [nbformat.from_dict(output) for output in next(outputs)]
    node.metadata = nbformat.from_dict(cell.metadata)
    return node


def without_directives(code: str) -> str:
    r"""Return code without the comments that control what a trace shows.

    >>> without_directives("x = 1  # @inspect x\nprint('# @hide')")
    "x = 1\nprint('# @hide')"
    """
    lines = code.split("\n")
    for number, comment in comments(code):
        if _DIRECTIVE.match(comment):
            lines[number - 1] = lines[number - 1].removesuffix(comment).rstrip()
    return "\n".join(lines)
