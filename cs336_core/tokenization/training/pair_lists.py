"""Where each pair of adjacent tokens occurs: lists of positions, linked in both directions."""

from __future__ import annotations

import numpy as np

from cs336_core.tokenization.compiled import Int32s, inlined, jit
from cs336_core.tokenization.training.state import EDGE, NONE, Pairs, Text
from cs336_core.tokenization.training.word_counts import Counts


def lay_out(words: Counts) -> Text:
    """Return the words as a text of single bytes, without pairs."""
    data, lengths = words.data, words.lengths
    size = len(data) + len(lengths) + 1
    if size > np.iinfo(np.int32).max:
        raise OverflowError(f"{size:,} bytes of distinct pre-tokens are more than 2**31 - 1")
    inside = np.ones(size, np.bool_)
    inside[0] = inside[np.cumsum(lengths + 1)] = False
    letters = np.zeros(size, np.uint8)
    letters[inside] = data
    token = np.full(size, EDGE, np.int32)
    token[inside] = data
    word = np.zeros(size, np.int32)
    word[1:] = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths + 1)
    pair, following, preceding = (np.full(size, NONE, np.int32) for _ in range(3))
    return Text(letters, token, word, pair, following, preceding, words.counts)


def pairs_of_bytes(text: Text) -> tuple[Pairs, int]:
    """List the pairs of the bytes of a text; return their number too."""
    left, right, first, last, index = (np.full(1 << 16, NONE, np.int32) for _ in range(5))
    pairs = Pairs(left, right, np.zeros(1 << 16, np.int64), first, last)
    found = find_pairs(text, pairs, index)
    return Pairs._make(array[:found].copy() for array in pairs), found


@jit
def find_pairs(text: Text, pairs: Pairs, index: Int32s) -> int:
    """List the pairs of bytes; return their number. `index` has 256 * 256 entries of `NONE`."""
    size = 0
    for here in range(1, len(text.token) - 1):
        left, right = text.token[here], text.token[here + 1]
        if EDGE in (left, right):
            continue
        pair = index[256 * left + right]
        if pair == NONE:
            pair = size
            size += 1
            index[256 * left + right] = pair
            start_list(pair, left, right, pairs)
        add_position(here, pair, text.counts[text.word[here]], text, pairs)
    return size


@inlined
def start_list(pair: int, left: int, right: int, pairs: Pairs) -> None:
    """Enter a new pair, without occurrences."""
    pairs.left[pair] = left
    pairs.right[pair] = right
    pairs.frequency[pair] = 0
    pairs.first[pair] = pairs.last[pair] = NONE


@inlined
def add_position(here: int, pair: int, weight: int, text: Text, pairs: Pairs) -> None:
    """Append an occurrence to the list of a pair, in a word that occurs `weight` times."""
    last = pairs.last[pair]
    if last == NONE:
        pairs.first[pair] = here
    else:
        text.following[last] = here
    text.pair[here] = pair
    text.preceding[here] = last
    text.following[here] = NONE
    pairs.last[pair] = here
    pairs.frequency[pair] += weight


@inlined
def remove_position(here: int, weight: int, text: Text, pairs: Pairs) -> None:
    """Take an occurrence out of the list of its pair."""
    pair = text.pair[here]
    before, after = text.preceding[here], text.following[here]
    if before == NONE:
        pairs.first[pair] = after
    else:
        text.following[before] = after
    if after == NONE:
        pairs.last[pair] = before
    else:
        text.preceding[after] = before
    pairs.frequency[pair] -= weight
