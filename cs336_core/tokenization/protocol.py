"""The interface that every tokenizer of the course has, and the bytes of one token."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable


@runtime_checkable
class Tokenizer(Protocol):
    """Text to ids and back.

    >>> from cs336_core.tokenization.simple import ByteTokenizer
    >>> isinstance(ByteTokenizer(), Tokenizer)
    True
    """

    @property
    def vocab_size(self) -> int:
        """The number of ids, which is the number of rows in a model's embedding table."""
        ...

    def encode(self, text: str) -> list[int]:
        """Turn `text` into ids."""
        ...

    def decode(self, ids: Iterable[int]) -> str:
        """Turn `ids` back into text; raise `UnknownIdError` for an id not in the vocabulary."""
        ...


def token_bytes(tokenizer: Tokenizer, token_id: int) -> bytes:
    """Return the bytes of a token, for any tokenizer whose tokens are bytes or text."""
    decode_bytes = getattr(tokenizer, "decode_bytes", None)
    if decode_bytes is None:
        return tokenizer.decode([token_id]).encode()
    token: bytes = decode_bytes([token_id])
    return token
