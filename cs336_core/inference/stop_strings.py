"""Ends a text at a stop string, although the text arrives in pieces that may cut it in two."""

from __future__ import annotations

from collections.abc import Iterable

from cs336_core._shared.validation import InvalidValueError


class StopStrings:
    r"""Passes on text up to the first stop string, and holds back what may be the start of one.

    Of several stop strings, the one that is complete first counts.

    Attributes:
        found: the stop string that ended the text, `None` so far.

    Raises:
        InvalidValueError: for an empty stop string, which would end every text at once.

    >>> stops = StopStrings(["\n\n"])
    >>> [stops.feed(piece) for piece in ["To be", "\n", "or not\n", "\nto be"]]
    ['To be', '', '\nor not', '']
    >>> stops.found
    '\n\n'

    """

    def __init__(self, strings: Iterable[str]) -> None:
        self._strings = list(strings)
        if "" in self._strings:
            raise InvalidValueError("a stop string is empty; it must have at least one character")
        self._held = ""
        self.found: str | None = None

    def feed(self, piece: str) -> str:
        """Return the text that no stop string can begin in any more; "" once one was found."""
        if self.found is not None:
            return ""
        text = self._held + piece
        found = [(text.find(stop), stop) for stop in self._strings if stop in text]
        if found:
            begin, self.found = min(found, key=lambda each: (each[0] + len(each[1]), each[0]))
            self._held = ""
            return text[:begin]
        end = len(text) - self._length_of_start(text)
        self._held = text[end:]
        return text[:end]

    def finish(self) -> str:
        """Return the text that was held back when no more arrives."""
        held, self._held = self._held, ""
        return held

    def _length_of_start(self, text: str) -> int:
        """Return how many characters at the end of `text` may belong to a stop string."""
        longest = max(map(len, self._strings), default=1)
        for length in range(min(longest - 1, len(text)), 0, -1):
            if any(stop.startswith(text[-length:]) for stop in self._strings):
                return length
        return 0
