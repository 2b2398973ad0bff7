"""What can go wrong with text, vocabularies and files, each as a type of its own.

All are `ValueError`s, and each message says what was given, where, and what to do about it.
"""

from __future__ import annotations


def quoted(text: str, most: int = 80) -> str:
    """Return `text` in quotation marks as a message shows it: no longer than `most` characters.

    >>> quoted("(" * 5000, 8)
    "'((((((((' ... (5,000 characters)"
    """
    if len(text) <= most:
        return repr(text)
    return f"{text[:most]!r} ... ({len(text):,} characters)"


class TokenizationError(ValueError):
    """Something given to a tokenizer or a trainer cannot be used."""


class WrongTypeError(TokenizationError, TypeError):
    """A value of the wrong type, such as bytes or a list in place of a string."""


class EncodingError(TokenizationError):
    """Text that is not valid Unicode: bytes that are no UTF-8, or a lone surrogate in a string."""


class UnknownWordError(TokenizationError):
    """A word that the vocabulary does not have, and a tokenizer told to refuse such words."""


class UnknownIdError(TokenizationError):
    """An id that stands for nothing in the vocabulary."""


class SpecialTokenError(TokenizationError):
    """A special token that is not allowed here, is not known, or cannot be one."""


class VocabularyError(TokenizationError):
    """A vocabulary, a list of merges or a file of them that is cut off or contradicts itself."""


class CorpusError(TokenizationError):
    """A corpus, or a vocabulary size, that nothing can be learned from."""


class FewMergesWarning(UserWarning):
    """Training ended early: the corpus has fewer pairs than merges were asked for."""
