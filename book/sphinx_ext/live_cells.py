"""Cells of code that the reader can edit and run in the page.

A cell that runs in the page gets its program as data, from which a script adds an Edit button. A
cell that needs a package that browsers do not have says so, and links to the notebook.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from book.builder.in_page import CellProgram, cell_programs
from book.sphinx_ext.downloads import FOLDER
from book.sphinx_ext.lecture_trace import first_nodes
from cs336_core.trace.lectures.cells import cells

SCRIPT = "cells/page.js"
MARK = 'class="cell-program"'
# Cells without code in view, or whose code is beside the point
HIDDEN = {"remove-cell", "remove-input", "hide-input"}
# Names for readers of what pages lack, the most informative first
NAMES = {
    "torch": "PyTorch",
    "numpy": "NumPy",
    "matplotlib": "Matplotlib",
    "regex": "the package regex",
    "pydoc_data": "Python’s manual",
    "cs336_core.texts.shakespeare": "the plays of Shakespeare",
    "IPython": "IPython",
    "cs336_core.notebook": "a notebook’s tables",
}


class LiveCell(nodes.General, nodes.Element):  # type: ignore[misc]
    """The program of a cell, or a note on why it cannot run; without text for the search index."""


def visit_live_cell(self: HTML5Translator, node: LiveCell) -> None:
    """Write the program of a cell, or the note."""
    self.body.append(node["html"])
    raise nodes.SkipNode


def skip(self: object, node: LiveCell) -> None:
    """Leave it out of formats other than HTML."""
    raise nodes.SkipNode


def add_programs(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Add the programs of its cells to a lecture that is about to be written."""
    if app.builder.format != "html" or not docname.startswith(FOLDER):
        return
    text = Path(app.env.doc2path(docname)).read_text("utf-8")
    hidden = {cell.first for cell in cells(text) if HIDDEN & set(cell.tags)}
    programs = {program.line: program for program in cell_programs(text)}
    for line, node in first_nodes(doctree, text):
        if line in programs and line not in hidden and "cell" in node["classes"]:
            found = html_of(programs[line], docname.removeprefix(FOLDER))
            if found:
                has_row = any(child.get("kind") == "trace-cell" for child in node.children)
                row = "" if has_row else '<div class="trace-cell"></div>\n'
                node.insert(0, LiveCell(html=row + found))


def html_of(program: CellProgram, page: str) -> str:
    """Return what is written into a cell: its program, a note, or "" for a figure.

    >>> html_of(CellProgram(9, "import torch", "", ("torch",)), "04_attention")[:44]
    '<div class="cell-needs">Needs PyTorch: <a hr'
    """
    if not program.missing:
        data = {"code": program.code, "before": program.before, "line": program.line}
        text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
        return f'<script type="application/json" {MARK}>{text}</script>\n'
    names = [name for package, name in NAMES.items() if package in program.missing][:1]
    if "cs336_core.widgets" in program.missing or not names:
        return ""
    link = f'<a href="{escape(page)}.ipynb" download>notebook</a>'
    return f'<div class="cell-needs">Needs {names[0]}: {link}</div>\n'


def add_script(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Load the script on pages with cells that can be run."""
    if MARK in (context.get("body") or ""):
        app.add_js_file(SCRIPT, defer="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    none = (skip, None)
    app.add_node(LiveCell, html=(visit_live_cell, None), latex=none, text=none, man=none)
    app.connect("doctree-resolved", add_programs, priority=700)  # after the links to the trace
    app.connect("html-page-context", add_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
