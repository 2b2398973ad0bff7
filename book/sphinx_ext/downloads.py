"""Downloads beside each lecture's page: its notebook, and its source.

The notebook is written for readers: its prose has the values and citations of the page, which only
the book can fill in, and no outputs, which running it gives. The Python file is the source.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from sphinx.application import Sphinx

from book.builder import runs
from book.builder.citations import cite
from book.builder.documents import title_and_name, titles
from book.builder.notebooks import KERNEL
from cs336_core.trace.lectures.cells import cells
from cs336_core.trace.lectures.plain_code import without_directives
from cs336_core.trace.lectures.prose import prose
from tools.shell.errors import UserError

FOLDER = "lectures/"
LINKS = """\
<div class="downloads"><a href="{name}.ipynb" download>Download notebook</a> \
<a href="{name}.py" download>Python file</a></div>
"""


def notebook(text: str, name: str, known: Mapping[str, str]) -> str:
    """Return a lecture as an .ipynb file, the same for the same text.

    `name` is the name of its page, such as "lectures/03_bpe"; `known` has the titles of all pages.
    """
    run = runs.load(text)
    if run is None:
        raise UserError("This lecture has changed since it ran; run `make site`.")
    found: list[nbformat.NotebookNode] = []
    for cell in cells(text):
        if cell.kind == "code":
            found.append(nbformat.v4.new_code_cell(without_directives(cell.text)))
        elif markdown := prose(
            cell,
            lambda expression: run.values.get(expression, ""),
            cite,
            lambda role: title_and_name(role, name, known)[0],
        ):
            found.append(nbformat.v4.new_markdown_cell(markdown))
    for number, node in enumerate(found):
        node["id"] = f"cell-{number}"
    whole = nbformat.v4.new_notebook(cells=found, metadata={"kernelspec": KERNEL})
    return str(nbformat.writes(whole)) + "\n"


def lectures(app: Sphinx) -> Iterator[tuple[str, Path]]:
    """Yield the name and the file of every lecture."""
    for docname in sorted(app.env.found_docs):
        if docname.startswith(FOLDER):
            yield docname, Path(app.env.doc2path(docname))


def link(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link to the downloads under the title of a lecture, after the link to its trace."""
    if app.builder.format != "html" or not docname.startswith(FOLDER):
        return
    links = LINKS.format(name=docname.removeprefix(FOLDER))
    title = next(doctree.findall(nodes.title))
    section = title.parent
    after = section.index(title) + 1
    while after < len(section) and section[after].get("kind") == "trace-whole":
        after += 1
    section.insert(after, nodes.raw("", links, format="html"))


def finish(app: Sphinx, error: Exception | None) -> None:
    """Write the files beside the pages."""
    if error or app.builder.format != "html":
        return
    known = titles()
    for docname, lecture in lectures(app):
        page = Path(app.outdir) / docname
        shutil.copyfile(lecture, page.with_name(f"{page.name}.py"))
        text = notebook(lecture.read_text("utf-8"), docname, known)
        page.with_name(f"{page.name}.ipynb").write_text(text, "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", link, priority=600)  # after the link to the trace
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
