"""IsoFLOP curves: what one compute budget buys with a small model, and with a large one."""

from __future__ import annotations

from typing import Any, Self

import traitlets

from cs336_core.accounting.papers import training_tokens
from cs336_core.scaling import isoflop_runs
from cs336_core.scaling.isoflop import fit_valleys
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import Integer


class Isoflop(CourseWidget):
    """Nine compute budgets with eight model sizes each, from the scaling assignment of CS336.

    Args:
        budget: the budget to look at, from 1 (6e18 FLOPs) to 9 (3e21 FLOPs).
        size: the model of that budget, from 1 (the smallest) to 8.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a budget or a size that is out of bounds.

    """

    budget = Integer(5, min=1, max=9).tag(sync=True, url=True)
    size = Integer(1, min=1, max=8).tag(sync=True, url=True)
    valleys: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)

    @traitlets.default("valleys")
    def _fitted_valleys(self) -> list[dict[str, Any]]:
        runs = sorted(isoflop_runs(), key=lambda run: run.params)
        return [
            {
                "flops": valley.flops,
                "params": valley.params,
                "loss": valley.loss,
                "curvature": valley.curvature,
                "runs": [[run.params, run.loss] for run in runs if run.flops == valley.flops],
            }
            for valley in fit_valleys(runs)
        ]

    @classmethod
    def example(cls) -> Self:
        """Return the largest model of the largest budget."""
        return cls(budget=9, size=8)

    def fallback_html(self) -> str:
        """Return a table with the best model of each budget."""
        rows = []
        for valley in self.valleys:
            tokens = training_tokens(valley["flops"], valley["params"])
            rows.append(
                f"<tr><td>{valley['flops']:.0e}</td><td>{valley['params'] / 1e9:.2f} billion</td>"
                f"<td>{tokens / 1e9:.1f} billion</td><td>{tokens / valley['params']:.1f}</td>"
                f"<td>{valley['loss']:.2f}</td></tr>"
            )
        return table_html(
            "The best model for each budget, by a parabola through its eight runs.",
            ("FLOPs", "Parameters", "Tokens", "Tokens per parameter", "Loss"),
            rows,
        )
