"""Traces of lectures are published in full, with the prose of the page."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from book.builder import publish_traces, run_lectures, runs
from book.builder.cache import Cache
from book.builder.markers import check_cells
from book.builder.notebooks import executed
from book.builder.runs import Run
from cs336_core.trace import Trace, dumps, loads
from cs336_core.trace.lectures.plain_code import without_directives
from tools.shell.errors import UserError
from tools.shell.paths import ROOT as PROJECT

LECTURE = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # A lecture <!-- é -->
# It builds on {doc}`00_before`, by {cite:t}`gage1994`.
# %%
import used
from pathlib import Path

total = sum(used.VALUES)
for line in Path("data.txt").read_text().splitlines():  # @stepover
    print(total, line)

# %% [markdown]
# It is {eval}`total` in all.
"""
PRINTED = {"output_type": "stream", "name": "stdout", "text": "3 data\n"}


@pytest.fixture
def lecture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one lecture."""
    build = tmp_path / "_build"
    monkeypatch.setattr(run_lectures, "ROOT", tmp_path)
    monkeypatch.setattr(runs, "CACHE", Cache(build / "lectures", tmp_path))
    monkeypatch.setattr(publish_traces, "ROOT", tmp_path)
    monkeypatch.setattr(publish_traces, "VIEWER_TRACES", build / "viewer_traces")
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    folder = tmp_path / "lectures"
    folder.mkdir()
    (folder / "used.py").write_text("VALUES = [1, 2]\n", "utf-8")
    (folder / "data.txt").write_text("data\n", "utf-8")
    (folder / "01.py").write_text(LECTURE, "utf-8")
    return folder / "01.py"


def publish_trace(lecture: Path) -> Trace:
    """Run the lecture unless its run is current, then publish and return its trace."""
    run_lectures.update([lecture])
    publish_traces.update([lecture])
    recorded = publish_traces.published(lecture)
    assert recorded is not None
    return recorded


def prose(recorded: Trace) -> list[str]:
    """Return the Markdown renderings of a trace."""
    return [
        str(rendering.data)
        for step in recorded
        for rendering in step.renderings
        if rendering.type == "markdown"
    ]


def test_the_trace_of_a_run_is_published(lecture: Path) -> None:
    assert publish_traces.published(lecture) is None
    recorded = publish_trace(lecture)
    assert recorded.files == {"lectures/01.py": LECTURE}
    assert recorded.links["lectures/01.py"][8] == "lectures/01.html#line-8"
    assert "".join(step.stdout for step in recorded) == "3 data\n"
    first, last = prose(recorded)
    assert first.startswith("# A lecture <!-- é -->\n")
    assert "Gage &#91;[1994](lectures/01.html#references " in first
    assert last == "It is 3 in all."


def test_a_page_and_its_trace_come_from_one_run(lecture: Path) -> None:
    code = "\n# %%\nimport secrets\nprint(secrets.token_hex())\nsecrets.token_hex()\n"
    lecture.write_text(LECTURE + code, "utf-8")
    recorded = publish_trace(lecture)
    written, shown = executed(LECTURE + code).cells[-1].outputs
    assert recorded.steps[-2].stdout == written.text
    assert prose(recorded)[-1] == shown.data["text/plain"]


def test_displayed_values_are_on_the_page_and_in_the_trace(lecture: Path) -> None:
    code = "\n# %%\nfrom IPython.display import Markdown, display\ndisplay(Markdown('*A*'))\nNone\n"
    lecture.write_text(LECTURE + code, "utf-8")
    recorded = publish_trace(lecture)
    (shown,) = executed(LECTURE + code).cells[-1].outputs
    assert (shown.output_type, shown.data["text/markdown"]) == ("display_data", "*A*")
    assert prose(recorded)[-1] == "*A*"


def test_open_figures_are_shown_as_a_notebook_shows_them(lecture: Path) -> None:
    code = "\n# %%\nimport matplotlib.pyplot as plt\nlines = plt.plot([1, 2])\n"
    lecture.write_text(LECTURE + code, "utf-8")
    recorded = publish_trace(lecture)
    (shown,) = executed(LECTURE + code).cells[-1].outputs
    assert shown.data["image/png"].startswith("iVBOR")
    assert str(recorded.steps[-1].renderings[-1].data).startswith("data:image/png;base64,iVBOR")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A lecture", "Another title"),
        ("# It is {eval}`total` in", "# A line.\n#\n# It is {eval}`total` in"),
        ("# %%\nimport", "# %% [markdown]\n# A new cell.\n\n# %%\nimport"),
        ("# %% [markdown]\n# # A", "# %% [markdown]\n#\n\n# %% [markdown]\n# # A"),
    ],
)
def test_edited_prose_is_in_the_trace_without_a_run(lecture: Path, old: str, new: str) -> None:
    publish_trace(lecture)
    text = LECTURE.replace(old, new)
    assert text != LECTURE
    lecture.write_text(text, "utf-8")
    assert run_lectures.update([lecture]) == []
    edited = publish_trace(lecture)
    runs.CACHE.remove_all_but([])
    assert run_lectures.update([lecture]) == [lecture]
    assert edited == publish_trace(lecture)


def test_a_new_title_of_another_page_is_in_the_trace(lecture: Path) -> None:
    publish_trace(lecture)
    lecture.with_name("00_before.py").write_text("# %% [markdown]\n# # A title\n", "utf-8")
    assert run_lectures.update([lecture]) == []
    assert "It builds on [A title](lectures/00_before.html)" in prose(publish_trace(lecture))[0]


def test_a_missing_trace_is_published_again_and_others_are_removed(lecture: Path) -> None:
    publish_trace(lecture)
    folder = publish_traces.VIEWER_TRACES / "traces"
    (folder / "01.json").unlink()
    (folder / "00_gone.json").write_text("{}")
    publish_trace(lecture)
    assert sorted(path.name for path in folder.iterdir()) == ["01.json", "01.json.js", "list.js"]


def save_empty_run(lecture: Path) -> None:
    """Save a run of the lecture without steps, which is faster than running it."""
    text = lecture.read_text("utf-8")
    recorded = Trace(files={"lectures/01.py": text}, hidden={"lectures/01.py": []})
    runs.save(text, Run([[PRINTED]], {"total": "3"}, dumps(recorded)), [])


def test_the_script_contains_the_same_trace(lecture: Path, tmp_path: Path) -> None:
    save_empty_run(lecture)
    publish_traces.update([lecture])
    script = publish_traces.VIEWER_TRACES / "traces" / "01.json.js"
    program = (
        "globalThis.cs336Trace = (...args) => process.stdout.write(JSON.stringify(args));"
        f"\n{script.read_text('utf-8')}"
    )
    (tmp_path / "read.cjs").write_text(program, "utf-8")
    run = subprocess.run(["node", tmp_path / "read.cjs"], capture_output=True, check=True)
    name, text = json.loads(run.stdout)
    assert name == "traces/01.json"
    assert loads(text) == publish_traces.published(lecture)


def test_the_viewers_page_lists_the_traces(lecture: Path) -> None:
    save_empty_run(lecture)
    publish_traces.update([lecture])
    script = (publish_traces.VIEWER_TRACES / "traces" / "list.js").read_text("utf-8")
    listed = json.loads(script.removeprefix("globalThis.cs336Traces = ").removesuffix(";\n"))
    published = publish_traces.published(lecture)
    assert published is not None
    assert listed == [
        {"address": "traces/01.json", "title": "A lecture <!-- é -->", "steps": len(published)}
    ]


def test_an_unknown_directive_fails_and_leaves_the_old_trace(lecture: Path) -> None:
    publish_trace(lecture)
    before = (publish_traces.VIEWER_TRACES / "traces" / "01.json").read_bytes()
    lecture.write_text(f"{LECTURE}\n# %%\nx = 1  # @inspcet x\n", "utf-8")
    for _ in range(2):
        with pytest.raises(UserError, match=r"lectures/01\.py:\d+: .*@inspcet is not a directive"):
            publish_trace(lecture)
    assert (publish_traces.VIEWER_TRACES / "traces" / "01.json").read_bytes() == before


def test_a_lecture_that_has_not_run_is_not_published(lecture: Path) -> None:
    with pytest.raises(UserError, match=r"lectures/01\.py:1: the lecture has changed since it ran"):
        publish_traces.update([lecture])


def test_directives_are_left_out_of_the_page(lecture: Path) -> None:
    save_empty_run(lecture)
    _, code, _ = executed(LECTURE).cells
    assert code.source.endswith("splitlines():\n    print(total, line)")
    assert code.outputs[0].text == "3 data\n"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("x = 1  # @inspect x", "x = 1"),
        ("f(\n    1)  # @hide @stepover", "f(\n    1)"),
        ("x = '  # @hide'", "x = '  # @hide'"),
        ("x = 1  # see @hide", "x = 1  # see @hide"),
        ("x = 1  # @author me", "x = 1  # @author me"),
        ("x = 1  # a comment", "x = 1  # a comment"),
    ],
)
def test_only_comments_for_the_tracer_are_left_out(code: str, shown: str) -> None:
    assert without_directives(code) == shown


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("# %% [markdown]\n# # A", "# %% [md]\n# # A", 8),
        ("\n# %% [markdown]\n# It is", "\n# %% [raw]\n# It is", 19),
        ("\n# %% [markdown]\n# It is", "\n#%% [markdown]\n# It is", 19),
        ("# ---\n\n# %%", "# ---\n\nx = 1\n\n# %%", 8),
    ],
)
def test_cells_that_jupytext_reads_differently_fail(old: str, new: str, line: int) -> None:
    text = LECTURE.replace(old, new)
    assert text != LECTURE
    with pytest.raises(UserError, match=f"lecture.py:{line}: this line is not part of a cell"):
        check_cells("lecture.py", text)
