"""The cells of a lecture.

A lecture is a Python file of cells (Jupytext's "percent" format): `# %%` begins a cell of code,
`# %% [markdown]` one of prose, whose lines are comments. What a page does with a cell is told
behind its marker: `# %% tags=["remove-cell"]`.
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
        kind: what it holds.
        first: the line of its marker, counted from 1.
        last: its last line.
        text: what it holds, the prose without comment marks.
        tags: what a page is to do with it.

    """

    kind: Literal["code", "markdown"]
    first: int
    last: int
    text: str
    tags: frozenset[str] = frozenset()

    @property
    def removed(self) -> bool:
        """Whether it runs, and is not to be seen."""
        return "remove-cell" in self.tags


def cells(text: str) -> Iterator[Cell]:
    r"""Yield the cells of a lecture; what is before the first marker belongs to none.

    >>> [cell[:4] for cell in cells("# %% [markdown]\n# # Title\n\n# %%\nx = 1\n")]
    [('markdown', 1, 3, '# Title'), ('code', 4, 5, 'x = 1')]
    """
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    begins = [i for i, line in enumerate(lines) if _MARKER.match(line)]
    for begin, end in pairwise([*begins, len(lines)]):
        body = lines[begin + 1 : end]
        marker, tags = _MARKER.match(lines[begin]), _tags(lines[begin])
        if marker and marker["kind"]:
            prose = [line.removeprefix("#").removeprefix(" ") for line in body]
            yield Cell("markdown", begin + 1, end, "\n".join(prose).strip(), tags)
        else:
            yield Cell("code", begin + 1, end, "\n".join(body).strip(), tags)


def _tags(marker: str) -> frozenset[str]:
    found = _TAGS.search(marker)
    try:
        return frozenset(map(str, json.loads(found[1]))) if found else frozenset()
    except json.JSONDecodeError:  # as Jupytext has it: what is no JSON is a part of the title
        return frozenset()


def cells_by_line(found: Iterable[Cell]) -> dict[int, int]:
    """Return line -> the first line of the cell that it is in."""
    return {line: cell.first for cell in found for line in range(cell.first, cell.last + 1)}


def marks(text: str, shown: Iterable[Cell]) -> set[int]:
    """Return the lines of a lecture that are no code to be seen: all but code and prose's firsts.

    In place of the first line of a cell of prose stands the prose.
    """
    seen: set[int] = set()
    for cell in shown:
        if cell.kind == "code":
            seen |= set(range(cell.first + 1, cell.last + 1))
        else:
            seen.add(cell.first)
    return set(range(1, len(text.rstrip("\n").split("\n")) + 1)) - seen
