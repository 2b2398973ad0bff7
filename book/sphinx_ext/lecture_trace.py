"""Links between a lecture's page and its trace, both ways.

Under the title of a lecture stands a link to its trace, above each cell of code one to the cell's
first step. The trace's links lead back to `#line-N`: the cell that begins at line N of the file.
A page that has no trace has none of it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from book.builder import publish_traces
from book.builder.trace_matches_page import first_steps
from cs336_core.trace.lectures.cells import cells, cells_by_line
from tools.shell.paths import ROOT


class TraceLink(nodes.General, nodes.Element):  # type: ignore[misc]
    """A link into a trace; it has no text of its own, so that a search does not find it."""


def visit_link(self: HTML5Translator, node: TraceLink) -> None:
    """Write a link; what only a screen reader says tells the links of a page apart."""
    said = node.get("said")
    hidden = f'<span class="visually-hidden">{escape(said)}</span>' if said else ""
    self.body.append(
        f'<div class="{node["kind"]}"><a href="{escape(node["address"])}">'
        f"{escape(node['shown'])}{hidden}</a></div>\n"
    )
    raise nodes.SkipNode


def skip(self: object, node: TraceLink) -> None:
    """Leave a link out of what is no page."""
    raise nodes.SkipNode


def link_to_trace(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link a page that is about to be written with its trace, where it has one."""
    lecture = Path(app.env.doc2path(docname))
    recorded = publish_traces.published(lecture) if app.builder.format == "html" else None
    if recorded is None:
        return
    name, text = lecture.relative_to(ROOT).as_posix(), lecture.read_text("utf-8")
    firsts = first_steps(name, text, recorded)
    address = f"{'../' * docname.count('/')}trace.html?trace={publish_traces.address(lecture)}"
    found = dict(beginnings(doctree, text))
    for line in firsts:
        # What an answer to open begins with has no line: it stands where the cell before it does.
        node = found[max((each for each in found if each <= line), default=min(found))]
        node["ids"].append(f"line-{line}")
        steps = line in found and "cell" in node["classes"]
        if steps and not only_shows_figure(node):
            node.insert(0, cell_link(f"{address}&step={firsts[line]}", line))
    title = next(doctree.findall(nodes.title))
    title.parent.insert(title.parent.index(title) + 1, page_link(address))


def beginnings(doctree: nodes.document, text: str) -> Iterator[tuple[int, nodes.Element]]:
    """Yield the first line of each cell that is to be seen, with the node that it begins with."""
    lines = cells_by_line(cells(text))
    found = set()
    for node in list(doctree.findall(nodes.Element)):
        # The reader of notebooks tells one line more than there is.
        line = lines.get((node.line or 0) - 1)
        whole = isinstance(node.parent, nodes.section | nodes.document)
        if line and whole and line not in found and not isinstance(node, nodes.Invisible):
            found.add(line)
            yield line, node


def only_shows_figure(cell: nodes.Element) -> bool:
    """Whether a cell does nothing but make a figure: there is nothing in it to step through.

    It has a widget as its output, and its code is one call with imports at most before it.
    """
    shown = any("data-widget=" in raw.astext() for raw in cell.findall(nodes.raw))
    code = next(cell.findall(nodes.literal_block), None)
    if not shown or code is None:
        return False
    statements = ast.parse(code.astext()).body
    own = [each for each in statements if not isinstance(each, ast.Import | ast.ImportFrom)]
    return len(own) == 1 and isinstance(own[0], ast.Expr) and isinstance(own[0].value, ast.Call)


def page_link(address: str) -> TraceLink:
    """Return the link to the trace of a page."""
    return TraceLink(kind="trace-whole", address=address, shown="Step through this lecture")


def cell_link(address: str, line: int) -> TraceLink:
    """Return the link to the first step of a cell."""
    said = f" the code from line {line}"
    return TraceLink(kind="trace-cell", address=address, shown="Step through", said=said)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_node(
        TraceLink, html=(visit_link, None), latex=(skip, None), text=(skip, None), man=(skip, None)
    )
    # When a page is resolved: what folds a cell's code takes it for the cell's first part.
    app.connect("doctree-resolved", link_to_trace)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
