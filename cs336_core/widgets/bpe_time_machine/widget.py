"""Byte pair encoding on any text, one merge at a time, forward and backward."""

from __future__ import annotations

import html
import json
import random
import re
from collections.abc import Mapping
from typing import Any, Literal, Self, get_args

import traitlets

from cs336_core.tokenization.bpe_words import TieBreak, WordBPEStep, word_bpe_steps
from cs336_core.tokenization.params import Merges
from cs336_core.tokenization.pretokenization.patterns import GPT2
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import Integer, WidgetError
from cs336_core.ui.token_html import token_html

LONGEST_TEXT = 4000
MAX_MERGES = 1000
_FALLBACK_ROWS = 60

Pretokenization = Literal["none", "gpt2"]
Part = Literal["training", "encoding"]
_NEEDS_QUOTES = re.compile(r'^"|[\n\r\t]|\s$')
_COUNTED_WORD = re.compile(r"(.+?)[ \t]+(\d{1,10})\s*", re.DOTALL)


class BPETimeMachine(CourseWidget):
    """Byte pair encoding on a text that the reader may change, merge by merge.

    Args:
        text: the training text, at most 4,000 bytes of UTF-8 (each byte is a chip on the screen).
        num_merges: how many merges to learn, at most 1,000; fewer if no pair is left.
        words: words with their counts, to train on instead of a text.
        tie_break: which of several equally frequent pairs merges.
        pretokenization: how to split a text into words that no merge crosses.
        step: the number of merges shown at first. Moving the slider changes it; setting it moves
            the slider. It is clamped to 0 and `num_merges`.
        part: the part shown at first: the training, or the encoding of `new_text`.
        new_text: the text that the learned merges encode.
        new_step: the number of merges applied to `new_text` at first.
        page: which part of a long text is shown at first, counted from 1.
        token: the id of the token whose merges are shown; -1 for the newest.
        predict: whether the reader predicts each merge before it is shown.
        compact: show only the training of a text that the reader may change, without settings,
            predictions, merge trees and encoding.
        key: the widget's name in the page's URL.

    Raises:
        WidgetError: if text and words are both given or both missing, empty or too long, if there
            are more merges than can be shown, or if `tie_break`, `pretokenization` or `part` is
            unknown.

    """

    text = traitlets.Unicode("").tag(sync=True, url=True, most_bytes=LONGEST_TEXT)
    kind = traitlets.Enum(["text", "word-counts"], "text").tag(sync=True, url=True)
    num_merges = Integer(12, min=0, max=MAX_MERGES).tag(sync=True, url=True)
    tie_break = traitlets.Enum(get_args(TieBreak), "first-seen").tag(sync=True, url=True)
    pretokenization = traitlets.Enum(get_args(Pretokenization), "none").tag(sync=True, url=True)
    step = Integer(0).tag(sync=True, url=True)
    part = traitlets.Enum(get_args(Part), "training").tag(sync=True, url=True)
    new_text = traitlets.Unicode("that hat").tag(sync=True, url=True)
    new_step = Integer(0).tag(sync=True, url=True)
    page = Integer(1, min=1).tag(sync=True, url=True)
    token = Integer(-1, min=-1).tag(sync=True, url=True)
    predict = traitlets.Bool(False).tag(sync=True, url=True)
    compact = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        text: str = "",
        num_merges: int = 12,
        *,
        words: Mapping[str, int] | None = None,
        **state: Any,
    ) -> None:
        if (words is None) == (text == ""):
            raise WidgetError("the time machine takes a text or words: pass exactly one of them")
        if state.get("compact") and state.get("part") == "encoding":
            raise WidgetError("a compact time machine shows only the training; leave out part")
        if words is None:
            super().__init__(text=text, kind="text", num_merges=num_merges, **state)
        else:
            text = _write_counts(words)
            super().__init__(text=text, kind="word-counts", num_merges=num_merges, **state)

    @property
    def counts(self) -> dict[str, int]:
        """The training words with their counts, in order of first appearance."""
        if self.kind == "word-counts":
            return _read_counts(self.text)
        counts: dict[str, int] = {}
        for word in _split(self.text, self.pretokenization):
            counts[word] = counts.get(word, 0) + 1
        return counts

    @property
    def merges(self) -> Merges:
        """The merges learned with the current settings."""
        return [step.pair for step in self._steps()]

    def _steps(self) -> list[WordBPEStep]:
        return list(word_bpe_steps(self.counts, self.num_merges, self.tie_break))

    @traitlets.validate("text", "new_text")
    def _check_text(self, proposal: Any) -> str:
        text: str = proposal["value"]
        _check_size(text)
        return text

    @traitlets.validate("step")
    def _clamp_step(self, proposal: Any) -> int:
        return min(max(0, int(proposal["value"])), self.num_merges)

    @classmethod
    def example(cls) -> Self:
        """Return the longest text, halfway through the most merges."""
        rng = random.Random(336)  # noqa: S311  (a text to look at)
        letters = rng.choices("etaoinshr ", (12, 9, 8, 8, 7, 7, 6, 6, 6, 18), k=LONGEST_TEXT)
        return cls("".join(letters), MAX_MERGES, pretokenization="gpt2", step=MAX_MERGES // 2)

    @property
    def form(self) -> str:
        """The variant: "compact" or ""."""
        return "compact" if self.compact else ""

    def fallback_html(self) -> str:
        """Return a table of the first merges, one per row."""
        counts, steps = self.counts, self._steps()
        size = sum(len(word.encode()) * count for word, count in counts.items())
        ids = {bytes([byte]): byte for byte in range(256)}
        rows = []
        for rank, step in enumerate(steps[:_FALLBACK_ROWS], start=1):
            left, right = step.pair
            token_id = ids[left + right] = len(ids)
            tokens = sum(len(word) * count for word, count in step.words.items())
            rows.append(
                f"<tr><td>{rank}</td><td>{token_html(left)} + {token_html(right)}</td>"
                f"<td>{step.count}</td><td>{len(step.candidates)}</td>"
                f"<td>{token_html(left + right)}</td><td>{token_id}</td><td>{tokens}</td>"
                f"<td>{size / tokens:.2f}</td></tr>"
            )
        shown = self.text if len(self.text) <= 200 else f"{self.text[:200]}…"
        which = (
            f"the first {_FALLBACK_ROWS} of {len(steps)} merges"
            if len(steps) > _FALLBACK_ROWS
            else "every merge"
        )
        return table_html(
            f"Byte pair encoding of “{html.escape(shown)}”: {which}, from {size} bytes. Of tied "
            f"pairs, the {_TIE_BREAKS[self.tie_break]} merges.",
            _HEADS,
            rows,
        )


_HEADS = ("Merge", "Pair", "Count", "Pairs tied", "New token", "Id", "Tokens", "Bytes per token")
_TIE_BREAKS = {"first-seen": "first seen", "lexicographic": "one with the greatest bytes"}


def _check_size(text: str) -> None:
    """Raise `WidgetError` for a text that is too long to draw."""
    size = len(text.encode("utf-8"))
    if size > LONGEST_TEXT:
        raise WidgetError(
            f"the time machine draws every byte and takes at most {LONGEST_TEXT:,} of them; this "
            f"text has {size:,}. For longer texts use cs336_core.tokenization.train"
        )


def _split(text: str, pretokenization: str) -> list[str]:
    """Split a text into words; "none" makes it one word."""
    if pretokenization == "none":
        return [text] if text else []
    from cs336_core.tokenization.pretokenization.split import split  # noqa: PLC0415  (it needs numpy and regex)

    return split(text, GPT2)


def _write_counts(words: Mapping[str, int]) -> str:
    """Write counted words as the reader sees them, one per line: the word, a space, its count."""
    lines = []
    for word, count in words.items():
        if not word or count < 1:
            raise WidgetError(
                f"the word {word!r} has count {count}; words must not be empty, and counts must be "
                "1 or more"
            )
        quoted = json.dumps(word, ensure_ascii=False) if _NEEDS_QUOTES.search(word) else word
        lines.append(f"{quoted} {count}")
    if not lines:
        raise WidgetError("there are no words to train on: pass at least one with its count")
    return "\n".join(lines)


def _read_counts(text: str) -> dict[str, int]:
    """Read counted words; raise `WidgetError` for a malformed line."""
    counts: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        match = _COUNTED_WORD.fullmatch(line)
        if not match or int(match[2]) < 1:
            raise WidgetError(
                f"line {number}, {line!r}, is not a word, a space and its count (1 or more)"
            )
        word = json.loads(match[1]) if match[1].startswith('"') else match[1]
        counts[word] = counts.get(word, 0) + int(match[2])
    return counts
