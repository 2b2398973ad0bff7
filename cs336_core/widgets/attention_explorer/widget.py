"""Attention on a sentence: scores, mask and softmax, cell by cell."""

from __future__ import annotations

import html
import math
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import traitlets

from cs336_core.tokenization.labels import label
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.widgets.attention_explorer.arrays import (
    MOST_TOKENS,
    WIDEST_HEAD,
    Heads,
    check_tokens,
    numbers_of,
    shape,
)

if TYPE_CHECKING:
    from torch import Tensor

COLDEST, HOTTEST = 0.1, 5.0

Mask = Literal["none", "causal", "window", "prefix"]
Stage = Literal["scores", "masked", "weights"]


class AttentionExplorer(CourseWidget):
    """Attention of a sentence to itself, of which every number can be looked into.

    Args:
        tokens: the words of the sentence, at most 24.
        queries: a row of numbers for each token, (tokens, d) or (heads, tokens, d), as a tensor, an
            array or lists; at most 8 heads and 16 numbers a row. They are rounded to 3 decimals.
        keys: as many numbers as the queries.
        values: as many rows; they may be wider or narrower.
        features: what each number of a query and a key stands for, where it has a name.
        mask: who may attend to whom at first: all to all, causal, a sliding window, a prefix.
        window: how many tokens a sliding window holds, the token itself among them.
        prefix: how many tokens the prefix has, which all may attend to.
        padding: how many of the last tokens only fill up; none attends to them.
        temperature: what scores are divided by before the softmax, 0.1 to 5.
        scaled: whether scores are divided by the square root of d.
        stage: what the cells show at first: scores, scores after the mask, or weights.
        head: which head is shown at first, counted from 0.
        cell: the query and the key that are chosen at first; without it, a pair of different tokens
            with a large weight.
        key: the widget's name in the page's URL.

    Raises:
        ValueError: for numbers that cannot be shown, with the shape that they must have, or a mask,
            a stage or a cell that there is not.

    """

    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    features = traitlets.List(traitlets.Unicode()).tag(sync=True)
    q = traitlets.List(traitlets.List()).tag(sync=True)
    k = traitlets.List(traitlets.List()).tag(sync=True)
    v = traitlets.List(traitlets.List()).tag(sync=True)
    head = traitlets.Int(0).tag(sync=True)
    stage = traitlets.Enum(get_args(Stage), "weights").tag(sync=True)
    mask = traitlets.Enum(get_args(Mask), "causal").tag(sync=True)
    window = traitlets.Int(1).tag(sync=True)
    prefix = traitlets.Int(1).tag(sync=True)
    padding = traitlets.Int(0).tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    scaled = traitlets.Bool(True).tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    column = traitlets.Int(0).tag(sync=True)

    def __init__(  # noqa: PLR0913  (each but four has a name)
        self,
        tokens: Sequence[str],
        queries: Any,
        keys: Any,
        values: Any,
        *,
        features: Sequence[str] = (),
        mask: Mask = "causal",
        window: int = 3,
        prefix: int = 2,
        padding: int = 0,
        temperature: float = 1.0,
        scaled: bool = True,
        stage: Stage = "weights",
        head: int = 0,
        cell: tuple[int, int] | None = None,
        key: str | None = None,
    ) -> None:
        check_tokens(tokens)
        q, k, v = (
            numbers_of(name, given, len(tokens))
            for name, given in (("queries", queries), ("keys", keys), ("values", values))
        )
        if shape(q) != shape(k) or len(q) != len(v):
            raise ValueError(
                f"queries are {shape(q)} numbers, keys {shape(k)}, values {shape(v)} (heads, "
                "tokens, numbers): keys need the shape of the queries, values as many heads"
            )
        if features and len(features) != len(q[0][0]):
            raise ValueError(
                f"there are {len(features)} features and {len(q[0][0])} numbers in a query; name "
                "each number, or none"
            )
        for name, value, known in (("mask", mask, Mask), ("stage", stage, Stage)):
            if value not in get_args(known):
                raise ValueError(
                    f"{name} is {value!r}; it is {' or '.join(map(repr, get_args(known)))}"
                )
        super().__init__(
            key=key, tokens=list(tokens), features=list(features), q=q, k=k, v=v, mask=mask
        )
        self.stage, self.scaled, self.temperature = stage, scaled, temperature
        self.head, self.window, self.prefix, self.padding = head, window, prefix, padding
        if cell is None:
            cell = _telling(self.weights[self.head])
        if not all(0 <= at < len(tokens) for at in cell):
            raise ValueError(f"cell is {cell}; both are places of tokens, 0 to {len(tokens) - 1}")
        self.row, self.column = cell

    @property
    def allowed(self) -> Tensor:
        """Where a query may attend to a key: (tokens, tokens), boolean."""
        import torch  # noqa: PLC0415  (a page of another figure does without)

        from cs336_core.model import masks  # noqa: PLC0415  (it needs torch)

        n = len(self.tokens)
        made = {
            "none": lambda: torch.ones(n, n, dtype=torch.bool),
            "causal": lambda: masks.causal_mask(n),
            "window": lambda: masks.window_mask(n, self.window),
            "prefix": lambda: masks.prefix_mask(n, self.prefix),
        }[self.mask]()
        return made & masks.padding_mask(torch.tensor([n - self.padding]), n)[0, 0]

    @property
    def weights(self) -> Heads:
        """What each query gives to each key, with what is set now."""
        identity = [
            [[float(i == j) for j in range(len(self.tokens))] for i in range(len(self.tokens))]
        ]
        return self._attend(identity * len(self.q))

    @property
    def outputs(self) -> Heads:
        """The values as each query mixes them, with what is set now."""
        return self._attend(self.v)

    def _attend(self, values: Heads) -> Heads:
        import torch  # noqa: PLC0415  (a page of another figure does without)

        from cs336_core.model.attention import scaled_dot_product_attention  # noqa: PLC0415

        q, k, v = (torch.tensor(x, dtype=torch.float64) for x in (self.q, self.k, values))
        scale = 1 / (self.temperature * (math.sqrt(q.shape[-1]) if self.scaled else 1))
        mixed: Heads = scaled_dot_product_attention(q, k, v, self.allowed, scale=scale).tolist()
        return mixed

    @traitlets.validate("q", "k", "v")
    def _of_the_same_shape(self, proposal: Any) -> Heads:
        name = proposal["trait"].name
        numbers = numbers_of(name, proposal["value"], len(self.tokens))
        if getattr(self, name) and shape(numbers) != shape(getattr(self, name)):
            raise ValueError(
                f"{name} had the shape {shape(getattr(self, name))} and is given {shape(numbers)}"
                "; make a new explorer for another sentence"
            )
        return numbers

    @traitlets.validate("tokens")
    def _as_many_tokens(self, proposal: Any) -> list[str]:
        tokens: list[str] = proposal["value"]
        check_tokens(tokens)
        if self.q and len(tokens) != len(self.q[0]):
            raise ValueError(
                f"there are {len(tokens)} tokens and numbers for {len(self.q[0])}; make a new "
                "explorer for another sentence"
            )
        return tokens

    @traitlets.validate("head", "window", "prefix", "padding", "row", "column")
    def _within_bounds(self, proposal: Any) -> int:
        n = len(self.tokens)
        least, most = {
            "head": (0, len(self.q) - 1),
            "window": (1, n),
            "prefix": (1, n),
            "padding": (0, n),
        }.get(proposal["trait"].name, (0, n - 1))
        return min(max(least, int(proposal["value"])), most)

    @traitlets.validate("temperature")
    def _neither_too_cold_nor_too_hot(self, proposal: Any) -> float:
        temperature = float(proposal["value"])
        if not math.isfinite(temperature):
            raise ValueError(f"temperature is {temperature}; it is a number, 0.1 to 5")
        return min(max(COLDEST, temperature), HOTTEST)

    @classmethod
    def example(cls) -> Self:
        """Return as many tokens as fit, in two heads."""
        rng = random.Random(336)  # noqa: S311  (numbers to look at)
        shape = (2, MOST_TOKENS, WIDEST_HEAD)
        q, k, v = (
            [
                [[rng.gauss(0, 2) for _ in range(shape[2])] for _ in range(shape[1])]
                for _ in range(shape[0])
            ]
            for _ in range(3)
        )
        return cls([f"word{n}" for n in range(1, MOST_TOKENS + 1)], q, k, v)

    def fallback_html(self) -> str:
        """Return a table of the weights for each head."""
        names = [f"<code>{html.escape(label(token.encode()))}</code>" for token in self.tokens]
        kind = {
            "none": "without a mask",
            "causal": "with a causal mask",
            "window": f"with a sliding window of {self.window}",
            "prefix": f"with a causal mask and a prefix of {self.prefix}",
        }[self.mask]
        filled = f", of which the last {self.padding} only fill up" if self.padding else ""
        tables = []
        for head, weights in enumerate(self.weights, start=1):
            which = f", head {head} of {len(self.q)}" if len(self.q) > 1 else ""
            caption = (
                f"Attention of {len(names)} tokens{filled}, {kind}, temperature "
                f"{self.temperature:g}{which}. A row is a token that looks at others, a column one "
                "that is looked at; the weights of a row add up to 1, or are all 0 where there is "
                "nothing to attend to."
            )
            rows = [
                f'<tr><th scope="row">{name}</th>'
                + "".join(f"<td>{weight:.2f}</td>" for weight in row)
                + "</tr>"
                for name, row in zip(names, weights, strict=True)
            ]
            tables.append(table_html(caption, ["Token", *names], rows))
        return "".join(tables)


def _telling(weights: list[list[float]]) -> tuple[int, int]:
    """Return a cell worth a look: the largest weight between two tokens, after the first few."""
    n = len(weights)
    cells = [(row, column) for row in range(min(2, n - 1), n) for column in range(n)]
    apart = [(row, column) for row, column in cells if row != column] or cells
    return max(apart, key=lambda cell: weights[cell[0]][cell[1]])
