"""A lecture's page and its trace tell the same, or the build fails and says where."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from book.builder.citations import cite
from book.builder.run_lectures import Record
from book.builder.trace_matches_page import check, first_steps
from cs336_core.trace import Trace, trace_lecture
from tools.shell.errors import UserError

NAME = "lecture.py"
LECTURE = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # A lecture
# of {cite:t}`gage1994`.

# %%
numbers = [1, 2]
for n in numbers:
    print(n)

# %% tags=["remove-cell"]
print("unseen")

# %% [markdown]
# There are {eval}`len(numbers)` numbers,
# {eval}`str(numbers)`.

# %% [markdown]
# ```{bibliography}
# ```
"""


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


def record() -> Record:
    """What came out when the page was made."""
    result = {"output_type": "execute_result", "data": {"text/plain": "None"}}
    return Record(
        environment="",
        files={},
        outputs=[[stream("1\n"), result, stream("2\n")], [stream("unseen\n")]],
        values={"len(numbers)": "2", "str(numbers)": "[1, 2]"},
    )


def traced(folder: Path, text: str = LECTURE) -> Trace:
    (folder / NAME).write_text(text, "utf-8")
    return trace_lecture(folder / NAME, root=folder, cite=cite)


def said(recorded: Trace, text: str = LECTURE, made: Record | None = None) -> str:
    with pytest.raises(UserError) as trouble:
        check(NAME, text, made or record(), recorded, {})
    return str(trouble.value)


def test_a_lecture_agrees_with_its_page(tmp_path: Path) -> None:
    recorded = traced(tmp_path)
    check(NAME, LECTURE, record(), recorded, {})
    assert first_steps(NAME, LECTURE, recorded) == {8: 0, 12: 1, 20: len(recorded) - 1}


def without_steps_of(*lines: int) -> Callable[[Trace], None]:
    def change(recorded: Trace) -> None:
        recorded.steps = [step for step in recorded if step.stack.frame.line not in lines]

    return change


def with_other_prose(recorded: Trace) -> None:
    (shown,) = recorded.steps[-1].renderings
    changed = str(shown.data).replace("2 numbers", "3 numbers")
    recorded.steps[-1].renderings = [type(shown)("markdown", changed)]


def with_other_output(recorded: Trace) -> None:
    next(step for step in recorded if step.stdout == "2\n").stdout = "two\n"


def with_an_error(recorded: Trace) -> None:
    recorded.steps[1].stderr = "Warning: old\n"


def unfinished(recorded: Trace) -> None:
    recorded.ending = "max_steps"


def of_another_text(recorded: Trace) -> None:
    recorded.files[NAME] += "\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without_steps_of(8), "lecture.py:8: the page shows this cell, and the trace has no step"),
        (
            without_steps_of(13, 14, 15),
            "lecture.py:12: the page shows this cell, and the trace has",
        ),
        (
            with_other_prose,
            "lecture.py:20: the page says 'There are 2 numbers,' where the trace says 'There are "
            "3 numbers,'",
        ),
        (with_other_output, "lecture.py:12: the page writes '2' where the trace writes 'two'"),
        (with_an_error, "lecture.py:12: the cell wrote to standard error"),
        (unfinished, "lecture.py:20: the lecture's trace does not come to its end"),
        (of_another_text, "lecture.py:1: the lecture changed while it was traced; build again"),
    ],
)
def test_a_trace_that_disagrees_fails(
    tmp_path: Path, change: Callable[[Trace], None], message: str
) -> None:
    recorded = traced(tmp_path)
    change(recorded)
    assert message in said(recorded)


def test_another_value_on_the_page_fails(tmp_path: Path) -> None:
    made = record()
    made.values["str(numbers)"] = "[1, 3]"
    assert "says '&#91;1, 3&#93;.' where the trace says '&#91;1, 2&#93;.'" in said(
        traced(tmp_path), made=made
    )


def test_another_output_on_the_page_fails(tmp_path: Path) -> None:
    made = record()
    made.outputs[0] = [stream("1\n2\n3\n")]
    assert "lecture.py:12: the page writes '3' where the trace writes ''" in said(
        traced(tmp_path), made=made
    )


def test_a_lecture_that_fails_in_its_trace_alone_fails(tmp_path: Path) -> None:
    text = LECTURE.replace("for n in", "import sys\nassert not sys.gettrace\nfor n in")
    message = said(traced(tmp_path, text), text)
    assert message.startswith("lecture.py:15: the lecture's trace does not come to its end")
    assert message.endswith("AssertionError")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("# %% [markdown]\n# # A", "# %% [md]\n# # A", 8),
        ("\n# %% tags", "\n# %% [raw]\n# raw\n\n# %% tags", 17),
        ("# ---\n\n# %%", "# ---\n\nx = 1\n\n# %%", 10),
    ],
)
def test_cells_that_are_read_in_two_ways_fail(
    tmp_path: Path, old: str, new: str, line: int
) -> None:
    text = LECTURE.replace(old, new)
    assert text != LECTURE
    assert said(traced(tmp_path, text), text).startswith(
        f"lecture.py:{line}: the page and the trace read"
    )
