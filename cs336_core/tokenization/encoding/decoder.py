"""Turns ids back into bytes, all at once or as a model generates them."""

from __future__ import annotations

import codecs
from array import array
from collections.abc import Callable
from functools import cached_property
from operator import itemgetter
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from cs336_core.tokenization.arguments import Ids, id_list
from cs336_core.tokenization.compiled import Bytes, Int64s, jit
from cs336_core.tokenization.errors import UnknownIdError
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.word_keys import eight_bytes, int64

_FEW = 32  # ids: up to here `join` is faster than a compiled function (measured)
_ROOM = 8  # bytes per id: more than most texts need
_UINT32 = np.dtype(np.uint32)  # faster than to look up the type for every call
_MAX_GAP = 1 << 20  # ids without a token; with more, tables by id would be too large


class Decoder:
    """The vocabulary, to be looked up by id; the tables are built when they are first needed."""

    def __init__(self, params: BPEParams) -> None:
        """Take the vocabulary, and which special tokens do not belong to the text."""
        self._vocab = params.vocab
        in_text = params.text_tokens
        self._skipped = {
            token_id for text, token_id in params.special_tokens.items() if text not in in_text
        }

    @cached_property
    def _tokens(self) -> list[Any]:
        """The bytes of each id, `None` for an id without a token; empty if there are too many."""
        size = max(self._vocab) + 1
        if size > len(self._vocab) + _MAX_GAP:
            return []
        return list(map(self._vocab.get, range(size)))

    @cached_property
    def _tables(self) -> tuple[Int64s, Bytes]:
        """The offset and the number of bytes of each id, -1 without a token; all bytes."""
        tokens = self._tokens
        lengths = np.fromiter((len(token or b"") for token in tokens), np.int64, len(tokens))
        ranges = np.cumsum(lengths) - lengths << 32 | lengths
        ranges[[token is None for token in tokens]] = -1
        padding = bytes(8)
        return ranges, np.frombuffer(b"".join([*filter(None, tokens), padding]), np.uint8)

    def decode(self, ids: Ids, skip_special_tokens: bool = False) -> bytes:
        """Return the bytes of `ids`.

        Raises `UnknownIdError` for an id that is not in the vocabulary, `WrongTypeError` for one
        that is not an integer.
        """
        if skip_special_tokens:
            ids = [token_id for token_id in id_list(ids) if token_id not in self._skipped]
        data = None
        try:
            if type(ids) is list:
                # The fastest way to read integers; it refuses a negative one.
                numbers = array("I", ids)
                if len(ids) <= _FEW:
                    tokens = self._tokens
                    some = itemgetter(*ids)(tokens) if len(ids) > 1 else [tokens[i] for i in ids]
                    return b"".join(some)
                data = self._many(np.frombuffer(numbers, _UINT32))
            elif isinstance(ids, np.ndarray) and ids.ndim == 1 and ids.dtype.kind in "iu":
                data = self._many(ids.astype(np.int64, copy=False))
        except (TypeError, IndexError, OverflowError):
            pass  # something is wrong with them
        return self._any(id_list(ids)) if data is None else data

    def _many(self, ids: Int64s | NDArray[np.uint32]) -> bytes | None:
        """Return the bytes of many ids, compiled; `None` if one is unknown."""
        ranges, data = self._tables
        text = np.empty(_ROOM * len(ids) + 8, np.uint8)
        size = _decode(ids, ranges, data, text)
        if size + 8 > len(text):
            text = np.empty(size + 8, np.uint8)
            _decode(ids, ranges, data, text)
        return None if size < 0 else text[:size].tobytes()

    def _any(self, ids: list[int]) -> bytes:
        """Do the same for any ids, or raise an error that names the first unknown one."""
        vocab = self._vocab
        try:
            return b"".join([vocab[token_id] for token_id in ids])
        except KeyError as error:
            unknown: int = error.args[0]
        gaps = f": its {len(vocab):,} ids have gaps" if len(vocab) <= max(vocab) else ""
        raise UnknownIdError(
            f"ids[{ids.index(unknown)}] is {unknown}, which is not in the vocabulary "
            f"({min(vocab)} to {max(vocab)}{gaps}); do they come from another tokenizer?"
        )


@jit
def _decode(ids: Int64s | NDArray[np.uint32], ranges: Int64s, data: Bytes, text: Bytes) -> int:
    """Write the bytes of the tokens to `text`, eight at a time, some of them beyond the token.

    Returns how many bytes the tokens have, -1 if one is unknown. Those for which `text` is too
    short are only counted.
    """
    at = 0
    for i in range(ids.size):
        token_id = int64(ids[i])
        if token_id < 0 or token_id >= ranges.size or ranges[token_id] < 0:
            return -1
        begin, length = ranges[token_id] >> 32, ranges[token_id] & 0xFFFFFFFF
        if at + length + 8 <= text.size:
            for offset in range(0, length, 8):
                eight = eight_bytes(data, begin + offset)
                for j in range(8):
                    text[at + offset + j] = eight >> (8 * j) & 0xFF
        at += length
    return at


class StreamDecoder:
    """Decodes ids as they arrive, and never returns half a character.

    >>> decoder = StreamDecoder(bytes)
    >>> [decoder.feed(byte) for byte in "né".encode()], decoder.finish()
    (['n', '', 'é'], '')
    """

    def __init__(
        self, decode_bytes: Callable[[list[int]], bytes], *, added_space: bool = False
    ) -> None:
        """Decode with a tokenizer's `decode_bytes`; leave out the space that it puts first."""
        self._added_space = added_space
        self._decode_bytes = decode_bytes
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, ids: SupportsIndex | Ids) -> str:
        """Return the text that one or several ids complete; raise as `decode` does."""
        is_single = isinstance(ids, SupportsIndex) and getattr(ids, "ndim", 0) == 0
        listed = id_list([ids] if is_single else ids)
        text = self._decoder.decode(self._decode_bytes(listed))
        if self._added_space and text:
            self._added_space = False
            return text.removeprefix(" ")
        return text

    def finish(self) -> str:
        """Return the rest: U+FFFD for an incomplete character, otherwise nothing."""
        text = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return text
