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
from cs336_core.ui.state_schema import Integer, Number, WidgetError
from cs336_core.widgets.attention_explorer.arrays import (
    MAX_TOKENS,
    WIDEST_HEAD,
    Heads,
    as_heads,
    check_tokens,
    shape,
)

if TYPE_CHECKING:
    from torch import Tensor

Mask = Literal["none", "causal", "window", "prefix"]
Stage = Literal["scores", "masked", "weights"]


class AttentionExplorer(CourseWidget):
    """Self-attention on a sentence, with every number behind it.

    Args:
        tokens: the tokens of the sentence, at most 24.
        queries: a vector for each token, (tokens, d) or (heads, tokens, d), as a tensor, an array
            or lists; at most 8 heads and 16 entries per vector. They are rounded to 3 decimals.
        keys: the same shape as the queries.
        values: as many heads and tokens; the vectors may be wider or narrower.
        features: names for the entries of queries and keys, if they have any.
        cell: the query and the key that are selected at first; by default two different tokens with
            a large attention weight.
        mask: which keys a query may attend to at first: "none" masks nothing, "causal", a sliding
            "window", a "prefix".
        window: how many tokens a sliding window holds, including the query's own.
        prefix: how many tokens the prefix has, to which every query may attend.
        padding: how many of the last tokens are padding, to which no query may attend.
        temperature: what scores are divided by before the softmax, 0.1 to 5.
        scaled: whether scores are divided by the square root of d.
        stage: what the cells show at first: "scores", scores after the mask ("masked") or
            "weights".
        head: the head that is shown at first, counted from 0.
        row: the selected query, if `cell` is not given.
        column: the selected key, if `cell` is not given.
        key: the widget's name in the page's URL.

    `head`, `window`, `prefix`, `padding`, `row` and `column` are clamped to the number of
    heads and tokens.

    Raises:
        WidgetError: for numbers that cannot be shown, with the shape that they must have, and for a
            mask, a stage, a temperature or a cell that is out of bounds.

    """

    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True, most_items=MAX_TOKENS)
    features = traitlets.List(traitlets.Unicode()).tag(sync=True)
    q = traitlets.List(traitlets.List()).tag(sync=True)
    k = traitlets.List(traitlets.List()).tag(sync=True)
    v = traitlets.List(traitlets.List()).tag(sync=True)
    head = Integer(0).tag(sync=True, url=True)
    stage = traitlets.Enum(get_args(Stage), "weights").tag(sync=True, url=True)
    mask = traitlets.Enum(get_args(Mask), "causal").tag(sync=True, url=True)
    window = Integer(3).tag(sync=True, url=True)
    prefix = Integer(2).tag(sync=True, url=True)
    padding = Integer(0).tag(sync=True, url=True)
    temperature = Number(1.0, min=0.1, max=5.0).tag(sync=True, url=True)
    scaled = traitlets.Bool(True).tag(sync=True, url=True)
    row = Integer(0).tag(sync=True, url=True)
    column = Integer(0).tag(sync=True, url=True)

    def __init__(
        self,
        tokens: Sequence[str],
        queries: Any,
        keys: Any,
        values: Any,
        *,
        features: Sequence[str] = (),
        cell: tuple[int, int] | None = None,
        **state: Any,
    ) -> None:
        check_tokens(tokens)
        q, k, v = (
            as_heads(name, given, len(tokens))
            for name, given in (("queries", queries), ("keys", keys), ("values", values))
        )
        if shape(q) != shape(k) or len(q) != len(v):
            raise WidgetError(
                f"queries have the shape {shape(q)}, keys {shape(k)}, values {shape(v)} (heads, "
                "tokens, entries): keys need the shape of the queries, values as many heads"
            )
        if features and len(features) != len(q[0][0]):
            raise WidgetError(
                f"there are {len(features)} features and {len(q[0][0])} entries in a query; name "
                "each entry, or none"
            )
        arrays = {"tokens": list(tokens), "features": list(features), "q": q, "k": k, "v": v}
        usual = {"window": min(3, len(tokens)), "prefix": min(2, len(tokens))}
        super().__init__(**{**usual, **arrays, **state})
        if cell is None and not state.keys() & {"row", "column"}:
            cell = _large_weight(self.weights[self.head])
        if cell is not None:
            if not all(0 <= index < len(tokens) for index in cell):
                raise WidgetError(
                    f"cell is {cell}; both must be positions of tokens, 0 to {len(tokens) - 1}"
                )
            self.row, self.column = cell

    @property
    def allowed(self) -> Tensor:
        """Which query may attend to which key: (tokens, tokens), boolean."""
        import torch  # noqa: PLC0415  (other widgets do without)

        from cs336_core.model import masks  # noqa: PLC0415  (it needs torch)

        n = len(self.tokens)
        allowed = {
            "none": lambda: torch.ones(n, n, dtype=torch.bool),
            "causal": lambda: masks.causal_mask(n),
            "window": lambda: masks.window_mask(n, self.window),
            "prefix": lambda: masks.prefix_mask(n, self.prefix),
        }[self.mask]()
        return allowed & masks.padding_mask(torch.tensor([n - self.padding]), n)[0, 0]

    @property
    def weights(self) -> Heads:
        """The attention weights of each query: heads, queries, keys."""
        identity = [
            [[float(i == j) for j in range(len(self.tokens))] for i in range(len(self.tokens))]
        ]
        return self._attend(identity * len(self.q))

    @property
    def outputs(self) -> Heads:
        """The output of each query: heads, queries, entries of a value."""
        return self._attend(self.v)

    def _attend(self, values: Heads) -> Heads:
        import torch  # noqa: PLC0415  (other widgets do without)

        from cs336_core.model.attention import scaled_dot_product_attention  # noqa: PLC0415

        q, k, v = (torch.tensor(x, dtype=torch.float64) for x in (self.q, self.k, values))
        scale = 1 / (self.temperature * (math.sqrt(q.shape[-1]) if self.scaled else 1))
        outputs: Heads = scaled_dot_product_attention(q, k, v, self.allowed, scale=scale).tolist()
        return outputs

    @traitlets.validate("q", "k", "v")
    def _same_shape(self, proposal: Any) -> Heads:
        name = proposal["trait"].name
        numbers = as_heads(name, proposal["value"], len(self.tokens))
        if getattr(self, name) and shape(numbers) != shape(getattr(self, name)):
            raise WidgetError(
                f"{name} has the shape {shape(getattr(self, name))} and cannot become "
                f"{shape(numbers)}; create another explorer for another sentence"
            )
        return numbers

    @traitlets.validate("tokens")
    def _as_many_tokens(self, proposal: Any) -> list[str]:
        tokens: list[str] = proposal["value"]
        check_tokens(tokens)
        if self.q and len(tokens) != len(self.q[0]):
            raise WidgetError(
                f"there are {len(tokens)} tokens and vectors for {len(self.q[0])}; create another "
                "explorer for another sentence"
            )
        return tokens

    @traitlets.validate("head", "window", "prefix", "padding", "row", "column")
    def _within_bounds(self, proposal: Any) -> int:
        n = len(self.tokens)
        lowest, highest = {
            "head": (0, len(self.q) - 1),
            "window": (1, n),
            "prefix": (1, n),
            "padding": (0, n),
        }.get(proposal["trait"].name, (0, n - 1))
        return min(max(lowest, int(proposal["value"])), highest)

    @classmethod
    def example(cls) -> Self:
        """Return as many tokens as fit, in two heads."""
        rng = random.Random(336)  # noqa: S311  (numbers to look at)

        def heads() -> Heads:
            vectors = [[rng.gauss(0, 2) for _ in range(WIDEST_HEAD)] for _ in range(2 * MAX_TOKENS)]
            return [vectors[:MAX_TOKENS], vectors[MAX_TOKENS:]]

        tokens = [f"word{n}" for n in range(1, MAX_TOKENS + 1)]
        return cls(tokens, heads(), heads(), heads())

    def fallback_html(self) -> str:
        """Return a table of the weights for each head."""
        names = [f"<code>{html.escape(label(token.encode()))}</code>" for token in self.tokens]
        kind = {
            "none": "without a mask",
            "causal": "with a causal mask",
            "window": f"with a sliding window of {self.window}",
            "prefix": f"with a causal mask and a prefix of {self.prefix}",
        }[self.mask]
        padded = "the last one is" if self.padding == 1 else f"the last {self.padding} are"
        padding = f", of which {padded} padding" if self.padding else ""
        tables = []
        for head, weights in enumerate(self.weights, start=1):
            which = f", head {head} of {len(self.q)}" if len(self.q) > 1 else ""
            caption = (
                f"Attention weights of {len(names)} tokens{padding}, {kind}, temperature "
                f"{self.temperature:g}{which}. Each row is a query, each column a key. The weights "
                "of a row add up to 1, or are all 0 if the mask leaves nothing to attend to."
            )
            rows = [
                f'<tr><th scope="row">{name}</th>'
                + "".join(f"<td>{weight:.2f}</td>" for weight in row)
                + "</tr>"
                for name, row in zip(names, weights, strict=True)
            ]
            tables.append(table_html(caption, ["Token", *names], rows))
        return "".join(tables)


def _large_weight(weights: list[list[float]]) -> tuple[int, int]:
    """Return the cell of the largest weight between two tokens, leaving out the first queries."""
    n = len(weights)
    cells = [(row, column) for row in range(min(2, n - 1), n) for column in range(n)]
    apart = [(row, column) for row, column in cells if row != column] or cells
    return max(apart, key=lambda cell: weights[cell[0]][cell[1]])
