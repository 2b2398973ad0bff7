"""Tables of a command as text, Markdown or JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

TABLE_FORMATS = ("text", "markdown", "json")


def aligned(lines: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> list[str]:
    """Return the lines of a table; the columns in `left` are left-aligned, the others right.

    >>> aligned([("name", "n"), ("a", "10")])
    ['  name   n', '  a     10']
    """
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    rows = []
    for line in lines:
        cells = [
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        rows.append(f"  {'  '.join(cells)}".rstrip())
    return rows


def markdown(lines: Sequence[Sequence[str]], left: Collection[int] = (0,)) -> list[str]:
    """Return a table in Markdown, aligned like `aligned`.

    >>> markdown([("name", "n"), ("a", "10")])
    ['| name | n |', '|:--|--:|', '| a | 10 |']
    """
    marks = [":--" if column in left else "--:" for column in range(len(lines[0]))]
    rows = [f"| {' | '.join(line)} |" for line in lines]
    return [rows[0], f"|{'|'.join(marks)}|", *rows[1:]]


def json_line(data: dict[str, Any]) -> str:
    """Return a report as one line of JSON."""
    return json.dumps(data) + "\n"
