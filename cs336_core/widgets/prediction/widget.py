"""A question that the reader answers before the page shows the answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import traitlets

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import code_marks_html, table_html
from cs336_core.ui.state_schema import Integer, WidgetError


class Prediction(CourseWidget):
    """A question with options. The answer, and the figure that gives it away, open with a choice.

    On a page, folded answers right after the question open as well. A reader who would rather not
    guess can skip the question. In a notebook, it shows only whether the choice was right.

    Args:
        question: one sentence; it and the options may have code between backticks.
        options: what to choose from, at least two.
        answer: the right one of the options.
        closes: the key of the figure, right after the question, that stays closed until then.
        chosen: the option that has been chosen, counted from 0; -1 for none.
        skipped: whether the answer is shown without a choice.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: if there are fewer than two options, or the answer is not exactly one of them.

    """

    question = traitlets.Unicode(read_only=True).tag(sync=True)
    options: traitlets.List[str] = traitlets.List(traitlets.Unicode(), read_only=True).tag(
        sync=True
    )
    answer = Integer(0, min=0, read_only=True).tag(sync=True)
    closes = traitlets.Unicode("", read_only=True).tag(sync=True)
    chosen = Integer(-1, min=-1).tag(sync=True, url=True)
    skipped = traitlets.Bool(False).tag(sync=True, url=True)

    def __init__(self, question: str, options: Iterable[str], answer: str, **state: Any) -> None:
        options = list(options)
        if len(options) < 2:
            raise WidgetError(f"there are {len(options)} options; give at least two to choose from")
        if options.count(answer) != 1:
            raise WidgetError(f"the answer is {answer!r}; it must be exactly one of {options}")
        super().__init__(question=question, options=options, answer=options.index(answer), **state)

    @classmethod
    def example(cls) -> Self:
        """Return a question that has been answered wrongly."""
        return cls("Which pair?", ["`t` + `h`", "`h` + `e`", "`a` + `t`"], "`t` + `h`", chosen=1)

    def fallback_html(self) -> str:
        """Return the options as a table; the page's own text has the answer."""
        rows = [f"<tr><td>{code_marks_html(option)}</td></tr>" for option in self.options]
        return table_html(f"Predict: {code_marks_html(self.question)}", ["Options"], rows)

    @property
    def form(self) -> str:
        """The variant: "closing" if the question closes a figure, or ""."""
        return "closing" if self.closes else ""

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        return {**data, "text/plain": f"{self.question} ({' / '.join(self.options)})"}, metadata
