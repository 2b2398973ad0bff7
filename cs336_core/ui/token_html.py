"""Tokens for readers without JavaScript."""

from __future__ import annotations

import html

from cs336_core.tokenization.labels import label


def token_html(token: bytes, longest: int | None = None) -> str:
    r"""Return a token as HTML: see `label`.

    >>> token_html(b"the "), token_html("猫".encode()[:2]), token_html(b"<\x00")
    ('<code>the␣</code>', '<code>E7 8C</code>', '<code>&lt;U+0000</code>')
    """
    return f"<code>{html.escape(label(token, longest))}</code>"
