"""What the tools raise when the reader has to do something."""

from __future__ import annotations

from pathlib import Path


class Trouble(Exception):  # noqa: N818 - it is told to the reader as a sentence, not as an error
    """Something the reader can put right, as one sentence that says what is wrong and the way out.

    `tail` is what the reader sees above the sentence, where it does not tell enough. Of a program
    that failed, `output` is what it said last, and `log` the file with all that it said.
    """

    def __init__(
        self, sentence: str, *, log: Path | None = None, tail: str = "", output: str = ""
    ) -> None:
        super().__init__(sentence)
        self.log = log
        self.tail = tail
        self.output = output
