"""Links between a lecture's page and its trace, both ways.

A link under the title of a lecture opens its trace, and one above each cell of code to the first
step of the cell. The trace links back to `#line-N`, the cell that begins at line N of the file.
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
from cs336_core.trace import Trace
from cs336_core.trace.lectures.cells import cells, cells_by_line
from tools.shell.paths import ROOT


class TraceLink(nodes.General, nodes.Element):  # type: ignore[misc]
    """A link into a trace; it has no text nodes, so that the search index leaves it out."""


def visit_link(self: HTML5Translator, node: TraceLink) -> None:
    """Write a link; text for screen readers distinguishes the links of a page."""
    spoken = node.get("spoken")
    hidden = f'<span class="visually-hidden">{escape(spoken)}</span>' if spoken else ""
    self.body.append(
        f'<div class="{node["kind"]}"><a href="{escape(node["address"])}">'
        f"{escape(node['shown'])}{hidden}</a></div>\n"
    )
    raise nodes.SkipNode


def skip(self: object, node: TraceLink) -> None:
    """Leave a link out of formats other than HTML."""
    raise nodes.SkipNode


def link_to_trace(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link a page that is about to be written to its trace, if it has one."""
    lecture = Path(app.env.doc2path(docname))
    recorded = publish_traces.published(lecture) if app.builder.format == "html" else None
    if recorded is None:
        return
    name, text = lecture.relative_to(ROOT).as_posix(), lecture.read_text("utf-8")
    firsts = first_steps(name, text, recorded)
    address = f"{'../' * docname.count('/')}trace.html?trace={publish_traces.address(lecture)}"
    starts = dict(first_nodes(doctree, text))
    for line in firsts:
        # The first node of a folded answer has no line; the cell before it takes the anchor.
        node = starts[max((start for start in starts if start <= line), default=min(starts))]
        node["ids"].append(f"line-{line}")
        steps = line in starts and "cell" in node["classes"]
        if steps and not only_shows_figure(node):
            node.insert(0, cell_link(f"{address}&step={firsts[line]}", line))
    title = next(doctree.findall(nodes.title))
    title.parent.insert(title.parent.index(title) + 1, page_link(address))


def first_steps(name: str, text: str, recorded: Trace) -> dict[int, int]:
    """Return the first line of each cell that has steps -> the number of its first step."""
    by_line = cells_by_line(cells(text))
    firsts: dict[int, int] = {}
    for number, step in enumerate(recorded):
        frame = step.stack.frames()[0]
        if frame.path == name and frame.line in by_line:
            firsts.setdefault(by_line[frame.line].first, number)
    return firsts


def first_nodes(doctree: nodes.document, text: str) -> Iterator[tuple[int, nodes.Element]]:
    """Yield the first line of each visible cell, and the first node of the cell."""
    by_line = cells_by_line(cells(text))
    found = set()
    for node in list(doctree.findall(nodes.Element)):
        cell = by_line.get((node.line or 0) - 1)  # myst-nb counts one line too many
        top_level = isinstance(node.parent, nodes.section | nodes.document)
        hidden = isinstance(node, nodes.Invisible)
        if cell and top_level and cell.first not in found and not hidden:
            found.add(cell.first)
            yield cell.first, node


def only_shows_figure(cell: nodes.Element) -> bool:
    """Whether a cell only builds a figure, so that there is nothing to step through.

    Its output is a widget, and its code is hidden or one call, with nothing but imports before it.
    """
    shown = any("data-widget=" in raw.astext() for raw in cell.findall(nodes.raw))
    code = next(cell.findall(nodes.literal_block), None)
    if not shown or code is None:
        return shown
    statements = ast.parse(code.astext()).body
    own = [node for node in statements if not isinstance(node, ast.Import | ast.ImportFrom)]
    return len(own) == 1 and isinstance(own[0], ast.Expr) and isinstance(own[0].value, ast.Call)


def page_link(address: str) -> TraceLink:
    """Return the link to the trace of a page."""
    return TraceLink(kind="trace-whole", address=address, shown="Step through this lecture")


def cell_link(address: str, line: int) -> TraceLink:
    """Return the link to the first step of a cell."""
    spoken = f" the code from line {line}"
    return TraceLink(kind="trace-cell", address=address, shown="Step through", spoken=spoken)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_node(
        TraceLink, html=(visit_link, None), latex=(skip, None), text=(skip, None), man=(skip, None)
    )
    # Not before: the extension that folds code takes a cell's first node for its code.
    app.connect("doctree-resolved", link_to_trace)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
