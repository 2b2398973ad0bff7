"""What the tracer needs to know about a file: where its statements begin, and its directives."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cs336_core.trace.record.directives import Directives, parse_directives

_STATEMENTS: Final = (ast.stmt, ast.ExceptHandler, ast.match_case)


@dataclass(frozen=True)
class Source:
    """A file that the tracer steps into.

    Attributes:
        path: its path in the trace.
        text: its contents.
        starts: line -> the first line of the statement it belongs to.
        names: first line of a statement -> the names in it.
        directives: first line of a statement -> its directives, for statements that have any.
        hidden: lines that the viewer leaves out.

    """

    path: str
    text: str
    starts: dict[int, int]
    names: dict[int, list[str]]
    directives: dict[int, Directives]
    hidden: list[int]


def read_source(filename: str, path: str) -> Source:
    """Read the file that code was compiled from; `path` is its path in the trace."""
    linecache.checkcache(filename)  # the file may have been edited since it was last traced
    text = "".join(linecache.getlines(filename))
    starts = statement_starts(text)
    directives: dict[int, Directives] = {}
    hidden = []
    for line, found in parse_directives(text, path).items():
        directives.setdefault(starts.get(line, line), Directives()).add(found)
        if found.hide:
            hidden.append(line)
    return Source(path, text, starts, statement_names(text), directives, hidden)


def statement_starts(text: str) -> dict[int, int]:
    r"""Return line -> the first line of its statement; of a compound statement, only the header.

    >>> statement_starts("f(1,\n  2)\nif x:\n    y = 3\n")
    {1: 1, 2: 1, 3: 3, 4: 4}
    """
    starts: dict[int, int] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, _STATEMENTS):
            first = node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno
            decorators = getattr(node, "decorator_list", [])
            begin = min([first, *(decorator.lineno for decorator in decorators)])
            for line in range(begin, max(first, _header_end(node)) + 1):
                # The walk visits inner statements later, so they overwrite their own lines.
                starts[line] = first
    return dict(sorted(starts.items()))


def _header_end(node: ast.stmt | ast.ExceptHandler | ast.match_case) -> int:
    """Return the last line of a statement before its first inner statement."""
    inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
    cases = node.cases if isinstance(node, ast.Match) else []
    lines = [_first_line(child) for child in inner] + [case.pattern.lineno for case in cases]
    if isinstance(node, ast.match_case):
        return min(lines) - 1
    return min(lines) - 1 if lines else node.end_lineno or node.lineno


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def statement_names(text: str) -> dict[int, list[str]]:
    r"""Return line -> the names in the statement that begins there; of a compound one, its header.

    >>> statement_names("if x:\n    y = f(x)\n")
    {1: ['x'], 2: ['f', 'x', 'y']}
    """
    names: dict[int, set[str]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, _STATEMENTS):
            first = node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno
            names.setdefault(first, set()).update(_names(node))
    return {line: sorted(found) for line, found in names.items()}


def _names(node: ast.AST) -> Iterator[str]:
    """Yield the names in a statement, but not in the statements within it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Name):
            yield child.id
        if not isinstance(child, _STATEMENTS):
            yield from _names(child)
