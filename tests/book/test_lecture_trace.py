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
for i in range(2):
    i

# %% tags=["remove-cell"]
2

# %% [markdown]
# More.
#
# And more.

# %%
# nothing but a comment

# %%
1
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
    parts += [at(nodes.paragraph("", "More."), 13), at(nodes.paragraph("", "And more."), 15)]
    document += at(nodes.section("", *parts, cell(17), cell(20), ids=["title"]), 2)
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
        ("paragraph", "line-12"),
        ("container", "line-20"),
    ]


def test_the_page_and_a_cell_with_a_loop_link_to_their_steps(lecture: Path) -> None:
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
    ("code", "is_worth_it"),
    [
        ("import math", False),
        ("x = 1\nprint(x)", False),
        ("x = [\n    i for i in range(9)\n]", False),
        ("for i in range(2):  # @stepover\n    print(i)", False),
        ("for i in range(2):\n    print(i)", True),
        ("i = 0\nwhile i < 2:\n    i += 1", True),
        ("with open(__file__) as file:\n    text = file.read()", False),
        ("if True:\n    print()\nelse:\n    print(1)", False),
        ("def f():\n    return 1\nf()", True),
        ("def f():\n    return 1\nf()  # @stepover", False),
    ],
)
def test_cells_that_enter_a_function_or_loop_have_a_link(
    tmp_path: Path, code: str, is_worth_it: bool
) -> None:
    path = tmp_path / "01.py"
    path.write_text(f"# %%\n{code}\n", "utf-8")
    assert lecture_trace.is_worth_stepping(trace_lecture(path)) is is_worth_it
