"""Tables for readers without JavaScript, and sentences with code in them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable


def table_html(caption: str, headings: Iterable[str], rows: Iterable[str]) -> str:
    """Return a table as HTML, given its caption, the headings of its columns and its rows as HTML.

    >>> table_html("Tokens", ["Id"], ["<tr><td>7</td></tr>"])[:42]
    '<table><caption>Tokens</caption><thead><tr'
    """
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    return (
        f"<table><caption>{caption}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def code_marks_html(text: str) -> str:
    """Return a sentence of Markdown that has no marks but those of code as HTML.

    >>> code_marks_html("Is `a < b`?")
    'Is <code>a &lt; b</code>?'
    """
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(text))
