"""The tokens of a text in a row, each with its id under it: what a lecture shows of a tokenizer.

A token is written as the figures write it: its text with white space made visible, or its bytes in
hexadecimal where they are no whole characters. It has the same hue wherever it stands.
"""

from __future__ import annotations

import html
from collections.abc import Mapping

from cs336_core.tokenization.labels import hue, label
from cs336_core.tokenization.protocol import Tokenizer

# The page's own variables; outside of it, the colours that they have in the light.
_HUES = ("d3e5f8", "fbe3c0", "cdebdc", "f7d8e6", "f7efb5", "dfdbf7", "f8d8cc", "d0eff3")
_CHIP = (
    "display:inline-flex;flex-direction:column;align-items:center;min-width:1.75rem;"
    "padding:0.125rem 0.375rem;border:1px solid var(--cs336-line,#d5dae1);border-radius:5px;"
    "color:var(--cs336-ink,#1b1f24);font-family:var(--cs336-mono,monospace);line-height:1.35;"
)
_TEXT = "white-space:pre;font-variant-ligatures:none;font-size:"
_ID = "color:var(--cs336-quiet,#4b5563);font-size:0.6875rem"
_NAME = "margin-top:0.5rem;font-size:0.875rem;color:var(--cs336-quiet,#4b5563)"
_CHIPS = "display:flex;flex-wrap:wrap;gap:0.25rem;margin:0.25rem 0 0.875rem"


class TokenStrips:
    r"""The tokens of `text`, a row for each of some tokenizers, by name.

    >>> from cs336_core.tokenization.simple import ByteTokenizer, CharacterTokenizer
    >>> TokenStrips("é !", {"bytes": ByteTokenizer(), "characters": CharacterTokenizer()})
    bytes, 4 tokens: C3 195 | A9 169 | ␣ 32 | ! 33
    characters, 3 tokens: é 233 | ␣ 32 | ! 33
    """

    def __init__(self, text: str, tokenizers: Mapping[str, Tokenizer]) -> None:
        self.rows = {
            name: [
                (label(token_bytes(tokenizer, token_id)), token_id)
                for token_id in tokenizer.encode(text)
            ]
            for name, tokenizer in tokenizers.items()
        }

    def __repr__(self) -> str:
        return "\n".join(
            f"{_title(name, row)}: {' | '.join(f'{text} {token_id}' for text, token_id in row)}"
            for name, row in self.rows.items()
        )

    def _repr_markdown_(self) -> str:
        return "\n\n".join(
            f"{_title(name, row)}: "
            + " · ".join(f"{_code(text)} {token_id}" for text, token_id in row)
            for name, row in self.rows.items()
        )

    def _repr_html_(self) -> str:
        return "".join(
            f'<div style="{_NAME}">'
            f"{html.escape(_title(name, row))}</div>"
            f'<div style="{_CHIPS}">{"".join(_chip(*token) for token in row)}</div>'
            for name, row in self.rows.items()
        )


def token_bytes(tokenizer: Tokenizer, token_id: int) -> bytes:
    """Return the bytes that an id stands for, of any tokenizer whose tokens are bytes or text."""
    decode_bytes = getattr(tokenizer, "decode_bytes", None)
    if decode_bytes is None:
        return tokenizer.decode([token_id]).encode()
    token: bytes = decode_bytes([token_id])
    return token


def _title(name: str, row: list[tuple[str, int]]) -> str:
    return f"{name}, {len(row):,} {'token' if len(row) == 1 else 'tokens'}"


def _code(text: str) -> str:
    """Write text as code in Markdown, which may hold the mark that code begins with."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _chip(text: str, token_id: int) -> str:
    number = hue(token_id)
    background = f"background:var(--cs336-hue-{number},#{_HUES[number]})"
    return (
        f'<span style="{_CHIP}{background}"><bdi style="{_TEXT}0.9375rem">{html.escape(text)}</bdi>'
        f'<span style="{_ID}">{token_id}</span></span>'
    )
