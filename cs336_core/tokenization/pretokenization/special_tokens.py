"""Finds special tokens in text: each stands for one id, and no merge crosses it.

If two of them match at the same position, the longer one wins; otherwise the one that begins first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile

# The end of one text and the beginning of the next: a byte that never occurs in UTF-8.
EDGE_BYTE = b"\xff"


class SpecialTokens:
    """Finds special tokens in text.

    >>> SpecialTokens(["<a>", "<a><b>"]).split("x<a><b>y")
    ['x', '<a><b>', 'y']
    """

    def __init__(self, texts: Iterable[str]) -> None:
        longest_first = sorted(texts, key=len, reverse=True)
        self.longest = max(map(len, longest_first), default=0)
        either = (
            "|".join(map(re.escape, longest_first)) if longest_first else "(?!)"
        )  # matches nothing
        self._pattern = re.compile(either)
        self._split = re.compile(f"({either})")
        self._bytes = re.compile(either.encode("utf-8", "surrogatepass"))
        self._prefix = _common_prefix(longest_first)
        self._texts = longest_first
        self.names = frozenset(longest_first)

    def only(self, names: frozenset[str]) -> SpecialTokens:
        """Return a finder for some of these special tokens, or for other texts."""
        if not names:
            return NO_SPECIAL_TOKENS
        return self if names == self.names else SpecialTokens(names)

    def __bool__(self) -> bool:
        """Whether there are any special tokens."""
        return bool(self._texts)

    def first(self, text: str) -> re.Match[str] | None:
        """Return the first special token in `text`."""
        # The search for their common prefix is the fastest way to rule them all out.
        return self._pattern.search(text) if self._texts and self._prefix in text else None

    def split(self, text: str) -> list[str]:
        """Split `text` into ordinary text and special tokens, alternating."""
        return self._split.split(text)

    def to_edges(self, data: bytes) -> bytes:
        """Replace every special token in UTF-8 by an edge."""
        return self._bytes.sub(EDGE_BYTE, data) if self else data

    def cross(self, text: str, position: int) -> bool:
        """Whether a special token begins before `position` in `text` and ends after it."""
        # Every match in a window of 2 * len(token) - 2 characters crosses its middle.
        return any(
            token in text[max(0, position - len(token) + 1) : position + len(token) - 1]
            for token in self._texts
        )


def _common_prefix(texts: Iterable[str]) -> str:
    """Return the longest common prefix of the texts.

    >>> _common_prefix(["<|end|>", "<|begin|>"])
    '<|'
    """
    columns = zip(*texts, strict=False)
    return "".join(column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns))


NO_SPECIAL_TOKENS = SpecialTokens([])
