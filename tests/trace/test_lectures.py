"""A lecture is traced as a whole: its prose is shown, its code runs step by step."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest

from cs336_core.trace import CLEARED, Trace, TraceError, dumps, loads, trace_lecture
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
            step.stack.frame.function,
            step.stack.frame.line,
            dict(step.env),
            [rendering.data for rendering in step.renderings],
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


def test_an_edited_lecture_is_traced_with_its_current_text(tmp_path: Path) -> None:
    for text in ("# %%\nx = 1\n", "# %%\nx = 12\ny = 3\n"):
        assert [*trace_lecture(written(tmp_path, text)).files.values()] == [text]


def test_a_lecture_that_fails_ends_with_its_traceback(tmp_path: Path) -> None:
    recorded = trace_lecture(written(tmp_path, LECTURE))
    assert recorded.ending == "raised"
    last = recorded.steps[-1].stderr.splitlines()[-1]
    assert last.startswith("NameError: name 'twice' is not defined")  # "Did you mean" may follow


@pytest.mark.parametrize(
    ("text", "message"),
    [("x = 1\n", "lecture.py has no cells"), ("# %%\nx = (\n", "lecture.py, line 2: ")],
)
def test_a_file_that_is_not_a_lecture_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TraceError, match=message):
        trace_lecture(written(tmp_path, text))


def traced(tmp_path: Path, text: str, **options: object) -> Trace:
    recorded = trace_lecture(written(tmp_path, text), **options)  # type: ignore[arg-type]
    assert recorded.ending == "finished", recorded.steps[-1].stderr
    return recorded


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project of one module, whose functions call each other."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "numbers_of_a_test.py").write_text(
        """\
import functools

def called(n):
    return n + other(n)

def other(n):
    return 1

def several(n):
    def inner(i):
        return i
    for i in range(n):
        yield inner(i)

@functools.cache
def cached(n):
    return n

class Thing:
    def method(self):
        return other(1)
"""
    )
    yield tmp_path
    sys.modules.pop("numbers_of_a_test", None)


def functions(recorded: Trace) -> list[str]:
    """Return the functions of the steps, without repetitions."""
    return [name for name, _ in groupby(step.stack.frame.function for step in recorded)]


@pytest.mark.parametrize(
    ("code", "entered"),
    [
        ("from numbers_of_a_test import called\ncalled(1)", ["called"]),
        ("from numbers_of_a_test import called as f\nx = f(1)", ["called"]),
        ("from numbers_of_a_test import called\nlist(map(called, [1]))", ["called"]),
        (
            "from numbers_of_a_test import called, other\ncalled(1)",
            ["called", "other", "called"],
        ),
        (
            "from numbers_of_a_test import several\nlist(several(1))",
            ["several", "inner", "several"],
        ),
        (
            "from numbers_of_a_test import several\ng = several(1)\nx = next(g)\nlist(g)",
            ["several", "inner", "several", "several"],
        ),
        ("from numbers_of_a_test import cached\ncached(1)", ["cached"]),
        ("import numbers_of_a_test\nnumbers_of_a_test.called(1)", []),
        ("from numbers_of_a_test import Thing\nThing().method()", []),
        ("from numbers_of_a_test import called\ncalled(1)  # @stepover", []),
        (
            "from numbers_of_a_test import called\nfor i in range(1):  # @stepover\n    called(i)",
            [],
        ),
        ("from textwrap import dedent\ndedent('a')", []),
        ("from cs336_core.trace import text\ntext('a')", []),
    ],
)
def test_functions_imported_by_name_are_stepped_into(
    project: Path, code: str, entered: list[str]
) -> None:
    recorded = traced(project, f"# %%\n{code}\n")
    assert [name for name in functions(recorded) if name != "<module>"] == entered
    functions_imported = entered or "import called" in code
    others = {"numbers_of_a_test.py"} if functions_imported else set()
    assert {Path(path).name for path in recorded.files} == {"lecture.py", *others}


def test_simple_statements_run_without_tracing(tmp_path: Path) -> None:
    recorded = traced(
        tmp_path,
        """\
# %%
from tests.trace.programs import traced
simple = traced.is_traced()
def f():
    return traced.is_traced()
called = f()
for within in [0]:
    within = traced.is_traced()
for over in [0]:  # @stepover
    over = traced.is_traced()
with open(__file__):
    block = traced.is_traced()
