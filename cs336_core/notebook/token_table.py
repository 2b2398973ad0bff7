"""A table of the tokens of a text, each with its id below.

A token is written as in the figures: its text with visible white space, or its bytes in hexadecimal
if they are not whole characters. It has the same hue wherever it appears.
"""

from __future__ import annotations

import html
from collections.abc import Mapping

from cs336_core.notebook.theme import css_color
from cs336_core.tokenization.labels import hue, label
from cs336_core.tokenization.protocol import Tokenizer, token_bytes

# Styles are inline, since a notebook has no style sheet of the site.
_CHIP = (
    "display:inline-flex;flex-direction:column;align-items:center;min-width:1.75rem;"
    f"padding:0.125rem 0.375rem;border:1px solid {css_color('line')};border-radius:5px;"
    f"color:{css_color('ink')};font-family:var(--cs336-mono,monospace);line-height:1.35;"
)
_TEXT = "white-space:pre;font-variant-ligatures:none;font-size:0.9375rem"
_ID = f"color:{css_color('quiet')};font-size:0.6875rem"
_NAME = f"margin-top:0.5rem;font-size:0.875rem;color:{css_color('quiet')}"
_CHIPS = "display:flex;flex-wrap:wrap;gap:0.25rem;margin:0.25rem 0 0.875rem"


class TokenTable:
    r"""The tokens of `text` in several tokenizers, one row for each.

    >>> from cs336_core.tokenization.simple import ByteTokenizer, CharacterTokenizer
    >>> TokenTable("é !", {"bytes": ByteTokenizer(), "characters": CharacterTokenizer()})
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


def _title(name: str, row: list[tuple[str, int]]) -> str:
    return f"{name}, {len(row):,} {'token' if len(row) == 1 else 'tokens'}"


def _code(text: str) -> str:
    """Write text as Markdown code, even if it has a backtick."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _chip(text: str, token_id: int) -> str:
    background = f"background:{css_color(f'hue-{hue(token_id)}')}"
    return (
        f'<span style="{_CHIP}{background}"><bdi style="{_TEXT}">{html.escape(text)}</bdi>'
        f'<span style="{_ID}">{token_id}</span></span>'
    )
