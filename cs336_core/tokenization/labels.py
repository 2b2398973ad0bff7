"""How a token is written for people, the same here as in the figures (widgets/ui/tokens.js)."""

from __future__ import annotations

import unicodedata

_VISIBLE = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍"}


def label(token: bytes, longest: int | None = None) -> str:
    r"""Write a token: its text, made `visible`, or its bytes in hexadecimal where they are no text.

    >>> label(b" the\n"), label("猫".encode()[:2])
    ('␣the⏎', 'E7 8C')
    """
    try:
        text = token.decode()
    except UnicodeDecodeError:
        return token.hex(" ").upper()
    return visible(text, longest)


def visible(text: str, longest: int | None = None) -> str:
    r"""Write text with what cannot be seen made visible; of a longer one `longest` characters.

    >>> visible("a\tb"), visible("\u200b"), visible("the cat", longest=4)
    ('a⇥b', 'U+200B', 'the␣…')
    """
    short = text if longest is None or len(text) <= longest else f"{text[:longest]}…"
    return "".join(map(_visible, short))


def _visible(character: str) -> str:
    """Write what cannot be seen, or would reorder what stands around it, as its code point."""
    category = unicodedata.category(character)
    if character not in _VISIBLE and (category[0] == "C" or category in ("Zl", "Zp")):
        return f"U+{ord(character):04X}"
    return _VISIBLE.get(character, character)


def hue(token_id: int) -> int:
    """Return the hue of a token, 0 to 7: the same for the same id everywhere.

    >>> [hue(token_id) for token_id in b"the"]
    [6, 0, 7]
    """
    return (token_id * 1698368519 & 0xFFFFFFFF) >> 29
