"""A slider that moves through the merges of byte pair encoding."""

from __future__ import annotations

import html
from typing import Any, Self

import traitlets

from cs336_core.tokenization import bpe_steps, compression_ratio
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.token_html import token_html

LONGEST_TEXT = 4000


class BPEStepper(CourseWidget):
    """Byte pair encoding on `text`, merge by merge.

    Args:
        text: what to train on, at most 4,000 bytes of UTF-8 (each byte is a chip on the screen).
        num_merges: how many merges to show; fewer are made where nothing is left to merge.
        step: how many merges are done at first. Moving the slider changes it, setting it moves
            the slider. It is kept within 0 and the number of merges.
        key: the widget's name in the page's URL.

    Raises:
        ValueError: for a text that is empty or too long, or a negative `num_merges`.

    """

    text = traitlets.Unicode(read_only=True).tag(sync=True)
    merges: traitlets.List[Any] = traitlets.List(read_only=True).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True, url=True)

    def __init__(
        self, text: str, num_merges: int = 12, *, step: int = 0, key: str | None = None
    ) -> None:
        size = len(text.encode("utf-8"))
        if not 0 < size <= LONGEST_TEXT:
            raise ValueError(
                f"the stepper draws every byte and takes 1 to {LONGEST_TEXT:,} of them; this text "
                f"has {size:,}. For longer ones use cs336_core.tokenization.bpe_steps"
            )
        self._steps = list(bpe_steps(text, num_merges))
        super().__init__(key=key)
        self.set_trait("text", text)
        self.set_trait("merges", [list(step.pair) for step in self._steps])
        self.step = step

    @traitlets.validate("step")
    def _within_the_merges(self, proposal: Any) -> int:
        return min(max(0, int(proposal["value"])), len(self.merges))

    @classmethod
    def example(cls) -> Self:
        """Return the text of the lecture."""
        return cls("the cat in the hat", 12)

    def fallback_html(self) -> str:
        """Return a table with a row a merge."""
        rows = []
        vocab = {byte: bytes([byte]) for byte in range(256)}
        for rank, step in enumerate(self._steps, start=1):
            vocab[step.new_id] = step.new_token
            left, right = (token_html(vocab[half]) for half in step.pair)
            rows.append(
                f"<tr><td>{rank}</td><td>{left} + {right}</td><td>{step.count}</td>"
                f"<td>{token_html(step.new_token)}</td><td>{step.new_id}</td>"
                f"<td>{len(step.after)}</td>"
                f"<td>{compression_ratio(self.text, step.after):.2f}</td></tr>"
            )
        return table_html(
            f"Byte pair encoding of “{html.escape(self.text)}”, merge by merge, "
            f"from {len(self.text.encode('utf-8'))} bytes.",
            ("Merge", "Pair", "Count", "New token", "Id", "Tokens", "Bytes per token"),
            rows,
        )
