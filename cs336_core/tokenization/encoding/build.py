"""Builds the tables of a tokenizer, and finds the merges behind the tokens of a rank file."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cs336_core.tokenization.compiled import Int32s, Int64s, jit
from cs336_core.tokenization.encoding.merging import merge_word, scratch_size
from cs336_core.tokenization.encoding.tables import (
    NO_RANK,
    Tables,
    add_pair,
    add_token,
    pack,
    rank_of,
    unpack,
)
from cs336_core.tokenization.pretokenization.kinds import character_kinds
from cs336_core.tokenization.pretokenization.word_keys import FREE, int64, word_key


def build_tables(
    machine: int,
    tokens: Sequence[bytes],
    byte_tokens: Int32s,
    merges: Int32s | None,
    *,
    ignore_merges: bool,
) -> Int64s:
    """Return the packed tables of a tokenizer.

    `tokens` has the bytes of each token, empty for one that no word becomes, and `merges` one row
    per rank: the left and the right token, and the token that they become. Without merges, they
    follow from the tokens, whose numbers are the ranks. A word becomes a token at once if merging
    its bytes gives this token; with `ignore_merges`, in any case.
    """
    num_pairs = len(tokens) if merges is None else max(len(merges), 1)
    packed = _allocate(machine, tokens, byte_tokens, num_pairs)
    lengths = np.fromiter(map(len, tokens), np.int64, len(tokens))
    longest = int(lengths.max(initial=0))
    ids, scratch = np.empty(longest + 1, np.int32), np.empty(scratch_size(longest), np.int64)
    if merges is None:
        _find_merges(packed, np.argsort(lengths, kind="stable"), ids, scratch)
    else:
        _add_merges(packed, merges)
    _add_tokens(packed, ignore_merges, ids, scratch)
    return packed


def merges_from_tokens(tokens: Sequence[bytes]) -> Int64s:
    """Return the two parts that merge to each of some tokens, given in the order of their ranks.

    The array has one row per token, whose first number is -1 for a token that no merge produces.
    """
    number_of = {token: number for number, token in enumerate(tokens)}
    byte_tokens = [number_of.get(bytes([byte]), -1) for byte in range(256)]
    packed = build_tables(0, tokens, np.array(byte_tokens, np.int32), None, ignore_merges=True)
    keys, ranks = unpack.py_func(packed).pairs.reshape(-1, 2).T
    used = ranks != NO_RANK
    parts = np.full((len(tokens), 2), -1)
    parts[ranks[used]] = np.column_stack([keys[used] >> 32, keys[used] & 0xFFFFFFFF])
    return parts


def _allocate(machine: int, tokens: Sequence[bytes], byte_tokens: Int32s, num_pairs: int) -> Int64s:
    """Return packed tables without entries in the hash tables."""
    ends = np.cumsum(np.fromiter(map(len, tokens), np.int64, len(tokens)))
    token_slots = 1 << (2 * len(tokens)).bit_length()  # twice as many as entries, or more
    pair_slots = 1 << (num_pairs + num_pairs // 4).bit_length()  # fewer, so caches hold more
    return pack(
        Tables(
            machine=machine,
            kinds=character_kinds(),
            token_bytes=np.frombuffer(b"".join(tokens), np.uint8),
            token_begins=np.concatenate([[0], ends]).astype(np.int32),
            token_keys=np.zeros(2 * len(tokens), np.int64),
            token_slots=np.full(token_slots, FREE, np.int32),
            byte_tokens=byte_tokens,
            byte_ranks=np.full(1 << 16, NO_RANK, np.int32),
            pairs=np.full(2 * pair_slots, NO_RANK, np.int64),
            may_merge=np.zeros(pair_slots, np.uint8),
            merged=np.zeros(num_pairs, np.int32),
        )
    )


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
def _find_merges(packed: Int64s, by_length: Int64s, ids: Int32s, scratch: Int64s) -> None:
    """Fill the table of pairs with the merge that produces each token.

    Any two adjacent parts of a word merge if their bytes together are a token, the lowest rank
    first. The last two parts of a token that remain are its pair; what merges before are shorter
    tokens. So the shortest come first.
    """
    tables = unpack(packed)
    data = tables.token_bytes
    for token in by_length:
        begin, end = tables.token_begins[token], tables.token_begins[token + 1]
        if end - begin < 2 or merge_word(data, begin, end, ids, 0, scratch, tables) != 2:
            continue
        if ids[0] >= 0 and ids[1] >= 0:
            add_pair(token, ids[0], ids[1], token, tables)
            if end - begin == 2:
                tables.byte_ranks[int64(data[begin]) << 8 | int64(data[begin + 1])] = token


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
