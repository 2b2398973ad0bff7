"""The lectures as notebooks: how the book reads them, with the outputs of their runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import nbformat

from book.builder import runs
from cs336_core.trace.lectures.cells import Cell, cells
from cs336_core.trace.lectures.plain_code import without_directives
from tools.shell.errors import UserError

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


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
