"""Encodes ordinary text: hands it to the compiled functions, and returns the ids they write.

An encoder only reads its tables, and whatever else a call writes belongs to that call. So threads
can share an encoder, and an interruption cannot harm it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from itertools import pairwise
from typing import Any

import numpy as np

from cs336_core.tokenization.compiled import Int32s, Int64s
from cs336_core.tokenization.encoding.build import build_tables
from cs336_core.tokenization.encoding.preparation import start_of
from cs336_core.tokenization.encoding.tables import unpack
from cs336_core.tokenization.encoding.words import (
    MEMO_FIELDS,
    SCRATCH,
    encode_segments,
    encode_short,
)
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.patterns import MACHINES, compiled
from cs336_core.tokenization.pretokenization.safe_cuts import can_cut, pieces
from cs336_core.tokenization.pretokenization.special_tokens import NO_SPECIAL_TOKENS
from cs336_core.tokenization.pretokenization.split import split

_INT32 = np.dtype(np.int32)  # faster than to look up the type for every call
_SHORT = 1000  # bytes: up to here it does not pay to remember words (measured)
_WORK = 2 * (SCRATCH + MEMO_FIELDS)  # what a short text needs besides its ids
_LONG = 1 << 24  # characters: Ctrl-C is noticed between such pieces of a longer text
_MEMO = 1 << 14  # words: a longer memo would not fit into the processor's cache


class Encoder:
    """Turns ordinary text into ids."""

    def __init__(self, params: BPEParams) -> None:
        """Build the tables of a tokenizer."""
        self._pattern = params.pattern
        self._regex = None
        if params.pattern is not None and params.pattern not in MACHINES:
            self._regex = compiled(params.pattern)
        start = start_of(params)
        self.incomplete = start.incomplete
        # In the tables, ids have no gaps: tokens are numbered in the order of their ids.
        ids, tokens = _in_order(params.ids, {*start.byte_ids, *start.incomplete} - {-1})
        self._ids = ids.astype(np.int32) if ids[-1] >= len(ids) else None
        merges = np.searchsorted(ids, np.array(start.merges, np.int64).reshape(-1, 3))
        byte_ids = np.array(start.byte_ids)
        self._packed = build_tables(
            MACHINES.get(params.pattern, MACHINES[None]),
            tokens,
            np.where(byte_ids < 0, -1, np.searchsorted(ids, byte_ids)).astype(np.int32),
            None if params.ranked else merges.astype(np.int32),
            ignore_merges=params.ignore_merges,
        )

    def encode(self, text: str) -> list[int]:
        """Return the ids of `text`; raise `UnicodeEncodeError` for a surrogate."""
        if self._regex is None and len(text) <= _SHORT:
            data: Any = text.encode()
            work = np.empty(_WORK + len(data) + len(data) % 2, _INT32)
            count = encode_short(data, work, self._packed)
            if count >= 0:
                return _listed(self._in_vocabulary(work[:count]))
        return _listed(self.encode_to_array(text))

    def encode_to_array(self, text: str) -> Int32s:
        """Return the ids of `text` as an array."""
        if len(text) > _LONG and can_cut(self._pattern):
            blocks = pieces([text], self._pattern, NO_SPECIAL_TOKENS, _LONG)
            return np.concatenate([self.encode_to_array(block) for block in blocks])
        words = [text] if self._regex is None else split(text, self._regex)
        return self._encode_segments(words)[0]

    def unreachable_tokens(self) -> list[bytes]:
        """Return the tokens that no word becomes: without `ignore_merges`, those not built."""
        tables = unpack.py_func(self._packed)
        data, begins = tables.token_bytes.tobytes(), tables.token_begins.tolist()
        return [
            data[begins[token] : begins[token + 1]]
            for token in np.flatnonzero(tables.token_keys[1::2] == 0).tolist()
            if begins[token] < begins[token + 1]
        ]

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each of several texts, which are encoded together."""
        if self._regex is not None:
            return [self.encode(text) for text in texts]
        ids, ends = self._encode_segments(texts)
        listed = _listed(ids)
        return [listed[begin:end] for begin, end in pairwise([0, *ends.tolist()])]

    def _encode_segments(self, texts: Sequence[str]) -> tuple[Int32s, Int64s]:
        """Return the ids of several texts, concatenated, and where those of each end."""
        encoded = list(map(str.encode, texts))
        data: Any = b"".join(encoded)
        ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)))
        ids, ends_of_ids = np.empty(len(data), _INT32), np.empty_like(ends)
        memo_words = min(_MEMO, 1 << (len(data) // 16).bit_length())
        memo, scratch = (
            np.zeros(memo_words * MEMO_FIELDS, np.int64),
            np.empty(16 * SCRATCH, np.int64),
        )
        segment = begin = count = 0
        while True:
            segment, begin, count = encode_segments(
                data, ends, segment, begin, ids, count, ends_of_ids, self._packed, memo, scratch
            )
            if segment == len(ends):
                return self._in_vocabulary(ids[:count]), ends_of_ids
            scratch = np.empty(4 * len(scratch), np.int64)  # for a word that is very long

    def _in_vocabulary(self, tokens: Int32s) -> Int32s:
        """Return the ids of tokens."""
        return tokens if self._ids is None else self._ids[tokens]


def _in_order(ids: Mapping[bytes, int], more: Set[int]) -> tuple[Int64s, list[bytes]]:
    """Return all ids in order, and the bytes of each; none for those of `more` without a token."""
    known = np.fromiter(ids.values(), np.int64, len(ids))
    if np.isin([*more], known).all() and (np.diff(known) > 0).all():
        return known, list(ids)
    tokens = dict.fromkeys(more, b"") | {token_id: token for token, token_id in ids.items()}
    in_order = sorted(tokens)
    return np.array(in_order), [tokens[token_id] for token_id in in_order]


def _listed(ids: Int32s) -> list[int]:
    """Return ids as a list."""
    listed: list[int] = ids.tolist()
    return listed
