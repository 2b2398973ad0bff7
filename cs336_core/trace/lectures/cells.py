"""Reads the cells of a lecture, for its page, its trace and its notebook.

A lecture is a Python file of cells (Jupytext's "percent" format): `# %%` begins a cell of code,
`# %% [markdown]` one of prose, whose lines are comments. Tags after the marker control how a page
shows the cell: `# %% tags=["remove-cell"]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

_MARKER = re.compile(r"# %%(?P<kind> \[markdown\])?(?!\S)")
_TAGS = re.compile(r"\btags=(\[[^\]]*\])")
EVAL = re.compile(r"\{eval\}`([^`]+)`")  # a value of the lecture's code within its prose


class Cell(NamedTuple):
    """A cell of a lecture.

    Attributes:
        kind: its kind.
        first: the line of its marker, counted from 1.
        last: its last line.
        text: its code, or its prose without comment marks.
        tags: how a page shows it.

    """

    kind: Literal["code", "markdown"]
    first: int
    last: int
    text: str
    tags: frozenset[str] = frozenset()

    @property
    def removed(self) -> bool:
        """Whether it runs but is not shown."""
        return "remove-cell" in self.tags

    @property
    def expressions(self) -> list[str]:
        """The expressions whose values stand in its prose."""
        return EVAL.findall(self.text) if self.kind == "markdown" else []


def cells(text: str) -> Iterator[Cell]:
    r"""Yield the cells of a lecture; lines before the first marker belong to no cell.

    >>> [cell[:4] for cell in cells("# %% [markdown]\n# # Title\n\n# %%\nx = 1\n")]
    [('markdown', 1, 3, '# Title'), ('code', 4, 5, 'x = 1')]
    """
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    starts = [i for i, line in enumerate(lines) if _MARKER.match(line)]
    for start, end in pairwise([*starts, len(lines)]):
        body = lines[start + 1 : end]
        marker, tags = _MARKER.match(lines[start]), _tags(lines[start])
        if marker and marker["kind"]:
            prose = [line.removeprefix("#").removeprefix(" ") for line in body]
            yield Cell("markdown", start + 1, end, "\n".join(prose).strip(), tags)
        else:
            yield Cell("code", start + 1, end, "\n".join(body).strip(), tags)


def _tags(marker: str) -> frozenset[str]:
    found = _TAGS.search(marker)
    try:
        return frozenset(map(str, json.loads(found[1]))) if found else frozenset()
    except json.JSONDecodeError:  # Jupytext takes invalid JSON for a part of the cell's title
        return frozenset()


def cells_by_line(found: Iterable[Cell]) -> dict[int, Cell]:
    """Return line -> the cell that contains it."""
    return {line: cell for cell in found for line in range(cell.first, cell.last + 1)}


def address(page: str, cell: Cell) -> str:
    """Return the address of a cell on a page.

    >>> address("lectures/03_bpe.html", Cell("code", 14, 16, "x = 1"))
    'lectures/03_bpe.html#line-14'
    """
    return f"{page}#line-{cell.first}"


def marks(text: str, shown: Iterable[Cell]) -> set[int]:
    """Return the lines of a lecture that a trace hides: all but code and the first of each prose.

    The first line of a cell of prose is where the trace shows the prose.
    """
    seen: set[int] = set()
    for cell in shown:
        if cell.kind == "code":
            seen |= set(range(cell.first + 1, cell.last + 1))
        else:
            seen.add(cell.first)
    return set(range(1, len(text.rstrip("\n").split("\n")) + 1)) - seen
