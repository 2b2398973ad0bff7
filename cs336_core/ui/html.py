"""A table as a reader without JavaScript sees it."""

from __future__ import annotations

from collections.abc import Iterable


def table_html(caption: str, heads: Iterable[str], rows: Iterable[str]) -> str:
    """Return a table as HTML; so are its caption, the heads of its columns, and each row.

    >>> table_html("Tokens", ["Id"], ["<tr><td>7</td></tr>"])[:42]
    '<table><caption>Tokens</caption><thead><tr'
    """
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    return (
        f"<table><caption>{caption}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )
