"""How many tokens each expert of a layer gets, while its router is balanced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import traitlets

from cs336_core._shared.validation import whole_number
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import Integer, Number, WidgetError

MAX_STEPS = 500
MAX_EXPERTS = 16


class ExpertLoad(CourseWidget):
    """The tokens that a router sends to each expert, step by step, and those beyond its capacity.

    Args:
        loads: for each step, how many tokens each expert gets; 1 to 501 steps of 2 to 16 experts,
            and as many tokens at each step.
        step: which of them is shown, from 0.
        capacity: how many times the mean an expert can process, from 1 to 4; tokens beyond it are
            dropped, as in the Switch Transformer (Fedus et al. 2021).
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for loads that are not a table of counts, and for a setting out of bounds.

    """

    step = Integer(0, min=0, max=MAX_STEPS).tag(sync=True, url=True)
    capacity = Number(1.25, min=1, max=4).tag(sync=True, url=True)
    loads: traitlets.List[Any] = traitlets.List(read_only=True).tag(
        sync=True, most_items=MAX_STEPS + 1
    )

    def __init__(self, loads: Sequence[Sequence[int]], **state: Any) -> None:
        if not 1 <= len(loads) <= MAX_STEPS + 1:
            raise WidgetError(f"loads has {len(loads):,} steps; it must have 1 to {MAX_STEPS + 1}")
        table = [_counts(number, load) for number, load in enumerate(loads)]
        first = table[0]
        for number, load in enumerate(table):
            if len(load) != len(first) or sum(load) != sum(first):
                raise WidgetError(
                    f"step {number} has {len(load)} experts and {sum(load):,} tokens; it must have "
                    f"as many as step 0, {len(first)} and {sum(first):,}"
                )
        super().__init__(loads=table, **state)

    @classmethod
    def example(cls) -> Self:
        """Return the most experts that the widget shows, before and after balancing."""
        uneven = [100 * (expert + 1) for expert in range(MAX_EXPERTS)]
        return cls([uneven, [sum(uneven) // MAX_EXPERTS] * MAX_EXPERTS])

    def fallback_html(self) -> str:
        """Return a table of the load of each expert, at the first step and at the last."""
        first, last = self.loads[0], self.loads[-1]
        rows = enumerate(zip(first, last, strict=True), start=1)
        return table_html(
            f"{sum(first):,} assignments of tokens to {len(first)} experts.",
            ("Expert", "Tokens at first", f"After {len(self.loads) - 1} steps"),
            (f"<tr><td>{n}</td><td>{a:,}</td><td>{b:,}</td></tr>" for n, (a, b) in rows),
        )


def _counts(step: int, load: Sequence[int]) -> list[int]:
    """Return the counts of a step as whole numbers; raise `WidgetError` if they are not."""
    counts = [number for number in map(whole_number, load) if number is not None and number >= 0]
    if not 2 <= len(load) <= MAX_EXPERTS or len(counts) != len(load) or not sum(counts):
        raise WidgetError(
            f"step {step} of loads must be the tokens of 2 to {MAX_EXPERTS} experts, whole numbers "
            "that are not all 0"
        )
    return counts
