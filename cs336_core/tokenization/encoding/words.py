"""Turns text into ids: splits off one word after another and looks it up, or merges its bytes.

"Word" is short for pre-token here.
"""

from __future__ import annotations

import numpy as np

from cs336_core.tokenization.compiled import Bytes, Int32s, Int64s, jit
from cs336_core.tokenization.encoding.merging import SHORT, merge_word, scratch_size
from cs336_core.tokenization.encoding.tables import find_token, unpack
from cs336_core.tokenization.pretokenization.machines import next_pretoken
from cs336_core.tokenization.pretokenization.word_keys import (
    first_slot,
    int64,
    same_bytes,
    word_key,
)

SCRATCH = SHORT  # numbers for the merges of a short word
MEMO_FIELDS = 4  # numbers for each word of `memo`


@jit
def encode_words(
    data: Bytes,
    begin: int,
    end: int,
    ids: Int32s,
    count: int,
    packed: Int64s,
    memo: Int64s,
    scratch: Int64s,
) -> tuple[int, int]:
    """Write the ids of the words from `begin` to `end` to `ids[count:]`.

    Stops before a word that needs more `scratch` to merge. Returns where it stopped, and the new
    count. `memo` remembers words of this text: where their ids are in `ids`.
    """
    tables = unpack(packed)
    while begin < end:
        after = next_pretoken(tables.machine, data, begin, end, tables.kinds)
        first, second = word_key(data, begin, after)
        token = find_token(data, begin, after, first, second, tables)
        if token >= 0:
            ids[count] = token
            count += 1
            begin = after
            continue
        slot = MEMO_FIELDS * first_slot(first, second, memo.size // MEMO_FIELDS)
        if (
            memo[slot] == first
            and memo[slot + 1] == second
            and (second > 0 or same_bytes(data, begin, data, memo[slot + 2], after - begin))
        ):
            known, size = memo[slot + 3] >> 32, memo[slot + 3] & 0xFFFFFFFF
            for i in range(size):
                ids[count + i] = ids[known + i]
            count += size
        else:
            if scratch_size(after - begin) > scratch.size:
                break
            new = merge_word(data, begin, after, ids, count, scratch, tables)
            memo[slot] = first
            memo[slot + 1] = second
            memo[slot + 2] = begin
            memo[slot + 3] = count << 32 | (new - count)
            count = new
        begin = after
    return begin, count


@jit
def encode_short(data: Bytes, work: Int32s, packed: Int64s) -> int:
    """Write the ids of a short text to `work`; return their number, or -1 if it has a long word."""
    scratch = work.view(np.int64)[work.size // 2 - SCRATCH - MEMO_FIELDS :]
    memo = scratch[SCRATCH:]
    memo[1] = 0
    zero = int64(0)  # a literal would be a type of its own, for which numba compiles everything
    begin, count = encode_words(data, zero, len(data), work, zero, packed, memo, scratch[:SCRATCH])
    return count if begin == len(data) else -1


@jit
def encode_segments(
    data: Bytes,
    ends: Int64s,
    segment: int,
    begin: int,
    ids: Int32s,
    count: int,
    ends_of_ids: Int64s,
    packed: Int64s,
    memo: Int64s,
    scratch: Int64s,
) -> tuple[int, int, int]:
    """Write the ids of each segment of `data` to `ids`, and where they end to `ends_of_ids`.

    Begins in a segment, and stops before a word that needs more `scratch`. Returns the segment, the
    position and the count, to go on from there.
    """
    while segment < ends.size:
        begin, count = encode_words(data, begin, ends[segment], ids, count, packed, memo, scratch)
        if begin < ends[segment]:
            break
        ends_of_ids[segment] = count
        segment += 1
    return segment, begin, count
