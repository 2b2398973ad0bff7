"""Bars of next-token probabilities, and what temperature, top-k, top-p and min-p leave of them."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any, Self

import traitlets

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import Integer, Number, WidgetError

MAX_TEXTS = 6
MAX_VOCABULARY = 5000
DIGITS = 3  # of a logit, which moves no probability by more than 0.1 % of itself
N_ROWS = 10  # of the fallback


class SamplingBars(CourseWidget):
    """The probabilities of the next token after each of a few texts.

    Args:
        logits: each text -> the logits of the token after it, of one length from 2 to 5,000.
        tokens: what each token is, in the order of the logits.
        text: which of the texts is shown, from 0.
        temperature: divides the logits, from 0 to 3; 0 takes the most probable token.
        top_k: how many of the most probable tokens are kept.
        top_p: tokens are kept until their probabilities add up to this, from 0.01 to 1.
        min_p: tokens are kept if they are this many times as probable as the most probable one.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for no text or too many, for logits that differ in number or are not finite,
            and for a setting that is out of bounds.

    """

    text = Integer(0, min=0, max=MAX_TEXTS - 1).tag(sync=True, url=True)
    temperature = Number(1.0, min=0, max=3).tag(sync=True, url=True)
    top_k = Integer(MAX_VOCABULARY, min=1, max=MAX_VOCABULARY).tag(sync=True, url=True)
    top_p = Number(1.0, min=0.01, max=1).tag(sync=True, url=True)
    min_p = Number(0.0, min=0, max=1).tag(sync=True, url=True)
    texts: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True, most_items=MAX_TEXTS)
    tokens: traitlets.List[str] = traitlets.List(read_only=True).tag(
        sync=True, most_items=MAX_VOCABULARY
    )

    def __init__(
        self, logits: Mapping[str, Sequence[float]], tokens: Sequence[str], **state: Any
    ) -> None:
        if not 1 <= len(logits) <= MAX_TEXTS:
            raise WidgetError(f"logits has {len(logits)} texts; it must have 1 to {MAX_TEXTS}")
        if not 2 <= len(tokens) <= MAX_VOCABULARY:
            raise WidgetError(
                f"tokens has {len(tokens):,} entries; it must have 2 to {MAX_VOCABULARY:,}"
            )
        for text, numbers in logits.items():
            if len(numbers) != len(tokens) or not all(map(math.isfinite, numbers)):
                raise WidgetError(
                    f"the logits after {text!r:.40} must be {len(tokens):,} finite numbers, one "
                    "for each token"
                )
        texts = [
            {"text": text, "logits": [round(float(number), DIGITS) for number in numbers]}
            for text, numbers in logits.items()
        ]
        super().__init__(texts=texts, tokens=list(tokens), **state)

    @classmethod
    def example(cls) -> Self:
        """Return two texts over a vocabulary of 1,024 tokens."""
        logits = {
            f"text {row}": [8 * math.sin(row * i * i) for i in range(1, 1025)] for row in (1, 2)
        }
        return cls(logits, [f" token {i}" for i in range(1, 1025)], top_k=40)

    def fallback_html(self) -> str:
        """Return a table of the most probable tokens after each text."""
        heads, columns = [], []
        for each in self.texts:
            largest = max(each["logits"])
            weights = [math.exp(logit - largest) for logit in each["logits"]]
            best = sorted(range(len(weights)), key=weights.__getitem__, reverse=True)
            columns.append(
                [
                    f"<code>{html.escape(self.tokens[i])}</code> "
                    f"{100 * weights[i] / sum(weights):.1f}\u00a0%"
                    for i in best[:N_ROWS]
                ]
            )
            heads.append(f"after “{html.escape(each['text'])}”")
        rows = zip(*columns, strict=True)
        return table_html(
            f"The most probable of {len(self.tokens):,} next tokens.",
            heads,
            ("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows),
        )
