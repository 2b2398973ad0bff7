"""The arrays in which merges are learned.

The distinct words are in one text, with an `EDGE` before, between and after them. A token is
written at the first and at the last position that it covers, so both neighbors of a token are found
without a search. After "l o w" and "l o w e r" have merged l + o into token 256:

    position    0    1    2    3    4    5    6    7    8    9   10
    token    EDGE  256  256    w EDGE  256  256    w    e    r EDGE
    pair             0                  0         1    2

A pair of tokens occurs where its left token begins. All occurrences of a pair are linked in a list,
from the first position to the last, in both directions: pair 0, (256, w), has the list 1, 5. So an
occurrence that vanishes leaves its list in a few steps, and counts are always exact.

Compiled code cannot change a number that it is given, so each number here is an array of one.
"""

from __future__ import annotations

from typing import NamedTuple

from cs336_core.tokenization.compiled import Bytes, Int32s, Int64s

EDGE = -1  # in place of a token: the end of a word
NONE = -1  # in place of a position or a pair


class Text(NamedTuple):
    """The distinct words as sequences of tokens, one entry per position."""

    letters: Bytes  # the bytes of the words
    token: Int32s  # the token that begins or ends here, or `EDGE`
    word: Int32s  # the index of the word
    pair: Int32s  # the pair whose left token begins here
    following: Int32s  # the next position of the same pair, or `NONE`
    preceding: Int32s  # the previous one
    counts: Int64s  # how often each word occurs (one entry per word)


class Pairs(NamedTuple):
    """All pairs that have occurred, one entry each, in the order in which they were created."""

    left: Int32s  # the left token
    right: Int32s  # the right token
    frequency: Int64s  # how often the pair occurs in the corpus
    first: Int32s  # its first position in the text, or `NONE`
    last: Int32s  # its last position, or `NONE`


class Tokens(NamedTuple):
    """The tokens so far, by id, with room for more."""

    length: Int32s  # the number of bytes
    example: Int32s  # a position of the text where the token was formed: its bytes begin there
    order: Int32s  # its rank for the tie-break `LOWEST_IDS`


class Heap(NamedTuple):
    """A binary heap: entry i comes before the entries 2i + 1 and 2i + 2."""

    size: Int64s  # the number of entries
    pair: Int32s  # the pair of each entry
    frequency: Int64s  # how often it occurred at the time of entry
    first: Int32s  # its first position at that time


class NewPairs(NamedTuple):
    """The pairs of the newest token, by their other token.

    What earlier merges left here is lower than the number of the newest token's first pair.
    """

    as_left: Int32s  # token c -> the pair (c, new)
    as_right: Int32s  # token c -> the pair (new, c)


class State(NamedTuple):
    """The five groups of arrays, and numbers."""

    text: Text
    pairs: Pairs
    tokens: Tokens
    heap: Heap
    new_pairs: NewPairs
    num_tokens: Int64s  # how many tokens there are
    num_pairs: Int64s  # how many pairs have occurred
    floor: Int64s  # pairs with a lower count are not on the heap
    max_length: Int64s  # the most bytes that a token may have
    tie_break: Int64s  # which of several equally frequent pairs merges, such as `FIRST_SEEN`
