"""What the tracer has to know of a file: its statements, and the directives in its comments."""

from __future__ import annotations

import ast
import linecache
from dataclasses import dataclass

from cs336_core.trace.record.directives import Directives, directives


@dataclass(frozen=True)
class Source:
    """A file that is stepped into.

    Attributes:
        path: what it is called in the trace.
        text: its contents.
        starts: line -> the first line of the statement that it belongs to.
        asked: first line of a statement -> its directives, for those that have any.
        hidden: the lines that are not to be shown.

    """

    path: str
    text: str
    starts: dict[int, int]
    asked: dict[int, Directives]
    hidden: list[int]


def read_source(filename: str, path: str) -> Source:
    """Read the file in which code was compiled; `path` is what the trace calls it."""
    linecache.checkcache(filename)  # the file may have been edited since it was last traced
    text = "".join(linecache.getlines(filename))
    starts = statements(text)
    asked: dict[int, Directives] = {}
    hidden = []
    for line, found in directives(text, path).items():
        asked.setdefault(starts.get(line, line), Directives()).add(found)
        if found.hide:
            hidden.append(line)
    return Source(path, text, starts, asked, hidden)


def statements(text: str) -> dict[int, int]:
    r"""Return line -> the first line of the statement on it; of a compound one, that is its head.

    >>> statements("f(1,\n  2)\nif x:\n    y = 3\n")
    {1: 1, 2: 1, 3: 3, 4: 4}
    """
    starts: dict[int, int] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            first = node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno
            decorators = getattr(node, "decorator_list", [])
            begin = min([first, *(each.lineno for each in decorators)])
            for line in range(begin, max(first, _end_of_head(node)) + 1):
                # Inner statements come later in the walk, and have the last word on their lines.
                starts[line] = first
    return dict(sorted(starts.items()))


def _end_of_head(node: ast.stmt | ast.ExceptHandler | ast.match_case) -> int:
    """Return the last line of a statement that is not one of a statement in it."""
    inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
    cases = node.cases if isinstance(node, ast.Match) else []
    lines = [_begin(child) for child in inner] + [case.pattern.lineno for case in cases]
    if isinstance(node, ast.match_case):
        return min(lines) - 1
    return min(lines) - 1 if lines else node.end_lineno or node.lineno


def _begin(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])