""",
    )
    shown = {name: value for step in recorded for name, value in step.env.items()}
    is_traced = {"simple": False, "called": True, "within": True, "over": False, "block": True}
    assert {name: shown[name] for name in is_traced} == is_traced


def test_a_statement_that_is_one_step_shows_and_fails_as_any_other(tmp_path: Path) -> None:
    text = "# %%\nx = 1\nprint(x)  # @clear x\ny = [\n    1 / 0]\n"
    recorded = trace_lecture(written(tmp_path, text))
    assert seen(recorded)[:3] == [
        ("<module>", 2, {"x": 1}, [], ""),
        ("<module>", 3, {"x": CLEARED}, [], "1\n"),
        ("<module>", 4, {}, [], ""),
    ]
    assert (recorded.ending, len(recorded)) == ("raised", 4)
    assert recorded.steps[-1].stderr.endswith("ZeroDivisionError: division by zero\n")
    assert trace_lecture(written(tmp_path, text), max_steps=2).ending == "max_steps"


def test_a_removed_cell_runs_and_is_not_seen(tmp_path: Path) -> None:
    text = """\
# %%
x = 1
# %% tags=["remove-cell"]
from tests.trace.programs.features import double
x, y = 2, 3
print("unseen")
"the value"
# %%
double(y)
"""
    recorded = traced(tmp_path, text)
    lines = [step.stack.frame.line for step in recorded if step.stack.frame.path == "lecture.py"]
    assert lines == [2, 9, 9]
    assert recorded.hidden["lecture.py"] == [1, 3, 4, 5, 6, 7, 8]
    assert "double" in functions(recorded)
    assert [step.stdout for step in recorded if step.stdout] == []
    # Changed variables are shown at the end; new ones come from a hidden cell and stay hidden.
    assert recorded.steps[-1].env == {"x": 2}
    assert [rendering.data for rendering in recorded.steps[-1].renderings] == ["6"]


def test_imported_variables_are_not_shown(tmp_path: Path) -> None:
    recorded = traced(tmp_path, "# %%\nfrom string import digits\ndigits += 'a'\n")
    assert [step.env for step in recorded] == [{}, {"digits": "0123456789a"}]


def test_the_value_of_a_cell_is_shown_at_its_end(tmp_path: Path) -> None:
    text = "# %%\n1\n2\n# %%\n3;\n# %%\nNone\n# %%\nx = 4\n# %%\n"
    recorded = traced(tmp_path, text)
    assert [[rendering.data for rendering in step.renderings] for step in recorded] == [
        [],
        ["2"],
        [],
        [],
        [],
    ]


def test_a_value_replaces_the_lines_of_its_statement(tmp_path: Path) -> None:
    recorded = traced(tmp_path, "# %%\nx = [\n    1]\n(2 +\n 3)\n# %%\nprint(\n    x)\n")
    assert recorded.hidden["lecture.py"] == [1, 5, 6]


def test_prose_is_markdown_with_values_and_citations(tmp_path: Path) -> None:
    text = """\
# %%
n = 1234
# %% [markdown]
# ```{dropdown} How many?
# It is {eval}`n`, or {eval}`[n,
# n]`: $n$ and `{n}` {cite:p}`a, b`.
# ```
#
# %% [markdown]
# ```{bibliography}
# ```
"""
    recorded = traced(tmp_path, text, page="a.html")
    (shown,) = recorded.steps[-1].renderings
    assert shown.data == (
        "<details><summary>How many?</summary>\n\n"
        r"It is 1,234, or &#91;1234, 1234&#93;: $n$ and `{n}` &#91;a, b&#93;."
        "\n\n</details>"
    )
    assert recorded.links == {"lecture.py": {1: "a.html#line-1", 3: "a.html#line-3"}}
    assert recorded.hidden["lecture.py"] == [1, *range(4, 12)]
    cited = traced(tmp_path, text, cite=lambda role, keys: f"{role} {keys}")
    assert "cite:p ['a', 'b']" in str(cited.steps[-1].renderings[0].data)


def test_future_imports_apply_to_every_cell(tmp_path: Path) -> None:
    text = "# %%\nfrom __future__ import annotations\n# %%\ndef f(x: nothing): ...\n"
    traced(tmp_path, text)
    with_names = text.replace("from __future__ import annotations", "import os")
    assert "nothing" in trace_lecture(written(tmp_path, with_names)).steps[-1].stderr


def test_files_are_called_by_their_paths_from_the_root(project: Path) -> None:
    text = "# %%\nfrom numbers_of_a_test import called\n"
    assert list(traced(project, text, root=project.parent).files) == [
        f"{project.name}/lecture.py",
        f"{project.name}/numbers_of_a_test.py",
    ]
