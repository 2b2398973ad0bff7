"""Prefill and decode: the minimum time of a forward pass against the tokens in it."""

from __future__ import annotations

from typing import Any, Self

import traitlets

from cs336_core.accounting import H100, forward_seconds
from cs336_core.accounting.machines import BYTES
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.machines import machine_states
from cs336_core.ui.state_schema import Integer, Number


class TokensPerPass(CourseWidget):
    """The minimum time of a forward pass on one H100, in bf16.

    Args:
        tokens: in one pass, from 1 (decode) to 4,096 (the prefill of a long prompt).
        billion_params: the model's parameters in billions, from 1 to 40, as many as fit.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a number that is out of bounds.

    """

    tokens = Integer(1, min=1, max=4096).tag(sync=True, url=True)
    billion_params = Number(13.0, min=1, max=40).tag(sync=True, url=True)
    chip: traitlets.Dict[str, Any] = traitlets.Dict(read_only=True).tag(sync=True)

    @traitlets.default("chip")
    def _h100(self) -> dict[str, Any]:
        (state,) = [each for each in machine_states() if each["key"] == "h100"]
        return state | {"bytes_per_param": BYTES["bf16"]}

    @classmethod
    def example(cls) -> Self:
        """Return the most tokens that the widget shows."""
        return cls(tokens=4096)

    def fallback_html(self) -> str:
        """Return a table with a row for each number of tokens."""
        rows = []
        for tokens in (1, 10, 100, 1000, 4000):
            seconds = forward_seconds(self.billion_params * 1e9, tokens, H100)
            rows.append(
                f"<tr><td>{tokens:,}</td><td>{1000 * seconds:.1f} ms</td>"
                f"<td>{tokens / seconds:,.0f}</td></tr>"
            )
        return table_html(
            f"The minimum time of a forward pass of {self.billion_params:g} billion parameters on "
            f"one {H100.name}.",
            ("Tokens in the pass", "Time", "Tokens per second"),
            rows,
        )
