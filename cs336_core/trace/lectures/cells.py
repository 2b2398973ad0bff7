"""Reads the cells of a lecture, for its page, its trace and its notebook.

A lecture is a Python file of cells (Jupytext's "percent" format): `# %%` begins a cell of code,
`# %% [markdown]` one of prose, whose lines are comments. Options after the marker, as JSON, control
how a page shows the cell: `# %% tags=["remove-cell"]`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

_MARKER = re.compile(r"# %%(?P<kind> \[markdown\])?(?!\S)(?P<options>.*)")
_OPTION = re.compile(r"(?:^|\s)(\w+)=")
EVAL = re.compile(r"\{eval\}`([^`]+)`")  # an expression whose value the prose shows


class Cell(NamedTuple):
    """A cell of a lecture.

    Attributes:
        kind: "code" or "markdown".
        first: the line of its marker, counted from 1.
        last: its last line.
        text: its code, or its prose without comment marks.
        options: the text after its marker.

    """

    kind: Literal["code", "markdown"]
    first: int
    last: int
    text: str
    options: str = ""

    @property
    def metadata(self) -> dict[str, object]:
        """The options as notebook metadata, without the title before them.

        >>> Cell("code", 1, 2, "", 'A title tags=["hide-input"]').metadata
        {'tags': ['hide-input']}
        """
        found: dict[str, object] = {}
        end = 0
        while option := _OPTION.search(self.options, end):
            try:
                found[option[1]], end = json.JSONDecoder().raw_decode(self.options, option.end())
            except json.JSONDecodeError:  # Jupytext treats invalid JSON as part of the title
                return {}
        return found

    @property
    def tags(self) -> frozenset[str]:
        """The tags, which control how a page shows the cell."""
        tags = self.metadata.get("tags")
        return frozenset(map(str, tags)) if isinstance(tags, list) else frozenset()

    @property
    def removed(self) -> bool:
        """Whether the cell runs but is not shown."""
        return "remove-cell" in self.tags

    @property
    def folded(self) -> bool:
        """Whether a page folds or hides its code, and shows its output."""
        return bool(self.tags & {"hide-input", "remove-input"})

    @property
    def expressions(self) -> list[str]:
        """The expressions whose values its prose shows."""
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
        marker = _MARKER.match(lines[start])
        options = marker["options"].strip() if marker else ""
        if marker and marker["kind"]:
            prose = [line.removeprefix("#").removeprefix(" ") for line in body]
            yield Cell("markdown", start + 1, end, "\n".join(prose).strip(), options)
        else:
            yield Cell("code", start + 1, end, "\n".join(body).strip(), options)


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
