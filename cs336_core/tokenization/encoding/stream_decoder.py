"""Decodes ids as they arrive, as a model generates them."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import SupportsIndex

from cs336_core.tokenization.ids import Ids, id_list


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
