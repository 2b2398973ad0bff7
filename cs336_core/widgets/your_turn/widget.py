"""An exercise that the reader solves in the page, or in a notebook's own cells."""

from __future__ import annotations

import html
from typing import Any, Self

import traitlets

from cs336_core.exercises import Case, Exercise, exercise
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import code_marks_html, table_html
from cs336_core.ui.state_schema import Integer

_FALLBACK_CASES = 5


class YourTurn(CourseWidget):
    """An exercise: a task, a start, hints, and on a page an editor that checks the function.

    In a notebook, the reader writes the function in a cell and calls `cs336_core.exercises.check`.

    Args:
        name: the name of an exercise.
        hint: how many hints are shown.
        key: the widget's name in the page's URL.

    Raises:
        ExerciseError: if there is no such exercise.

    """

    name = traitlets.Unicode(read_only=True).tag(sync=True)
    task = traitlets.Unicode(read_only=True).tag(sync=True)
    start = traitlets.Unicode(read_only=True).tag(sync=True)
    imports = traitlets.Unicode(read_only=True).tag(sync=True)
    hints: traitlets.List[str] = traitlets.List(traitlets.Unicode(), read_only=True).tag(sync=True)
    solution = traitlets.Unicode(read_only=True).tag(sync=True)
    check = traitlets.Unicode(read_only=True).tag(sync=True)  # the code for a notebook
    hint = Integer(0, min=0, max=3).tag(sync=True, url=True)

    def __init__(self, name: str, hint: int = 0, key: str | None = None) -> None:
        found = exercise(name)
        super().__init__(
            key=key,
            hint=hint,
            name=found.name,
            task=found.task,
            start=found.start,
            imports=found.imports,
            hints=list(found.hints),
            solution=found.solution_code,
            check=check_code(name),
        )

    @classmethod
    def example(cls) -> Self:
        """Return the longest exercise."""
        return cls("train_bpe")

    def fallback_html(self) -> str:
        """Return the task, the start, how to check it in a notebook, and some tests."""
        found = exercise(self.name)
        rows = [
            f"<tr><td><code>{html.escape(case.call(self.name))}</code></td>"
            f"<td><code>{html.escape(_expected(found, case))}</code></td></tr>"
            for case in found.cases[:_FALLBACK_CASES]
        ]
        return (
            f"<p><strong>Your turn: <code>{self.name}</code>.</strong> "
            f"{code_marks_html(self.task)}</p>"
            f"<pre>{html.escape(self.start)}</pre>"
            "<p>Write it in a cell of the notebook, and check it in the next one: "
            f"<code>{html.escape(self.check)}</code></p>"
            + table_html(f"Tests of {self.name}.", ["Call", "Result"], rows)
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        text = f"Your turn: {self.name}. {self.task}\n\n{self.start}\n{self.check}"
        return {**data, "text/plain": text}, metadata


def _expected(found: Exercise, case: Case) -> str:
    """Return what a call should return, as code; the part of it that says most."""
    result = found.reference(*case.args)
    return repr(getattr(result, found.parts[0]) if found.parts else result)


def check_code(name: str) -> str:
    """Return the code that checks a function in a notebook.

    >>> check_code("merge")
    'from cs336_core.exercises import check; check("merge", globals())'
    """
    return f'from cs336_core.exercises import check; check("{name}", globals())'
