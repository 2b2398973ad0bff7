"""The loss as a landscape over two numbers, and three optimizers that descend it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, get_args

import torch
import traitlets

from cs336_core.training.landscape import Landscape, Method, Point
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import Integer, Number, WidgetError

METHODS: dict[Method, str] = {
    "sgd": "gradient descent",
    "momentum": "with momentum",
    "adamw": "AdamW",
}
MAX_STEPS = 100
MAX_GRID = 60


class OptimizerValley(CourseWidget):
    """Gradient descent, momentum and AdamW, step by step on the same map of a loss.

    Args:
        losses: a square grid of losses: rows of equal y, columns of equal x.
        low: the x of the first column, and the y of the first row.
        high: the x of the last column, and the y of the last row.
        method: the optimizer to watch: "sgd", "momentum" or "adamw".
        lr: its learning rate.
        momentum: of "momentum", and the first beta of AdamW.
        x: where it starts.
        y: where it starts.
        step: how many steps it has taken.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a grid that is not square, and values that are out of bounds.

    """

    losses: traitlets.List[list[float]] = traitlets.List(read_only=True).tag(sync=True)
    low = Number(0.0, read_only=True).tag(sync=True)
    high = Number(1.0, read_only=True).tag(sync=True)
    method = traitlets.Enum(get_args(Method), "sgd").tag(sync=True, url=True)
    lr = Number(0.1, min=0.001, max=2).tag(sync=True, url=True)
    momentum = Number(0.9, min=0, max=0.99).tag(sync=True, url=True)
    x = Number(0.0).tag(sync=True, url=True)
    y = Number(0.0).tag(sync=True, url=True)
    step = Integer(0, min=0, max=MAX_STEPS).tag(sync=True, url=True)

    def __init__(self, losses: Sequence[Sequence[float]], **state: Any) -> None:
        rows = [[float(loss) for loss in row] for row in losses]
        n = len(rows)
        if not 2 <= n <= MAX_GRID or any(len(row) != n for row in rows):
            raise WidgetError(
                f"losses have {n} rows; they must be a square grid of 2 to {MAX_GRID} by as many"
            )
        super().__init__(losses=rows, **state)

    @classmethod
    def example(cls) -> Self:
        """Return a bowl that is ten times as steep in x as in y, after all steps of AdamW."""
        axis = torch.linspace(-1, 1, MAX_GRID)
        losses = 10 * axis.square() + axis.square()[:, None]
        position = {"x": 0.9, "y": 0.9, "lr": 0.05, "step": MAX_STEPS}
        return cls(losses.tolist(), low=-1, high=1, method="adamw", **position)

    def path(self, method: Method) -> list[Point]:
        """Return where an optimizer is at the start and after each step, while it is on the map."""
        landscape = Landscape(torch.tensor(self.losses), self.low, self.high)
        start = {"x": self.x, "y": self.y, "lr": self.lr, "momentum": self.momentum}
        return list(landscape.descend(method, **start, n_steps=MAX_STEPS))

    def fallback_html(self) -> str:
        """Return a table with the loss after a few steps of each optimizer."""
        counts = (0, 10, 30, MAX_STEPS)
        rows = []
        for method, name in METHODS.items():
            path = self.path(method)
            cells = [f"{path[n].loss:.2f}" if n < len(path) else "off the map" for n in counts]
            rows.append(f"<tr><td>{name}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
        lowest = min(min(row) for row in self.losses)
        return table_html(
            f"The loss after some steps with a learning rate of {self.lr:g}. The lowest loss on "
            f"the map is {lowest:.2f}.",
            ("Optimizer", "at the start", *(f"after {n} steps" for n in counts[1:])),
            rows,
        )
