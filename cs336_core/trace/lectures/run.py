"""Traces a whole lecture: shows its prose and runs its code step by step."""

from __future__ import annotations
import __future__

import ast
import functools
import operator
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

from cs336_core._shared.paths import StrPath
from cs336_core.trace.errors import TraceError
from cs336_core.trace.lectures.cell_recorder import CellRecorder
from cs336_core.trace.lectures.cells import Cell, address, cells, marks
from cs336_core.trace.lectures.host import Host
from cs336_core.trace.lectures.prose import (
    Cite,
    Document,
    has_steps,
    keys_in_brackets,
    prose,
    title_or_target,
)
from cs336_core.trace.model import Trace
from cs336_core.trace.record.function import MAX_STEPS, Into, sources_of, trace_path
from cs336_core.trace.record.sources import Source

_COMPOUND = (
    ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.TryStar,
    ast.Match, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
)  # fmt: skip


def trace_lecture(  # noqa: PLR0913
    path: str | os.PathLike[str],
    *,
    into: Iterable[Into] = (),
    page: str | None = None,
    cite: Cite = keys_in_brackets,
    document: Document = title_or_target,
    root: StrPath | None = None,
    max_steps: int = MAX_STEPS,
    inspect_all: bool = True,
    host: Host | None = None,
) -> Trace:
    """Run a lecture and return its trace, as `trace` does for a function.

    A cell of prose is one step, with its Markdown as a rendering. In it, `{eval}` becomes the value
    that the code above has computed; `cite` writes citations (as keys, unless given) and `document`
    links to other pages (as titles). The value of a cell's last expression is a rendering of its
    last step. A cell tagged `remove-cell` runs and has no steps.

    The tracer steps into the lecture, the files of `into`, and the functions of the project that
    the lecture imports by name (`from ... import f`), but into nothing else of their files. A
    statement that uses none of these and contains no other statements, or one with `# @stepover`,
    is a single step and runs at full speed. `page` is the address of the lecture's page, where
    `#line-N` is the cell that begins at line N. Files are named by their paths from `root`
    (the current folder). The cells run in `host`.

    Raises `TraceError` for a file without cells or with a syntax error, and `OSError` for a missing
    file.
    """
    path = Path(path).absolute()
    text = path.read_text("utf-8")
    found = list(cells(text))
    if not found:
        raise TraceError(f"{path.name} has no cells; begin each with a line '# %%'")
    try:
        statements = ast.parse(text, str(path)).body
    except SyntaxError as error:
        raise TraceError(f"{path.name}, line {error.lineno}: {error.msg}") from None
    sources = sources_of([path, *into], root)
    source = sources[str(path)]
    shown = [cell for cell in found if has_steps(cell)]
    source.hidden[:] = sorted({*source.hidden, *marks(text, shown)})
    recorder = CellRecorder(sources, max_steps, inspect_all)
    program = _Program(
        recorder,
        source,
        filename=str(path),
        statements=statements,
        cite=cite,
        document=document,
        root=Path(root) if root else Path.cwd(),
        page=page,
        host=host or Host(),
    )
    program.variables |= {"__name__": "__main__", "__file__": str(path)}
    recorded = recorder.run(lambda: program.run(found))
    if page is not None:
        recorded.links[source.path] = {cell.first: address(page, cell) for cell in shown}
    return recorded


@dataclass
class _Program:
    """A running lecture: its recorder, statements and variables."""

    recorder: CellRecorder
    source: Source
    filename: str
    statements: list[ast.stmt]
    cite: Cite
    document: Document
    root: Path
    page: str | None
    host: Host
    variables: dict[str, object] = field(default_factory=dict)

    def run(self, found: Iterable[Cell]) -> None:
        """Run every cell."""
        for cell in found:
            with self.host.cell(cell):
                if cell.kind == "code":
                    self._run_code(cell)
                else:
                    self._show_prose(cell)

    def _show_prose(self, cell: Cell) -> None:
        """Compute the values in a cell of prose, and show it."""
        with self.recorder.paused():
            values = {expression: self._value(expression) for expression in cell.expressions}
            markdown = prose(
                cell, lambda code: values.get(code) or self._value(code), self.cite, self.document
            )
        if has_steps(cell):
            self.recorder.show(self.source, cell.first, self.variables, markdown)

    def _value(self, expression: str) -> str:
        value = eval(f"({expression})", self.variables)  # noqa: S307  (the lecture's own code)
        return self.host.written(expression, value)

    def _run_code(self, cell: Cell) -> None:
        """Run a cell of code and show the value of its last expression."""
        within = [node for node in self.statements if cell.first < node.lineno <= cell.last]
        value = None
        for statement in within:
            if cell.removed:
                with self.recorder.unseen(self.variables):
                    self._run_statement(statement)
            elif self._is_one_step(statement):
                with self.recorder.one_step(
                    self.source, statement.lineno, self.variables, _imported(statement)
                ):
                    value = self._run_statement(statement)
            else:
                value = self._run_statement(statement)
            if isinstance(statement, ast.ImportFrom):
                for name in _imported(statement):
                    self.recorder.scope.add(self.variables.get(name), self._name_of)
        if value is not None and not cell.text.endswith(";"):
            with self.recorder.paused():
                self.host.show(value, self.page and address(self.page, cell))
            # The value replaces the whole statement.
            rest = range(within[-1].lineno + 1, (within[-1].end_lineno or 0) + 1)
            self.source.hidden[:] = sorted({*self.source.hidden, *rest})

    def _run_statement(self, statement: ast.stmt) -> object:
        """Run a statement; return the value of an expression."""
        if isinstance(statement, ast.Expr):
            code = self._compiled(ast.Expression(statement.value), "eval")
            return eval(code, self.variables)  # noqa: S307
        exec(self._compiled(ast.Module([statement], []), "exec"), self.variables)  # noqa: S102
        return None

    def _compiled(self, tree: ast.Module | ast.Expression, mode: str) -> CodeType:
        flags = _flags(self.statements)
        code: CodeType = compile(tree, self.filename, mode, flags, dont_inherit=True)
        return code

    def _is_one_step(self, statement: ast.stmt) -> bool:
        """Whether a statement runs without the tracer stepping into anything."""
        directives = self.source.directives.get(statement.lineno)
        if directives and directives.stepover:
            return True
        named = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        values = [self.variables[name] for name in named if name in self.variables]
        return not isinstance(statement, _COMPOUND) and not any(
            map(self.recorder.scope.can_enter, values)
        )

    def _name_of(self, filename: str) -> str:
        taken = {source.path for source in self.recorder.scope.sources.values()}
        return trace_path(filename, taken, self.root)


def _imported(statement: ast.stmt) -> list[str]:
    """Return the names that an import binds."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [alias.asname or alias.name.partition(".")[0] for alias in statement.names]
    return []


def _flags(statements: Iterable[ast.stmt]) -> int:
    """Return the compiler flags of a program's imports from `__future__`, for every cell."""
    flags = (
        getattr(__future__, alias.name).compiler_flag
        for statement in statements
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        for alias in statement.names
    )
    return functools.reduce(operator.or_, flags, 0)
