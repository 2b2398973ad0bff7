"""The arrays in which merges are learned.

The distinct words stand in one text, with an `EDGE` before, between and after them. A token is
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

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.training.word_counts import Bytes, Integers

Indices = NDArray[np.int32]

EDGE = -1  # in place of a token: the end of a word
NONE = -1  # in place of a position or a pair


class Text(NamedTuple):
    """The distinct words as sequences of tokens, one entry per position.

    Attributes:
        letters: the bytes of the words.
        token: the token that begins or ends here, or `EDGE`.
        word: the index of the word.
        pair: the pair whose left token begins here.
        following: the next position of the same pair, or `NONE`.
        preceding: the previous one.
        counts: how often each word occurs (one entry per word).

    """

    letters: Bytes
    token: Indices
    word: Indices
    pair: Indices
    following: Indices
    preceding: Indices
    counts: Integers


class Pairs(NamedTuple):
    """All pairs that have occurred, one entry each, in the order in which they came about.

    Attributes:
        left: the left token.
        right: the right token.
        frequency: how often the pair occurs in the corpus.
        first: its first position in the text, or `NONE`.
        last: its last position, or `NONE`.

    """

    left: Indices
    right: Indices
    frequency: Integers
    first: Indices
    last: Indices


class Tokens(NamedTuple):
    """The tokens so far, by id, with room for more.

    Attributes:
        length: the number of bytes.
        example: a position of the text where the token was formed: its bytes begin there.
        order: its rank for the tie-break `LOWEST_IDS`.

    """

    length: Indices
    example: Indices
    order: Indices


class Heap(NamedTuple):
    """A binary heap: entry i comes before the entries 2i + 1 and 2i + 2.

    Attributes:
        size: the number of entries.
        pair: the pair of each entry.
        frequency: how often it occurred at the time of entry.
        first: its first position at that time.

    """

    size: Integers
    pair: Indices
    frequency: Integers
    first: Indices


class NewPairs(NamedTuple):
    """The pairs of the newest token, by their other token.

    What earlier merges left here is lower than the number of the newest token's first pair.

    Attributes:
        as_left: token c -> the pair (c, new).
        as_right: token c -> the pair (new, c).

    """

    as_left: Indices
    as_right: Indices


class State(NamedTuple):
    """The five groups of arrays, and numbers.

    Attributes:
        num_tokens: how many tokens there are.
        num_pairs: how many pairs have come about.
        floor: pairs with a lower count are not on the heap.
        max_length: the most bytes that a token may have.
        tie_break: which of several equally frequent pairs merges, such as `FIRST_SEEN`.

    """

    text: Text
    pairs: Pairs
    tokens: Tokens
    heap: Heap
    new_pairs: NewPairs
    num_tokens: Integers
    num_pairs: Integers
    floor: Integers
    max_length: Integers
    tie_break: Integers
