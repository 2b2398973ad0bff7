"""How tokens are displayed: labels and hues as in ui/tokens.js, escapes in the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_VISIBLE = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍"}


def label(token: bytes, max_length: int | None = None) -> str:
    r"""Write a token as `visible` text, or as hexadecimal bytes if it is not valid UTF-8.

    >>> label(b" the\n"), label("猫".encode()[:2])
    ('␣the⏎', 'E7 8C')
    """
    try:
        text = token.decode()
    except UnicodeDecodeError:
        return token.hex(" ").upper()
    return visible(text, max_length)


def visible(text: str, max_length: int | None = None) -> str:
    r"""Write text with visible white space and control characters, cut to `max_length` characters.

    >>> visible("a\tb"), visible("\u200b"), visible("the cat", max_length=4)
    ('a⇥b', 'U+200B', 'the␣…')
    """
    is_short = max_length is None or len(text) <= max_length
    return "".join(map(_visible, text if is_short else f"{text[:max_length]}…"))


def _visible(character: str) -> str:
    """Write a character that is invisible, or reorders its neighbors, as its code point."""
    category = unicodedata.category(character)
    if character not in _VISIBLE and (category[0] == "C" or category in ("Zl", "Zp")):
        return f"U+{ord(character):04X}"
    return _VISIBLE.get(character, character)


def token_texts(tokens: Iterable[bytes]) -> list[str]:
    r"""Return tokens as text, with escapes for bytes that are not text.

    >>> token_texts([b" the\n", "猫".encode()[:2]])
    [' the\n', '\\xe7\\x8c']
    """
    return [token.decode(errors="backslashreplace") for token in tokens]


def escaped(text: str) -> str:
    r"""Write text for the terminal: line ends and other unprintable characters become escapes.

    >>> escaped(" the\n")
    ' the\\n'
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def format_tokens(texts: Iterable[str]) -> str:
    """Write the texts of tokens on one line with bars between them.

    >>> format_tokens(["the", " cat"])
    'the│ cat'
    """
    return "│".join(map(escaped, texts))


def hue(token_id: int) -> int:
    """Return the hue of a token, 0 to 7, which is the same wherever its id appears.

    >>> [hue(token_id) for token_id in b"the"]
    [6, 0, 7]
    """
    return (token_id * 1698368519 & 0xFFFFFFFF) >> 29
