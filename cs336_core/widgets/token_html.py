"""A token as a reader without JavaScript sees it."""

from __future__ import annotations

import html


def token_html(token: bytes) -> str:
    r"""Return a token as HTML: its text with spaces made visible, or its bytes in hex.

    >>> token_html(b"the "), token_html("猫".encode()[:2])
    ('<code>the␣</code>', '<code>E7 8C</code>')
    """
    try:
        text = token.decode("utf-8").replace(" ", "␣").replace("\n", "⏎").replace("\t", "⇥")
    except UnicodeDecodeError:
        text = token.hex(" ").upper()
    return f"<code>{html.escape(text)}</code>"
