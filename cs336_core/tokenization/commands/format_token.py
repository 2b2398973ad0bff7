"""Tokens written so that a reader sees where each ends and what cannot be printed."""

from __future__ import annotations

from collections.abc import Iterable


def shown(token: bytes) -> str:
    r"""Write a token on one line: line ends and bytes that are no text as escapes.

    >>> shown(b" the\n"), shown("猫".encode()[:2])
    (' the\\n', '\\xe7\\x8c')
    """
    text = token.decode(errors="backslashreplace")
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def joined(tokens: Iterable[bytes]) -> str:
    """Write tokens on one line, with a bar between.

    >>> joined([b"the", b" cat"])
    'the│ cat'
    """
    return "│".join(map(shown, tokens))
