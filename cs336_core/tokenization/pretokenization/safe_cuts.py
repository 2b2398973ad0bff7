r"""Where a text may be cut in two without changing its pre-tokens.

To process a text of any size in pieces, each piece must have the pre-tokens that it has within the
whole text. For the patterns in `MACHINES` nearly every line has such a safe cut:

- before a space that follows other text: none of their pre-tokens continues from text into a space,
  and the left piece does not end in white space, so `\s+(?!\S)` sees no difference;
- before a line end or a Chinese comma or full stop that follows a letter or a number;
- after a single line end between two characters that are neither white space nor a slash (which
  o200k takes together with the line end).

Nothing is known about a custom pattern, so a text for it is cut at special tokens only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cs336_core.tokenization.arguments import check_text
from cs336_core.tokenization.pretokenization.patterns import MACHINES
from cs336_core.tokenization.pretokenization.special_tokens import SpecialTokens

PIECE = 1 << 18  # characters: the arrays of a piece stay in the processor's cache

# Never cut next to half-decoded bytes (surrogates): they may turn out to be any character.
_TEXT = r"[^\s\ud800-\udfff]"
_CUT = re.compile(
    rf"(?<={_TEXT})(?= )|(?<=[^\W_])(?=[\n，。、])|(?<={_TEXT}\n)(?=[^\s/\ud800-\udfff])"
)


def can_cut(pattern: str | None) -> bool:
    """Whether safe cuts are known for this pattern."""
    return pattern is not None and pattern in MACHINES


def find_cut(text: str, begin: int, specials: SpecialTokens) -> int | None:
    """Return the position of the first safe cut in `text` from `begin` on, or `None`.

    The text may continue after its end, so the end is not a safe cut, and neither is a position so
    close to it that a special token could cross.

    >>> find_cut("to be or not", 3, SpecialTokens([]))
    5
    """
    last = len(text) - specials.longest
    for match in _CUT.finditer(text, begin):
        if match.start() > last:
            break
        if not specials.cross(text, match.start()):
            return match.start()
    return None


def pieces(
    strings: Iterable[str], pattern: str | None, specials: SpecialTokens, size: int = PIECE
) -> Iterator[str]:
    """Cut the concatenated `strings` into pieces of about `size` characters.

    The pieces have the pre-tokens and special tokens of the whole text. Memory holds little more
    than one piece if `can_cut(pattern)`, otherwise the whole text.
    """
    waiting: list[str] = []
    length = 0
    required = size
    for string in strings:
        check_text(string)
        waiting.append(string)
        length += len(string)
        if length < required or not can_cut(pattern):
            continue
        text = "".join(waiting)
        begin = 0
        while (cut := find_cut(text, begin + size, specials)) is not None:
            yield text[begin:cut]
            begin = cut
        waiting, length = [text[begin:]], len(text) - begin
        # A text without a safe cut is searched again only when it has doubled.
        required = max(size, 2 * length) if length >= size else size
    if rest := "".join(waiting):
        yield rest
