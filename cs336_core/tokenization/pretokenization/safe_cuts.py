r"""Where a text may be cut in two so that its pre-tokens stay the same.

To read a text of any size in pieces, each piece has to be cut into pre-tokens as it would be within
the whole. For the GPT-2, cl100k and o200k patterns there are such places in nearly every line:

- before a space that follows something else: no pre-token of theirs goes on from text into a space,
  and what is left of the cut does not end in white space, so `\s+(?!\S)` sees no difference;
- before a line end or a Chinese comma or full stop that follows a letter or a number;
- after a single line end between two characters that are neither white space nor a slash (which
  o200k takes together with the line end).

A pattern that nobody has looked at may do anything; a text for it is cut at special tokens only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cs336_core.tokenization.arguments import check_text
from cs336_core.tokenization.pretokenization.scanners import FINDERS
from cs336_core.tokenization.pretokenization.special_tokens import SpecialTokens

PIECE = 1 << 18  # characters: what a step of the vectorized code works on stays in the cache

# Half-decoded bytes (surrogates) may turn out to be anything, so no cut goes by them.
_TEXT = r"[^\s\ud800-\udfff]"
_CUT = re.compile(
    rf"(?<={_TEXT})(?= )|(?<=[^\W_])(?=[\n，。、])|(?<={_TEXT}\n)(?=[^\s/\ud800-\udfff])"
)


def can_cut(pattern: str | None) -> bool:
    """Whether it is known where a text for this pattern may be cut."""
    return pattern in FINDERS


def find_cut(text: str, begin: int, specials: SpecialTokens) -> int | None:
    """Return the first place from `begin` on where `text` may be cut; `None` where there is none.

    The text may go on after its end, so the end is no such place, nor is one so close to it that a
    special token could lie across.

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
    """Cut the text that `strings` make together into pieces of about `size` characters.

    The text's pre-tokens and special tokens are those of its pieces, one piece after another. Holds
    little more than a piece at a time, if `can_cut(pattern)`; else everything.
    """
    held: list[str] = []
    length = 0
    wanted = size
    for string in strings:
        check_text(string)
        held.append(string)
        length += len(string)
        if length < wanted or not can_cut(pattern):
            continue
        text = "".join(held)
        begin = 0
        while (cut := find_cut(text, begin + size, specials)) is not None:
            yield text[begin:cut]
            begin = cut
        held, length = [text[begin:]], len(text) - begin
        # A text without a place to cut is searched again only when it has doubled.
        wanted = max(size, 2 * length) if length >= size else size
    if rest := "".join(held):
        yield rest
