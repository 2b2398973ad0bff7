"""Traces of lectures are made when they must be, and published whole."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from book.builder import publish_traces, run_lectures
from book.builder.cache import digest, environment
from book.builder.run_lectures import Record, without_directives
from cs336_core.trace import loads
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
# It builds on {doc}`00_before`.
# %%
import used
from pathlib import Path

total = sum(used.VALUES)
for line in Path("data.txt").read_text().splitlines():  # @stepover
    print(total, line)
"""


@pytest.fixture
def lecture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one lecture, which has been executed."""
    build = tmp_path / "_build"
    monkeypatch.setattr(run_lectures, "ROOT", tmp_path)
    monkeypatch.setattr(run_lectures, "RECORDS", build / "lectures")
    monkeypatch.setattr(publish_traces, "ROOT", tmp_path)
    monkeypatch.setattr(publish_traces, "TRACES", build / "traces")
    monkeypatch.setattr(publish_traces, "VIEWER_TRACES", build / "viewer_traces")
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    folder = tmp_path / "lectures"
    folder.mkdir()
    (folder / "used.py").write_text("VALUES = [1, 2]\n", "utf-8")
    (folder / "data.txt").write_text("data\n", "utf-8")
    (folder / "01.py").write_text(LECTURE, "utf-8")
    return folder / "01.py"


def record(lecture: Path, printed: str) -> None:
    """Record what would come out of the lecture's only cell; starting a kernel takes seconds."""
    files = {f"lectures/{name}": lecture.with_name(name) for name in ("used.py", "data.txt")}
    stream = {"output_type": "stream", "name": "stdout", "text": printed}
    made = Record(
        environment=environment(),
        files={name: digest(path) for name, path in files.items()},
        outputs=[[stream]],
        values={},
    )
    run_lectures.save(run_lectures.read(lecture.read_text("utf-8")), made)


def traced(lecture: Path) -> bool:
    """Whether building traced the lecture again."""
    record(lecture, f"3 {lecture.with_name('data.txt').read_text()}")
    return bool(publish_traces.bring_up_to_date([lecture]))


def test_a_lecture_is_traced_once_and_published(lecture: Path) -> None:
    assert publish_traces.published(lecture) is None
    assert traced(lecture)
    assert not traced(lecture)
    recorded = publish_traces.published(lecture)
    assert recorded is not None
    assert recorded.files == {"lectures/01.py": LECTURE}
    assert recorded.links["lectures/01.py"][8] == "lectures/01.html#line-8"
    assert recorded.steps[-1].stdout == "3 data\n"
    assert sorted(each.name for each in publish_traces.TRACES.iterdir()) == ["01.json"]


def test_what_is_gone_is_published_anew_without_tracing(lecture: Path) -> None:
    traced(lecture)
    folder = publish_traces.VIEWER_TRACES / "traces"
    (folder / "01.json").unlink()
    (folder / "00_gone.json").write_text("{}")
    assert not traced(lecture)
    assert sorted(each.name for each in folder.iterdir()) == ["01.json", "01.json.js", "list.js"]


def test_the_script_gives_the_same_trace(lecture: Path, tmp_path: Path) -> None:
    traced(lecture)
    script = publish_traces.VIEWER_TRACES / "traces" / "01.json.js"
    program = (
        "globalThis.cs336Trace = (...given) => process.stdout.write(JSON.stringify(given));"
        f"\n{script.read_text('utf-8')}"
    )
    (tmp_path / "read.cjs").write_text(program, "utf-8")
    run = subprocess.run(["node", tmp_path / "read.cjs"], capture_output=True, check=True)
    name, text = json.loads(run.stdout)
    assert name == "traces/01.json"
    assert loads(text) == publish_traces.published(lecture)


@pytest.mark.parametrize(
    ("name", "old", "new", "again"),
    [
        ("01.py", "A lecture", "Another title", True),
        ("used.py", "[1, 2]", "[2, 1]", True),
        ("data.txt", "data", "other", True),
        ("unused.py", "", "# %% [markdown]\n# # A title", False),
        ("00_before.py", "", "# %% [markdown]\n# # A title", True),
    ],
)
def test_a_change_traces_again_what_it_must(
    lecture: Path, name: str, old: str, new: str, again: bool
) -> None:
    traced(lecture)
    path = lecture.with_name(name)
    text = path.read_text("utf-8") if path.exists() else ""
    path.write_text(text.replace(old, new), "utf-8")
    assert traced(lecture) == again


def test_a_changed_tracer_traces_again(lecture: Path, tmp_path: Path) -> None:
    traced(lecture)
    tracer = tmp_path / "cs336_core" / "trace" / "recorder.py"
    tracer.parent.mkdir(parents=True)
    tracer.write_text("")
    assert traced(lecture)


def test_a_trace_that_was_cut_off_is_made_again(lecture: Path) -> None:
    traced(lecture)
    kept = publish_traces.TRACES / "01.json"
    kept.write_text(kept.read_text("utf-8")[:-20], "utf-8")
    assert traced(lecture)


def test_a_trace_that_disagrees_fails_each_time_and_leaves_the_old_one(lecture: Path) -> None:
    traced(lecture)
    before = (publish_traces.VIEWER_TRACES / "traces" / "01.json").read_bytes()
    lecture.write_text(LECTURE.replace("A lecture", "Another"), "utf-8")
    for _ in range(2):
        record(lecture, "something else\n")
        with pytest.raises(
            UserError, match=r"lectures/01\.py:11: the page writes 'something else'"
        ):
            publish_traces.bring_up_to_date([lecture])
    assert (publish_traces.VIEWER_TRACES / "traces" / "01.json").read_bytes() == before


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import os\nos._exit(3)", "exit status 3"),
        ("x = 1  # @inspcet x", "exit status 1"),
    ],
)
def test_a_tracer_that_fails_is_trouble(lecture: Path, code: str, message: str) -> None:
    lecture.write_text(f"{LECTURE}{code}\n", "utf-8")
    with pytest.raises(UserError, match=message) as trouble:
        traced(lecture)
    assert str(trouble.value).startswith("lectures/01.py:1: tracing the lecture failed")
    assert "@inspcet is not a directive" in trouble.value.tail or message == "exit status 3"
    assert list(publish_traces.TRACES.iterdir()) == []


def test_a_lecture_that_was_not_executed_is_trouble(lecture: Path) -> None:
    with pytest.raises(UserError, match="has not been executed"):
        publish_traces.bring_up_to_date([lecture])


def test_directives_are_left_out_of_the_page(lecture: Path) -> None:
    record(lecture, "3 data\n")
    cell = run_lectures.executed(LECTURE).cells[-1]
    assert cell.source.endswith("splitlines():\n    print(total, line)")
    assert cell.outputs[0].text == "3 data\n"


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


def test_the_viewers_page_is_told_what_there_is(lecture: Path) -> None:
    record(lecture, "3 data\n")
    publish_traces.bring_up_to_date([lecture])
    script = (publish_traces.VIEWER_TRACES / "traces" / "list.js").read_text("utf-8")
    listed = json.loads(script.removeprefix("globalThis.cs336Traces = ").removesuffix(";\n"))
    published = publish_traces.published(lecture)
    assert published is not None
    assert listed == [
        {"address": "traces/01.json", "title": "A lecture <!-- é -->", "steps": len(published)}
    ]
