"""What the compiled encoder looks up: tokens by their bytes, and merges by their pair.

Both are hash tables (`word_keys.py`). A slot holds the number of a token, or a pair and its rank.
Tokens are numbered in the order of their ids; where ids have no gaps, number and id are the same.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cs336_core.tokenization.compiled import Bytes, Int32s, Int64s, inlined
from cs336_core.tokenization.pretokenization.word_keys import (
    Words,
    find_word,
    first_slot,
    free_slot,
    int64,
)

NO_RANK = 2**31 - 1  # the rank of a pair that does not merge


class Tables(NamedTuple):
    """All tables of a tokenizer."""

    machine: int  # the number of the pattern's state machine
    kinds: Bytes  # the kinds of all characters, for the machine
    token_bytes: Bytes  # the bytes of all tokens, concatenated
    token_begins: Int32s  # where the bytes of each token begin, and where the last ones end
    token_keys: Int64s  # the key of each token, two numbers
    token_slots: Int32s  # the hash table of the tokens that a whole word becomes
    byte_tokens: Int32s  # the token of each byte, -1 for none
    byte_ranks: Int32s  # the rank of each pair of bytes
    pairs: Int64s  # the hash table of the pairs that merge: key and rank of each
    may_merge: Bytes  # for each hash of a pair a bit, 0 if no pair with this hash merges
    merged: Int32s  # the token that each pair becomes, by rank


def pack(tables: Tables) -> Int64s:
    """Return the tables as one array, which takes less time to pass to a function than ten."""
    arrays: list[NDArray[Any]] = list(tables[1:])
    sizes = [-(-array.nbytes // 8) for array in arrays]
    begins = np.cumsum([1 + len(tables), *sizes])
    packed = np.zeros(begins[-1], np.int64)
    packed[0] = tables.machine
    packed[1 : 1 + len(begins)] = begins
    for array, begin in zip(arrays, begins.tolist(), strict=False):
        packed[begin:].view(array.dtype)[: array.size] = array
    return packed


# numba inlines this one itself, since a function cannot return arrays without counting references.
@njit(inline="always")
def unpack(packed: Int64s) -> Tables:
    """Return the tables of a packed array; they share its memory."""
    int32s, uint8s = packed.view(np.int32), packed.view(np.uint8)
    return Tables(
        packed[0],
        uint8s[8 * packed[1] : 8 * packed[2]],
        uint8s[8 * packed[2] : 8 * packed[3]],
        int32s[2 * packed[3] : 2 * packed[4]],
        packed[packed[4] : packed[5]],
        int32s[2 * packed[5] : 2 * packed[6]],
        int32s[2 * packed[6] : 2 * packed[7]],
        int32s[2 * packed[7] : 2 * packed[8]],
        packed[packed[8] : packed[9]],
        uint8s[8 * packed[9] : 8 * packed[10]],
        int32s[2 * packed[10] : 2 * packed[11]],
    )


@inlined
def find_token(data: Bytes, begin: int, end: int, first: int, second: int, tables: Tables) -> int:
    """Return the token that the word from `begin` to `end` with this key becomes, -1 for none."""
    slots, keys = tables.token_slots, tables.token_keys
    words = Words(slots, keys, tables.token_begins, tables.token_bytes)
    return find_word(data, begin, end, first, second, words)


@inlined
def add_token(token: int, first: int, second: int, tables: Tables) -> None:
    """Add a token with its key to the hash table."""
    tables.token_slots[free_slot(first, second, tables.token_slots)] = token
    tables.token_keys[2 * token] = first
    tables.token_keys[2 * token + 1] = second


@inlined
def pair_key(left: int, right: int) -> int:
    """Return two tokens as one number."""
    return int64(left) << 32 | int64(right)


@inlined
def rank_of(left: int, right: int, tables: Tables) -> int:
    """Return the rank of a pair of tokens, `NO_RANK` if it does not merge."""
    key = pair_key(left, right)
    bit = first_slot(key, 0, 8 * tables.may_merge.size)
    if not tables.may_merge[bit >> 3] >> (bit & 7) & 1:
        return NO_RANK  # as most pairs; the bits take less room than the pairs, so they are faster
    rank: int = tables.pairs[_pair_slot(key, bit, tables.pairs) + 1]
    return rank


@inlined
def add_pair(rank: int, left: int, right: int, merged: int, tables: Tables) -> None:
    """Add a pair with its rank, unless it has a lower one already."""
    key = pair_key(left, right)
    bit = first_slot(key, 0, 8 * tables.may_merge.size)
    slot = _pair_slot(key, bit, tables.pairs)
    if tables.pairs[slot + 1] == NO_RANK:
        tables.pairs[slot], tables.pairs[slot + 1] = key, rank
        tables.may_merge[bit >> 3] |= 1 << (bit & 7)
        tables.merged[rank] = merged


@inlined
def _pair_slot(key: int, first: int, pairs: Int64s) -> int:
    """Return where the pair with this key is, or a free slot if it is new."""
    slot = 2 * first & (pairs.size - 1)
    while pairs[slot] != key and pairs[slot + 1] != NO_RANK:
        slot = (slot + 2) & (pairs.size - 1)
    return slot
