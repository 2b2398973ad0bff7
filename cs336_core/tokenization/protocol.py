"""What every tokenizer here can do, whatever its tokens are."""

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
        """The number of ids: a model's table of embeddings has one row for each."""
        ...

    def encode(self, text: str) -> list[int]:
        """Turn `text` into ids."""
        ...

    def decode(self, ids: Iterable[int]) -> str:
        """Turn `ids` back into text; raise `UnknownIdError` for an id that stands for nothing."""
        ...
