"""A small Transformer that runs in the page, from a sentence to the next token, part by part."""

from __future__ import annotations

import html
from typing import Self

import traitlets

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.small_model import ReadsSentence


class TransformerExplorer(ReadsSentence, CourseWidget):
    """A trained Transformer on the reader's own sentence.

    It shows the embeddings, the residual stream of one position with what each head and MLP adds to
    it, the attention weights, and the probabilities of the next token. Any part can be removed.
    The site's build trains the model (`cs336_core.training.small_model`), and the figure loads it.

    Args:
        text: the sentence, at most 400 bytes of UTF-8.
        position: the position whose stream is shown, counted from 1; 0 for the last.
        part: the part that is described, such as "head-2-1" for head 1 of block 2, or "mlp-2".
        removed: the parts that are removed, separated by commas, such as "head-2-1,positions".
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a text that is too long, or a value that is out of bounds.

    """

    part = traitlets.Unicode("").tag(sync=True, url=True)
    removed = traitlets.Unicode("").tag(sync=True, url=True)

    @classmethod
    def example(cls) -> Self:
        """Return a long sentence with a head selected and parts removed."""
        text = "O Romeo, Romeo! wherefore art thou Romeo? Deny thy father and refuse thy name;"
        return cls(text=text, part="head-2-1", removed="head-1-2,mlp-3,positions")

    def fallback_html(self) -> str:
        """Return a table of the steps from the sentence to the next token."""
        rows = [
            f'<tr><th scope="row">{name}</th><td>{html.escape(what)}</td></tr>'
            for name, what in _STEPS
        ]
        return table_html(
            f"How a small Transformer reads “{html.escape(self.text)}”. With JavaScript, the "
            "figure runs the model and shows each step in numbers.",
            ("Step", "What it does"),
            rows,
        )


_STEPS = (
    ("Tokens", "The text is split into tokens from a vocabulary of 1,024."),
    ("Embedding", "Each token becomes a row of 64 numbers, the bottom of its residual stream."),
    (
        "Attention, in each of 4 blocks",
        "4 heads per block add what they find at this token and at earlier ones.",
    ),
    ("MLP, in each of 4 blocks", "A network with 176 hidden units adds what it makes of the row."),
    ("Final norm and LM head", "The row at the top gives each of the 1,024 tokens a logit."),
    ("Softmax", "The logits become the probabilities of the next token."),
)
