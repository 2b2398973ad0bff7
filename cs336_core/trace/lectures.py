"""Traces a lecture as a whole: its prose is shown, its code runs step by step.

A lecture is a Python file of cells (Jupytext's "percent" format): `# %%` begins a cell of code,
`# %% [markdown]` one of prose, whose lines are comments.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

from cs336_core.trace.errors import TraceError
from cs336_core.trace.model import Trace
from cs336_core.trace.recorder import Recorder
from cs336_core.trace.sources import Source
from cs336_core.trace.tracing import MAX_STEPS, Into, sources_of

_MARKER = re.compile(r"# %%(?P<kind> \[markdown\])?(?!\S)")
EVAL = re.compile(r"\{eval\}`([^`]+)`")  # a value of the lecture's code within its prose


class Cell(NamedTuple):
    """A cell of a lecture.

    Attributes:
        kind: what it holds.
        first: the line of its marker, counted from 1.
        last: its last line.
        text: what it holds, the prose without comment marks.

    """

    kind: Literal["code", "markdown"]
    first: int
    last: int
    text: str


def cells(text: str) -> Iterator[Cell]:
    r"""Yield the cells of a lecture; what is before the first marker belongs to none.

    >>> [tuple(cell) for cell in cells("# %% [markdown]\n# # Title\n\n# %%\nx = 1\n")]
    [('markdown', 1, 3, '# Title'), ('code', 4, 5, 'x = 1')]
    """
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    begins = [i for i, line in enumerate(lines) if _MARKER.match(line)]
    for begin, end in pairwise([*begins, len(lines)]):
        body = lines[begin + 1 : end]
        marker = _MARKER.match(lines[begin])
        if marker and marker["kind"]:
            prose = [line.removeprefix("#").removeprefix(" ") for line in body]
            yield Cell("markdown", begin + 1, end, "\n".join(prose).strip())
        else:
            yield Cell("code", begin + 1, end, "\n".join(body).strip())


def trace_lecture(
    path: str | os.PathLike[str],
    *,
    into: Iterable[Into] = (),
    max_steps: int = MAX_STEPS,
    inspect_all: bool = True,
) -> Trace:
    """Run a lecture and return its trace, as `trace` does for a function.

    A cell of prose is one step, with its Markdown as a rendering; `{eval}` in it becomes the value
    that the code above has computed. Raises `TraceError` for a file without cells, or one that is
    no Python; `OSError` where there is none.
    """
    path = Path(path).absolute()
    text = path.read_text("utf-8")
    found = list(cells(text))
    if not found:
        raise TraceError(f"{path.name} has no cells: a line that begins with '# %%' makes one")
    try:
        statements = ast.parse(text, str(path)).body
    except SyntaxError as error:
        raise TraceError(f"{path.name}, line {error.lineno}: {error.msg}") from None
    sources = sources_of([path, *into])
    source = sources[str(path)]
    source.hidden[:] = sorted({*source.hidden, *_not_shown(source, found)})
    recorder = Recorder(sources, max_steps, inspect_all)
    names: dict[str, object] = {"__name__": "__main__", "__file__": str(path)}

    def value(match: re.Match[str]) -> str:
        return str(eval(match[1], names))  # noqa: S307  (the lecture's own code)

    def play() -> None:
        for cell in found:
            if cell.kind == "markdown":
                with recorder.paused():
                    prose = EVAL.sub(value, cell.text)
                recorder.show(source, cell.first, prose)
            else:
                within = [each for each in statements if cell.first < each.lineno <= cell.last]
                code = compile(ast.Module(within, []), str(path), "exec")
                exec(code, names)  # noqa: S102

    return recorder.run(play)


def _not_shown(source: Source, found: Iterable[Cell]) -> set[int]:
    """Return the lines that are marks: the head, markers of code, prose but for its first line."""
    first = min(cell.first for cell in found)
    hidden = set(range(1, first))
    for cell in found:
        if cell.kind == "code":
            hidden.add(cell.first)
        else:
            hidden |= set(range(cell.first + 1, cell.last + 1))
    return hidden & set(range(1, source.text.count("\n") + 2))
