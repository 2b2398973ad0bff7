"""A lecture is traced as a whole: its prose is shown, its code runs step by step."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs336_core.trace import Trace, TraceError, dumps, loads, trace_lecture
from tests.trace.programs import features

LECTURE = """\
# ---
# jupyter: {}
# ---

# %% [markdown]
# # Numbers
#
# Take one.

# %% tags=["hide-input"]
n = 3
print(n)

# %% [markdown]
# Twice {eval}`n` is {eval}`twice(n)`... not yet: {eval}`str(n)!r`.

# %%
from tests.trace.programs.features import double

def twice(n):
    return double(n)
m = twice(
    n)
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "lecture.py"
    path.write_text(text, "utf-8")
    return path


def seen(recorded: Trace) -> list[tuple[str, int, dict[str, object], list[object], str]]:
    return [
        (
            step.place.frame.function,
            step.place.frame.line,
            dict(step.env),
            [each.data for each in step.renderings],
            step.stdout,
        )
        for step in recorded
    ]


def test_prose_is_shown_and_code_is_stepped_through(tmp_path: Path) -> None:
    text = LECTURE.replace(" is {eval}`twice(n)`... not yet: {eval}`str(n)!r`", "")
    recorded = trace_lecture(written(tmp_path, text), into=[features])
    assert seen(recorded) == [
        ("<module>", 5, {}, ["# Numbers\n\nTake one."], ""),
        ("<module>", 11, {"n": 3}, [], ""),
        ("<module>", 12, {}, [], "3\n"),
        ("<module>", 14, {}, ["Twice 3."], ""),
        ("<module>", 18, {}, [], ""),
        ("<module>", 20, {}, [], ""),
        ("<module>", 22, {}, [], ""),
        ("twice", 20, {"n": 3}, [], ""),
        ("twice", 21, {}, [], ""),
        ("double", FIRST["double"], {"n": 3}, [], ""),
        ("double", FIRST["double"] + 1, {}, [], ""),
        ("twice", 21, {}, [], ""),
        ("<module>", 22, {"m": 6}, [], ""),
    ]
    assert recorded.ending == "finished"
    assert recorded.hidden["lecture.py"] == [1, 2, 3, 4, 6, 7, 8, 9, 10, 15, 16, 17]
    assert loads(dumps(recorded)) == recorded


FIRST = {"double": features.double.__code__.co_firstlineno}


def test_a_lecture_that_fails_ends_with_its_traceback(tmp_path: Path) -> None:
    recorded = trace_lecture(written(tmp_path, LECTURE))
    assert recorded.ending == "raised"
    assert recorded.steps[-1].stderr.endswith("NameError: name 'twice' is not defined\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [("x = 1\n", "lecture.py has no cells"), ("# %%\nx = (\n", "lecture.py, line 2: ")],
)
def test_a_file_that_is_no_lecture_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TraceError, match=message):
        trace_lecture(written(tmp_path, text))
