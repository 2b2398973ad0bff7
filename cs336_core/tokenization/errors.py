"""The errors and warnings of the tokenizers.

All errors are `ValueError`s. Each message says what was given, where, and what to do about it.
"""

from __future__ import annotations


def quoted(text: str, max_length: int = 80) -> str:
    """Return `text` in quotation marks for a message, cut to `max_length` characters.

    >>> quoted("(" * 5000, 8)
    "'((((((((' ... (5,000 characters)"
    """
    if len(text) <= max_length:
        return repr(text)
    return f"{text[:max_length]!r} ... ({len(text):,} characters)"


class TokenizationError(ValueError):
    """Unusable input to a tokenizer or a trainer."""


class WrongTypeError(TokenizationError, TypeError):
    """A value of the wrong type, such as bytes or a list in place of a string."""


class EncodingError(TokenizationError):
    """Text that is not valid Unicode: bytes that are not UTF-8, or a lone surrogate."""


class UnknownWordError(TokenizationError):
    """A word that is not in the vocabulary, for a tokenizer without an unknown token."""


class UnknownIdError(TokenizationError):
    """An id that is not in the vocabulary."""


class SpecialTokenError(TokenizationError):
    """A special token that is not allowed here, unknown, or unusable."""


class VocabularyError(TokenizationError):
    """A vocabulary, a list of merges or a file that is incomplete or contradicts itself."""


class CorpusError(TokenizationError):
    """A corpus or a vocabulary size that leaves nothing to learn."""


class FewMergesWarning(UserWarning):
    """Training ended early: the corpus has fewer pairs to merge than requested."""
