"""Builds the tables of a tokenizer, and finds the merges behind the tokens of a rank file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cs336_core.tokenization.compiled import Int32s, Int64s, inlined, jit
from cs336_core.tokenization.encoding.merging import merge_word, scratch_size
from cs336_core.tokenization.encoding.tables import (
    NO_RANK,
    Tables,
    add_pair,
    add_token,
    find_token,
    pack,
    rank_of,
    unpack,
)
from cs336_core.tokenization.pretokenization.kinds import character_kinds
from cs336_core.tokenization.pretokenization.word_keys import FREE, word_key


def build_tables(
    machine: int,
    tokens: Sequence[bytes],
    byte_tokens: Int32s,
    merges: Int32s,
    *,
    ignore_merges: bool,
) -> Int64s:
    """Return the packed tables of a tokenizer.

    `tokens` has the bytes of each token, empty for one that no word becomes, and `merges` one row
    per rank: the left and the right token, and the token that they become. A word becomes a token
    at once if merging its bytes gives this token; with `ignore_merges`, in any case.
    """
    packed = _allocate(machine, tokens, byte_tokens, max(len(merges), 1))
    _add_merges(packed, merges)
    longest = max(map(len, tokens), default=0)
    ids, scratch = np.empty(longest + 1, np.int32), np.empty(scratch_size(longest), np.int64)
    _add_tokens(packed, ignore_merges, ids, scratch)
    return packed


def merges_from_tokens(tokens: Sequence[bytes]) -> Int32s:
    """Return the two parts that merge to each of some tokens, given in the order of their ranks.

    The array has one row per token. Any two adjacent parts of a token merge if their bytes together
    are a token, the lowest rank first; the last two to remain are the row, or -1 twice if more than
    two remain.
    """
    packed = _allocate(0, tokens, np.full(256, -1, np.int32), 1)
    longest = max(map(len, tokens), default=0)
    _add_tokens(packed, True, np.empty(1, np.int32), np.empty(1, np.int64))
    parts = np.full((len(tokens), 2), -1, np.int32)
    _find_parts(packed, np.empty(longest + 1, np.int64), np.empty(longest + 1, np.int64), parts)
    return parts


def _allocate(machine: int, tokens: Sequence[bytes], byte_tokens: Int32s, num_pairs: int) -> Int64s:
    """Return packed tables without entries in the hash tables."""
    ends = np.cumsum(np.fromiter(map(len, tokens), np.int64, len(tokens)))
    return pack(
        Tables(
            machine=machine,
            kinds=character_kinds(),
            token_bytes=np.frombuffer(b"".join(tokens), np.uint8),
            token_begins=np.concatenate([[0], ends]).astype(np.int32),
            token_keys=np.zeros(2 * len(tokens), np.int64),
            token_slots=_slots(len(tokens)),
            byte_tokens=byte_tokens,
            byte_ranks=np.full(1 << 16, NO_RANK, np.int32),
            pairs=np.zeros(num_pairs, np.int64),
            pair_slots=_slots(num_pairs),
            merged=np.zeros(num_pairs, np.int32),
        )
    )


def _slots(size: int) -> Int32s:
    """Return free slots for `size` entries, at least twice as many, a power of two."""
    return np.full(1 << (2 * size).bit_length(), FREE, np.int32)


@jit
def _add_merges(packed: Int64s, merges: Int32s) -> None:
    """Fill the table of pairs."""
    tables = unpack(packed)
    for rank in range(len(merges)):
        add_pair(rank, merges[rank, 0], merges[rank, 1], merges[rank, 2], tables)
    bytes_ = tables.byte_tokens
    for left in range(256):
        for right in range(256):
            if bytes_[left] >= 0 and bytes_[right] >= 0:
                tables.byte_ranks[left << 8 | right] = rank_of(bytes_[left], bytes_[right], tables)


@jit
def _add_tokens(packed: Int64s, ignore_merges: bool, ids: Int32s, scratch: Int64s) -> None:
    """Fill the table of tokens that a whole word becomes."""
    tables = unpack(packed)
    data = tables.token_bytes
    for token in range(tables.token_keys.size // 2):
        begin, end = tables.token_begins[token], tables.token_begins[token + 1]
        if begin == end:
            continue
        if ignore_merges or (
            merge_word(data, begin, end, ids, 0, scratch, tables) == 1 and ids[0] == token
        ):
            first, second = word_key(data, begin, end)
            add_token(token, first, second, tables)


@jit
def _find_parts(packed: Int64s, begins: Int64s, ranks: Int64s, parts: Int32s) -> None:
    """Merge the bytes of each token until two parts remain.

    `begins` has where each part begins, and where the last one ends, and `ranks` the rank of each
    together with the next.
    """
    tables = unpack(packed)
    for token in range(len(parts)):
        begin, end = tables.token_begins[token], tables.token_begins[token + 1]
        for i in range(end - begin + 1):
            begins[i] = begin + i
        if _merge_parts(begins, ranks, end - begin, tables) == 2:
            left = _rank_between(begins[0], begins[1], tables)
            right = _rank_between(begins[1], begins[2], tables)
            if max(left, right) != NO_RANK:
                parts[token, 0], parts[token, 1] = left, right


@inlined
def _merge_parts(begins: Int64s, ranks: Int64s, size: int, tables: Tables) -> int:
    """Merge the `size` parts of one token until two remain or none merge; return their number."""
    for i in range(size - 1):
        ranks[i] = _rank_between(begins[i], begins[i + 2], tables)
    while size > 2:
        at = 0
        for i in range(1, size - 1):
            if ranks[i] < ranks[at]:
                at = i
        if ranks[at] == NO_RANK:
            break
        size -= 1
        for i in range(at + 1, size + 1):
            begins[i] = begins[i + 1]
        for i in range(at + 1, size - 1):
            ranks[i] = ranks[i + 1]
        if at + 1 < size:
            ranks[at] = _rank_between(begins[at], begins[at + 2], tables)
        if at > 0:
            ranks[at - 1] = _rank_between(begins[at - 1], begins[at + 1], tables)
    return size


@inlined
def _rank_between(begin: int, end: int, tables: Tables) -> int:
    """Return the token that consists of these bytes of `token_bytes`, `NO_RANK` for none."""
    data = tables.token_bytes
    first, second = word_key(data, begin, end)
    token = find_token(data, begin, end, first, second, tables)
    return token if token >= 0 else NO_RANK
