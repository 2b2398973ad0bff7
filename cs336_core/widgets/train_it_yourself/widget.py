"""A tiny model of characters that trains in the page, on the reader's own text."""

from __future__ import annotations

from typing import Self

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import Number
from cs336_core.ui.text_trait import Text

LONGEST_TEXT = 20_000  # bytes of UTF-8
SONNET = """\
Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date.
"""


class TrainItYourself(CourseWidget):
    """A model of characters (Bengio et al. 2003) that the page trains while the reader watches.

    It reads 8 characters and predicts the next one. It starts to train when the reader says so, in
    a worker, and shows its loss and what it writes.

    Args:
        text: what the model is trained on, at most 20 kB of UTF-8.
        rate: the learning rate of Adam, 0.0001 to 1.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a text that is too long, or a rate that is out of bounds.

    """

    text = Text(SONNET, LONGEST_TEXT)
    rate = Number(0.01, min=0.0001, max=1.0).tag(sync=True, url=True)

    @classmethod
    def example(cls) -> Self:
        """Return a longer text."""
        return cls(text=SONNET * 10)

    def fallback_html(self) -> str:
        """Return a table of what the model is made of."""
        characters = sorted(set(self.text))
        rows = (
            ("Characters in the text", len(self.text)),
            ("Different characters", len(characters)),
            ("Characters that the model reads", 8),
            ("Width of an embedding", 10),
            ("Units in the hidden layer", 100),
        )
        return table_html(
            "A tiny model of characters. With JavaScript, the page trains it on your text.",
            ("Part", "Size"),
            (f'<tr><th scope="row">{name}</th><td>{size:,}</td></tr>' for name, size in rows),
        )
