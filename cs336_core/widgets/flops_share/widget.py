"""How the FLOPs of a layer split between attention and the MLP, by width and length."""

from __future__ import annotations

from typing import Self

from cs336_core.accounting import count_flops, flops_fraction
from cs336_core.accounting.conventions import Conventions
from cs336_core.accounting.operations import Group
from cs336_core.model.config import ModelConfig
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import Integer

_GROUPS: tuple[Group, ...] = ("mlp", "projections", "scores")


class FlopsShare(CourseWidget):
    """The split of a layer's FLOPs: the MLP, attention's projections, and its scores.

    The MLP is four times as wide as the model and not gated, every head has its own keys and
    values, and all scores are counted, also those that the mask hides.

    Args:
        d_model: the width, from 256 to 32,768.
        seq_len: the length of the sequence, from 128 to 1,048,576 tokens.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a number that is out of bounds.

    """

    d_model = Integer(12_288, min=256, max=32_768).tag(sync=True, url=True)
    seq_len = Integer(2048, min=128, max=1_048_576).tag(sync=True, url=True)

    @classmethod
    def example(cls) -> Self:
        """Return the widest model on the longest sequence."""
        return cls(d_model=32_768, seq_len=1_048_576)

    def fractions(self, seq_len: int | None = None) -> dict[str, float]:
        """Return the fractions of the MLP, the projections and the scores, counted.

        >>> {name: round(part, 3) for name, part in FlopsShare().fractions().items()}
        {'mlp': 0.649, 'projections': 0.324, 'scores': 0.027}
        """
        length = seq_len or self.seq_len
        layer = ModelConfig(
            vocab_size=1, context_length=length, n_layers=1, d_model=self.d_model, n_heads=1,
            activation="relu", positions="none",
        )  # fmt: skip
        counted = count_flops(layer, 1, length, Conventions(head=False))
        return {group: flops_fraction(counted, group) for group in _GROUPS}

    def fallback_html(self) -> str:
        """Return a table with a row for each length."""
        rows = []
        for length in sorted({128, 2048, 32_768, 2 * self.d_model, self.seq_len}):
            parts = self.fractions(length)
            cells = "".join(f"<td>{100 * parts[group]:.1f} %</td>" for group in _GROUPS)
            rows.append(f"<tr><td>{length:,}</td>{cells}</tr>")
        return table_html(
            f"The FLOPs of a layer of width {self.d_model:,}. At {2 * self.d_model:,} tokens, "
            "twice the width, attention takes half.",
            ("Tokens", "MLP", "Projections", "Scores"),
            rows,
        )
