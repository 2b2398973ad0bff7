"""Tokenizers that learn nothing: bits, bytes, characters.

Each has a weakness that byte pair encoding avoids. Bits and bytes give long sequences; characters
need a huge vocabulary, of which a text uses almost nothing. A model may emit any ids, so decoding
turns whatever is incomplete or not valid Unicode into U+FFFD, the replacement character.
"""

from __future__ import annotations

from collections.abc import Iterator

from cs336_core.tokenization.arguments import Ids, id_list, utf8
from cs336_core.tokenization.errors import UnknownIdError

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class BitTokenizer:
    """A token is one bit: eight for each UTF-8 byte, the most significant first.

    >>> BitTokenizer().encode("a")
    [0, 1, 1, 0, 0, 0, 0, 1]
    >>> len(BitTokenizer().encode("I love LLM"))
    80
    """

    vocab_size = 2

    def encode(self, text: str) -> list[int]:
        """Return the bits of `text`; raise `EncodingError` for a lone surrogate."""
        return [byte >> shift & 1 for byte in utf8(text) for shift in range(7, -1, -1)]

    def decode(self, ids: Ids) -> str:
        """Return the text of these bits; an incomplete byte at the end becomes U+FFFD.

        Raises `UnknownIdError` for an id that is neither 0 nor 1.

        >>> BitTokenizer().decode([0, 1, 1, 0, 0, 0, 0, 1, 0, 1])
        'a\ufffd'
        """
        bits = list(checked_ids(ids, self.vocab_size))
        whole = len(bits) - len(bits) % 8
        data = bytes(
            sum(bit << 7 - i for i, bit in enumerate(bits[start : start + 8]))
            for start in range(0, whole, 8)
        )
        return data.decode(errors="replace") + (REPLACEMENT if whole < len(bits) else "")


class ByteTokenizer:
    """A token is one byte of UTF-8.

    >>> ByteTokenizer().encode("né")
    [110, 195, 169]
    """

    vocab_size = 256

    def encode(self, text: str) -> list[int]:
        """Return the bytes of `text`; raise `EncodingError` for a lone surrogate."""
        return list(utf8(text))

    def decode(self, ids: Ids) -> str:
        """Return the text of these bytes; raise `UnknownIdError` for an id over 255.

        >>> ByteTokenizer().decode([110, 195])
        'n\ufffd'
        """
        return self.decode_bytes(ids).decode(errors="replace")

    def decode_bytes(self, ids: Ids) -> bytes:
        """Return these bytes; raise `UnknownIdError` for an id over 255."""
        return bytes(checked_ids(ids, self.vocab_size))


class CharacterTokenizer:
    """A token is one Unicode code point, and its id is the number of the code point.

    >>> CharacterTokenizer().encode("né猫")
    [110, 233, 29483]
    """

    vocab_size = 0x110000

    def encode(self, text: str) -> list[int]:
        """Return the code points of `text`; raise `EncodingError` for a lone surrogate."""
        utf8(text)
        return [ord(character) for character in text]

    def decode(self, ids: Ids) -> str:
        """Return the text of these code points; surrogates, which are not text, become U+FFFD.

        Raises `UnknownIdError` for an id that is not a code point.

        >>> CharacterTokenizer().decode([29483, 0xD83D])
        '猫\ufffd'
        """
        return "".join(
            REPLACEMENT if 0xD800 <= code_point <= 0xDFFF else chr(code_point)
            for code_point in checked_ids(ids, self.vocab_size)
        )

    def used(self, text: str) -> int:
        """Return how many distinct ids `text` uses: a tiny part of the vocabulary.

        >>> CharacterTokenizer().used("I love LLM"), CharacterTokenizer().vocab_size
        (8, 1114112)
        """
        return len(set(self.encode(text)))


def checked_ids(ids: Ids, vocab_size: int) -> Iterator[int]:
    """Yield `ids` as integers; raise `UnknownIdError` at the first outside the vocabulary."""
    for token_id in id_list(ids):
        if not 0 <= token_id < vocab_size:
            raise UnknownIdError(
                f"id {token_id} is not in the vocabulary (0 to {vocab_size - 1}); "
                "does it come from another tokenizer?"
            )
        yield token_id
