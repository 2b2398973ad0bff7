"""Byte pair encoding on any text, forwards and backwards in time."""

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
from cs336_core.ui.token_html import token_html

LONGEST_TEXT = 4000
MOST_MERGES = 1000
_ROWS = 60  # merges of the fallback

Pretokenization = Literal["none", "gpt2"]
Part = Literal["training", "encoding"]
_NEEDS_QUOTES = re.compile(r'^"|[\n\r\t]|\s$')
_COUNTED = re.compile(r"(.+?)[ \t]+(\d{1,10})\s*", re.DOTALL)


class BPETimeMachine(CourseWidget):
    """Byte pair encoding on a text that the reader may change, merge by merge.

    Args:
        text: what to train on, at most 4,000 bytes of UTF-8 (each byte is a chip on the screen).
        num_merges: how many merges to learn, at most 1,000; fewer are made where nothing is left.
        words: words with their counts, to train on in place of a text.
        tie_break: which of several equally frequent pairs merges.
        pretokenization: how a text is cut into words that no merge crosses.
        step: how many merges are done at first. Moving the slider changes it, setting it moves the
            slider. It is kept within 0 and `num_merges`.
        part: which part is shown at first, the training, or the encoding of `new_text`.
        new_text: what the learned merges encode.
        compact: show the training alone, without settings, predictions, origins and encoding.
        key: the widget's name in the page's URL.

    Raises:
        ValueError: for a text or words that are empty, too long or not both given, more merges than
            can be shown, or a tie-break, pre-tokenization or part that there is not.

    """

    text = traitlets.Unicode("").tag(sync=True)
    kind = traitlets.Enum(["text", "word-counts"], "text").tag(sync=True)
    num_merges = traitlets.Int(0, min=0, max=MOST_MERGES).tag(sync=True)
    tie_break = traitlets.Enum(get_args(TieBreak), "first-seen").tag(sync=True)
    pretokenization = traitlets.Enum(get_args(Pretokenization), "none").tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    part = traitlets.Enum(get_args(Part), "training").tag(sync=True)
    new_text = traitlets.Unicode("").tag(sync=True)
    new_step = traitlets.Int(0).tag(sync=True)
    compact = traitlets.Bool(False).tag(sync=True)

    def __init__(  # noqa: PLR0913  (each but two has a name)
        self,
        text: str = "",
        num_merges: int = 12,
        *,
        words: Mapping[str, int] | None = None,
        tie_break: TieBreak = "first-seen",
        pretokenization: Pretokenization = "none",
        step: int = 0,
        part: Part = "training",
        new_text: str = "that hat",
        compact: bool = False,
        key: str | None = None,
    ) -> None:
        if (words is None) == (text == ""):
            raise ValueError("give the time machine a text or words, and not both")
        if words is not None:
            text = _written(words)
        _check_size(text)
        _check_size(new_text)
        if not 0 <= num_merges <= MOST_MERGES:
            raise ValueError(
                f"num_merges is {num_merges}; the time machine has 0 to {MOST_MERGES:,}"
            )
        _check_named("tie_break", tie_break, get_args(TieBreak))
        _check_named("pretokenization", pretokenization, get_args(Pretokenization))
        _check_named("part", part, get_args(Part))
        if compact and part == "encoding":
            raise ValueError("a compact time machine shows the training; leave part out")
        super().__init__(
            key=key,
            text=text,
            kind="text" if words is None else "word-counts",
            num_merges=num_merges,
            tie_break=tie_break,
            pretokenization=pretokenization,
            part=part,
            new_text=new_text,
            compact=compact,
        )
        self.step = step

    @property
    def counts(self) -> dict[str, int]:
        """The words that are trained on, with their counts, in the order they come first."""
        if self.kind == "word-counts":
            return _read(self.text)
        counts: dict[str, int] = {}
        for word in _cut(self.text, self.pretokenization):
            counts[word] = counts.get(word, 0) + 1
        return counts

    @property
    def merges(self) -> Merges:
        """The merges that are learned with what is set now."""
        return [step.pair for step in self._steps()]

    def _steps(self) -> list[WordBPEStep]:
        return list(word_bpe_steps(self.counts, self.num_merges, self.tie_break))

    @traitlets.validate("text", "new_text")
    def _not_too_long(self, proposal: Any) -> str:
        text: str = proposal["value"]
        _check_size(text)
        return text

    @traitlets.validate("step")
    def _within_the_merges(self, proposal: Any) -> int:
        return min(max(0, int(proposal["value"])), self.num_merges)

    @classmethod
    def example(cls) -> Self:
        """Return the longest text, halfway through the most merges."""
        rng = random.Random(336)  # noqa: S311  (a text to look at)
        letters = rng.choices("etaoinshr ", (12, 9, 8, 8, 7, 7, 6, 6, 6, 18), k=LONGEST_TEXT)
        return cls("".join(letters), MOST_MERGES, pretokenization="gpt2", step=MOST_MERGES // 2)

    def fallback_html(self) -> str:
        """Return a table with a row for each of the first merges."""
        counts, steps = self.counts, self._steps()
        size = sum(len(word.encode()) * count for word, count in counts.items())
        ids = {bytes([byte]): byte for byte in range(256)}
        rows = []
        for rank, step in enumerate(steps[:_ROWS], start=1):
            left, right = step.pair
            token_id = ids[left + right] = len(ids)
            tokens = sum(len(word) * count for word, count in step.words.items())
            rows.append(
                f"<tr><td>{rank}</td><td>{token_html(left)} + {token_html(right)}</td>"
                f"<td>{step.count}</td><td>{len(step.candidates)}</td>"
                f"<td>{token_html(left + right)}</td><td>{token_id}</td><td>{tokens}</td>"
                f"<td>{size / tokens:.2f}</td></tr>"
            )
        what = self.text if len(self.text) <= 200 else f"{self.text[:200]}…"
        first = f"the first {_ROWS} of {len(steps)} merges" if len(steps) > _ROWS else "every merge"
        return table_html(
            f"Byte pair encoding of “{html.escape(what)}”: {first}, from {size} bytes; of tied "
            f"pairs the {_TIE_BREAKS[self.tie_break]} merges.",
            _HEADS,
            rows,
        )


_HEADS = ("Merge", "Pair", "Count", "Pairs tied", "New token", "Id", "Tokens", "Bytes per token")
_TIE_BREAKS = {"first-seen": "first seen", "lexicographic": "one with the greatest bytes"}


def _check_size(text: str) -> None:
    """Raise `ValueError` for a text that is too long to draw."""
    size = len(text.encode("utf-8"))
    if size > LONGEST_TEXT:
        raise ValueError(
            f"the time machine draws every byte and takes at most {LONGEST_TEXT:,} of them; this "
            f"text has {size:,}. For longer ones use cs336_core.tokenization.train"
        )


def _check_named(name: str, value: str, known: tuple[str, ...]) -> None:
    """Raise `ValueError` for a value that is none of those known."""
    if value not in known:
        raise ValueError(f"{name} is {value!r}; it is {' or '.join(map(repr, known))}")


def _cut(text: str, pretokenization: str) -> list[str]:
    """Cut a text into words; with "none" it is one."""
    if pretokenization == "none":
        return [text] if text else []
    from cs336_core.tokenization.pretokenization.spans import split  # noqa: PLC0415  (it needs numpy and regex)

    return split(text, GPT2)


def _written(words: Mapping[str, int]) -> str:
    """Write counted words as the reader sees them: a line each, the word, a space, its count."""
    lines = []
    for word, count in words.items():
        if not word or count < 0:
            raise ValueError(
                f"the word {word!r} has count {count}; a word is not empty, a count is 0 or more"
            )
        quoted = json.dumps(word, ensure_ascii=False) if _NEEDS_QUOTES.search(word) else word
        lines.append(f"{quoted} {count}")
    if not lines:
        raise ValueError("there are no words to train on: give at least one with its count")
    return "\n".join(lines)


def _read(text: str) -> dict[str, int]:
    """Read counted words; raise `ValueError` for a line that is none."""
    counts: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        found = _COUNTED.fullmatch(line)
        if not found:
            raise ValueError(f"line {number}, {line!r}, is not a word, a space and its count")
        word = json.loads(found[1]) if found[1].startswith('"') else found[1]
        counts[word] = counts.get(word, 0) + int(found[2])
    return counts
