"""A lecture's page and its trace link to each other."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document

from book.builder import publish_traces
from book.sphinx_ext import lecture_trace
from cs336_core.trace import dumps, trace_lecture

LECTURE = """\
# %% [markdown]
# # Title
# Text.

# %%
1

# %% tags=["remove-cell"]
2

# %% [markdown]
# More.
#
# And more.

# %%
# nothing but a comment
"""


@pytest.fixture
def lecture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lecture with a published trace."""
    monkeypatch.setattr(lecture_trace, "ROOT", tmp_path)
    monkeypatch.setattr(publish_traces, "VIEWER_TRACES", tmp_path / "viewer_traces")
    path = tmp_path / "lectures" / "01.py"
    path.parent.mkdir()
    path.write_text(LECTURE, "utf-8")
    recorded = trace_lecture(path, root=tmp_path)
    trace = publish_traces.Published(recorded, dumps(recorded), "Title")
    publish_traces.publish({path: trace})
    return path


def page() -> nodes.document:
    """Return the lecture as myst-nb parses it, with line numbers too large by one."""

    def at(node: nodes.Element, line: int) -> nodes.Element:
        node.line = line + 1
        return node

    def cell(line: int) -> nodes.Element:
        source = at(nodes.container("", classes=["cell_input"]), line)
        return at(nodes.container("", source, classes=["cell"]), line)

    document = new_document("01.py")
    title = at(nodes.title("", "Title"), 2)
    parts = [title, at(nodes.paragraph("", "Text."), 3), cell(5)]
    parts += [at(nodes.paragraph("", "More."), 12), at(nodes.paragraph("", "And more."), 14)]
    document += at(nodes.section("", *parts, cell(16), ids=["title"]), 2)
    return document


def linked(lecture: Path, builder: str = "html") -> nodes.document:
    """Return the page after the extension added its links."""
    document = page()
    app = SimpleNamespace(
        env=SimpleNamespace(doc2path=lambda _: str(lecture)),
        builder=SimpleNamespace(format=builder),
    )
    lecture_trace.link_to_trace(app, document, "lectures/01")
    return document


def test_each_cell_with_steps_has_an_anchor(lecture: Path) -> None:
    anchors = [
        (type(node).__name__, name)
        for node in linked(lecture).findall(nodes.Element)
        for name in node["ids"]
    ]
    assert anchors == [
        ("section", "title"),
        ("section", "line-1"),
        ("container", "line-5"),
        ("paragraph", "line-11"),
    ]


def test_the_page_and_its_cells_link_to_their_steps(lecture: Path) -> None:
    document = linked(lecture)
    links = list(document.findall(lecture_trace.TraceLink))
    assert [(link["kind"], link["address"]) for link in links] == [
        ("trace-whole", "../trace.html?trace=traces/01.json"),
        ("trace-cell", "../trace.html?trace=traces/01.json&step=1"),
    ]
    section = document[0]
    assert [type(node).__name__ for node in section[:3]] == ["title", "TraceLink", "paragraph"]
    assert isinstance(section[3][0], lecture_trace.TraceLink)
    assert "tep through" not in document.astext()  # so the search does not find it


def test_links_have_distinct_names_in_html(lecture: Path) -> None:
    body: list[str] = []
    for link in linked(lecture).findall(lecture_trace.TraceLink):
        with pytest.raises(nodes.SkipNode):
            lecture_trace.visit_link(SimpleNamespace(body=body), link)
    whole, cell = body
    assert re.fullmatch(
        r'<div class="trace-whole"><a href="[^"]*">Step through this lecture</a></div>\n', whole
    )
    assert "&amp;step=1" in cell
    assert 'Step through<span class="visually-hidden"> the code from line 5</span></a>' in cell


@pytest.mark.parametrize("builder", ["latex", "text"])
def test_other_formats_have_no_links(lecture: Path, builder: str) -> None:
    assert linked(lecture, builder).pformat() == page().pformat()


def test_a_page_without_a_trace_has_no_links(lecture: Path) -> None:
    other = lecture.with_name("02.py")
    assert linked(other).pformat() == page().pformat()


@pytest.mark.parametrize(
    ("code", "is_figure_only"),
    [
        ('BPETimeMachine("the cat", num_merges=1)', True),
        ("from cs336_core.widgets import Roofline\n\nRoofline(\n    key='roofline'\n)", True),
        ("ids = [1, 2]\nPlayground(ids)", False),
        ("figure", False),
    ],
)
def test_a_cell_that_only_shows_a_figure_has_no_link(code: str, is_figure_only: bool) -> None:
    figure = nodes.raw("", '<div class="cs336-widget" data-widget="roofline">', format="html")
    cell = nodes.container("", nodes.literal_block(code, code), figure, classes=["cell"])
    assert lecture_trace.only_shows_figure(cell) is is_figure_only
    cell.remove(figure)
    assert lecture_trace.only_shows_figure(cell) is False
