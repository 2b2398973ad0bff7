"""The heads of a small trained Transformer, on the reader's own sentence."""

from __future__ import annotations

import html
from typing import Literal, Self, get_args

import traitlets

from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.small_model import ReadsSentence

Target = Literal["repeated", "focus", "previous", "capital", "punctuation"]

_MOST_WORDS = 24  # in the map without JavaScript


class HeadExplorer(ReadsSentence, CourseWidget):
    """What each head of a trained model attends to in the reader's sentence.

    It draws the attention weights of one head as arcs from the selected token, and as a map, and
    finds the head that attends most to the previous token, or to another target. The site's build
    trains the model (`cs336_core.training.small_model`), and the figure loads it.

    Args:
        text: the sentence, at most 400 bytes of UTF-8.
        position: the selected token, counted from 1; 0 for the last.
        target: which head is shown: the one that attends most to "repeated" tokens, to the
            "previous" one, to tokens with a "capital" letter, to "punctuation", or to one token at
            a time ("focus"), as measured on the sentence.
        head: the head that is shown instead, such as "head-2-1" for head 1 of block 2.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: for a text that is too long, an unknown target, or a position out of bounds.

    """

    target = traitlets.Enum(get_args(Target), "repeated").tag(sync=True, url=True)
    head = traitlets.Unicode("").tag(sync=True, url=True)

    @classmethod
    def example(cls) -> Self:
        """Return as many tokens as fit, with a head selected."""
        text = "O Romeo, Romeo! wherefore art thou Romeo? Deny thy father and refuse thy name;"
        return cls(text=text, head="head-2-1")

    def fallback_html(self) -> str:
        """Return a map of which word may attend to which."""
        words = self.text.split()[-_MOST_WORDS:]
        rows = [
            f'<tr><th scope="row">{i}\u2002{html.escape(word)}</th>'
            + "".join(f"<td>{'●' if j <= i else ''}</td>" for j in range(1, len(words) + 1))
            + "</tr>"
            for i, word in enumerate(words, start=1)
        ]
        return table_html(
            "Which word (row) may attend to which (column): itself and all before it. With "
            "JavaScript, the figure runs a small trained Transformer on the sentence and draws how "
            "much each of its heads attends to each token.",
            ("Word", *map(str, range(1, len(words) + 1))),
            rows,
        )
