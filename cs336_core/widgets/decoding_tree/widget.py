"""Greedy decoding, beam search and sampling: a tree that grows by one token per step."""

from __future__ import annotations

import html
from typing import Self

import traitlets

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.small_model import LONGEST_TEXT, RunsSmallModel
from cs336_core.ui.state_schema import Integer, Number
from cs336_core.ui.text_trait import Text

PROMPT = "Good night, good"
METHODS = ("greedy", "beam", "sampling")
MAX_STEPS = 8
MAX_WIDTH = 5
VOCABULARY = 1024  # of the small model


class DecodingTree(RunsSmallModel, CourseWidget):
    """How a small model continues the reader's prompt, one token per step.

    Each step shows its candidates with their probabilities, and which of them are kept. The site's
    build trains the model (`cs336_core.training.small_model`), and the figure loads it.

    Args:
        text: the prompt, at most 400 bytes of UTF-8.
        method: "greedy", "beam" or "sampling".
        width: how many beams beam search keeps, from 1 to 5.
        temperature: divides the logits before a token is sampled, from 0 to 3.
        top_k: how many of the most probable tokens may be sampled, from 1 to 1,024.
        top_p: tokens may be sampled until their probabilities add up to this, from 0.01 to 1.
        seed: of the random numbers, from 0 to 999.
        step: how many tokens have been appended, from 0 to 8.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a text that is too long, or a value that is out of bounds.

    """

    text = Text(PROMPT, LONGEST_TEXT)
    method = traitlets.Enum(METHODS, "beam").tag(sync=True, url=True)
    width = Integer(3, min=1, max=MAX_WIDTH).tag(sync=True, url=True)
    temperature = Number(1.0, min=0, max=3).tag(sync=True, url=True)
    top_k = Integer(VOCABULARY, min=1, max=VOCABULARY).tag(sync=True, url=True)
    top_p = Number(1.0, min=0.01, max=1).tag(sync=True, url=True)
    seed = Integer(1, min=0, max=999).tag(sync=True, url=True)
    step = Integer(3, min=0, max=MAX_STEPS).tag(sync=True, url=True)

    @classmethod
    def example(cls) -> Self:
        """Return the widest search after all steps, for a prompt of many tokens."""
        text = "O Romeo, Romeo! wherefore art thou Romeo? Deny thy father and refuse thy name;"
        return cls(text=text, width=MAX_WIDTH, step=MAX_STEPS)

    def fallback_html(self) -> str:
        """Return a table of what each method does in a step."""
        k = self.width
        kept = (
            ("Greedy", "The most probable token is appended.", "1"),
            (
                f"Beam search, K = {k}",
                f"Each of {k} sequences is extended by its {k} most probable tokens. Of these "
                f"{k * k} candidates, the {k} most probable are kept.",
                f"{k}",
            ),
            (
                "Sampling",
                "A token is drawn at random. Temperature, top-k and top-p change its chances.",
                "1",
            ),
        )
        return table_html(
            f"Three ways to continue “{html.escape(self.text)}”, step by step. With JavaScript, "
            "the figure runs a model and draws the tree of each.",
            ("Method", "In each step", "Sequences kept"),
            (
                f'<tr><th scope="row">{name}</th><td>{what}</td><td>{n}</td></tr>'
                for name, what, n in kept
            ),
        )
