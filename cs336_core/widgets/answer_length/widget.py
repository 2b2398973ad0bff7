"""Emergence as a matter of the metric: how often every digit of an answer is right."""

from __future__ import annotations

from typing import Self

from cs336_core.scaling.emergence import exact_match, toy_accuracy
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import Integer, Number


class AnswerLength(CourseWidget):
    """How often one digit and all digits of an answer are right, against training compute.

    Args:
        length: digits of an answer, from 1 to 64.
        exponent: the training compute to look at, 10 to this power FLOPs, from 18 to 26.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a length or an exponent that is out of bounds.

    """

    length = Integer(10, min=1, max=64).tag(sync=True, url=True)
    exponent = Number(21.0, min=18, max=26).tag(sync=True, url=True)

    @classmethod
    def example(cls) -> Self:
        """Return the longest answer."""
        return cls(length=64)

    def fallback_html(self) -> str:
        """Return a table with a row for every tenfold increase in compute."""
        rows = []
        for exponent in range(18, 27):
            digit = toy_accuracy(10.0**exponent)
            answer = exact_match(digit, self.length)
            rows.append(
                f"<tr><td>10<sup>{exponent}</sup></td><td>{100 * digit:.1f} %</td>"
                f"<td>{100 * answer:.1f} %</td></tr>"
            )
        return table_html(
            "A model whose errors halve with every tenfold increase in compute, on answers of "
            f"{self.length} {'digit' if self.length == 1 else 'digits'}.",
            ("Training FLOPs", "One digit right", "Whole answer right"),
            rows,
        )
