"""Text as the bytes that every tokenizer here starts from."""

from __future__ import annotations

from cs336_core.tokenization.errors import EncodingError


def utf8(text: str) -> bytes:
    r"""Return `text` in UTF-8.

    Raises `EncodingError` for a lone surrogate: half of a character that UTF-16 writes as two.
    A Python string can hold one (JSON with `\ud83d` alone gives it), UTF-8 cannot.

    >>> utf8("né")
    b'n\xc3\xa9'
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        code_point = ord(text[error.start])
        raise EncodingError(
            f"the text has a lone surrogate, U+{code_point:04X}, at position {error.start}, and "
            'UTF-8 cannot write it; text.encode("utf-8", "replace").decode() puts "?" in its place'
        ) from None
