"""Speculative decoding: how many drafts per pass write a text fastest."""

from __future__ import annotations

from typing import Self

from cs336_core.accounting.serving import expected_tokens, speculative_speedup
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import Integer

MOST_DRAFTS = 12


class DraftCount(CourseWidget):
    """The expected speedup of speculative decoding, against the number of drafts per pass.

    Args:
        drafts: tokens that the small model drafts for each pass of the large one, from 0 to 12.
        accepted: the probability that a draft is accepted, in percent, from 20 to 90.
        cost: the time that a draft takes, in percent of a pass of the large model, from 0 to 30.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a number that is out of bounds.

    """

    drafts = Integer(4, min=0, max=MOST_DRAFTS).tag(sync=True, url=True)
    accepted = Integer(70, min=20, max=90).tag(sync=True, url=True)
    cost = Integer(10, min=0, max=30).tag(sync=True, url=True)

    @classmethod
    def example(cls) -> Self:
        """Return the most drafts, all accepted as often as possible."""
        return cls(drafts=MOST_DRAFTS, accepted=90, cost=0)

    def fallback_html(self) -> str:
        """Return a table with a row for each of some numbers of drafts."""
        rows = []
        for n in range(0, MOST_DRAFTS + 1, 2):
            tokens = expected_tokens(self.accepted / 100, n)
            speedup = speculative_speedup(self.accepted / 100, n, self.cost / 100)
            rows.append(f"<tr><td>{n}</td><td>{tokens:.2f}</td><td>{speedup:.2f}×</td></tr>")
        return table_html(
            f"Speculative decoding, if {self.accepted} % of the drafts are accepted and each takes "
            f"{self.cost} % of the time of a pass.",
            ("Drafts per pass", "Tokens per pass", "Speedup"),
            rows,
        )
