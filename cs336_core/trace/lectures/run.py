"""Traces a whole lecture: shows its prose and runs its code step by step."""

from __future__ import annotations
import __future__

import ast
import functools
import operator
import os
import warnings
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

from cs336_core._shared.paths import StrPath
from cs336_core.trace.errors import DirectiveWarning, TraceError
from cs336_core.trace.lectures.cell_recorder import CellRecorder
from cs336_core.trace.lectures.cells import Cell, address, cells, marks
from cs336_core.trace.lectures.host import Host
from cs336_core.trace.lectures.named import functions_named
from cs336_core.trace.lectures.prose import (
    Cite,
    Document,
    has_steps,
    keys_in_brackets,
    prose,
    title_or_target,
)
from cs336_core.trace.model import Trace
from cs336_core.trace.record.call import NO_DIRECTIVES
from cs336_core.trace.record.function import MAX_STEPS, Into, sources_of, trace_path
from cs336_core.trace.record.sources import Source

_COMPOUND = (
    ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.TryStar,
    ast.Match, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
)  # fmt: skip


def trace_lecture(
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
    last step. A cell tagged `hide-input` or `remove-input`, whose code a page folds or hides, is
    one step and shows its output alone; one tagged `remove-cell` runs and has no steps.

    The tracer steps into the lecture, the files of `into`, and the functions of the project that
    the lecture imports by name (`from ... import f`), but into nothing else of their files. A
    statement that uses none of these and contains no other statements, or one with `# @stepover`,
    is a single step and runs at full speed. One with `# @stepinto` steps into the functions and
    classes that the comment names, of any imported module of the project, and into no others.

    `page` is the address of the lecture's page, where `#line-N` is the cell that begins at line N.
    Files are named by their paths from `root` (the current folder). The cells run in `host`.

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
    _remove_unseen_files(recorded, source.path)
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
        value = eval(f"({expression})", self.variables)
        return self.host.written(expression, value)

    def _run_code(self, cell: Cell) -> None:
        """Run a cell of code and show the value of its last expression."""
        within = [node for node in self.statements if cell.first < node.lineno <= cell.last]
        value = None
        if cell.folded and not cell.removed and within:
            last = within[-1].lineno
            with self.recorder.output_only(self.source, last, self.variables):
                for statement in within:
                    value = self._run_statement(statement)
            self._hide(range(cell.first, last))
        else:
            for statement in within:
                value = self._record_statement(cell, statement)
        if value is not None and not cell.text.endswith(";"):
            with self.recorder.paused():
                self.host.show(value, self.page and address(self.page, cell))
            # The value replaces the whole statement.
            self._hide(range(within[-1].lineno + 1, (within[-1].end_lineno or 0) + 1))

    def _hide(self, lines: Iterable[int]) -> None:
        """Leave lines of the lecture out of what the viewer shows."""
        self.source.hidden[:] = sorted({*self.source.hidden, *lines})

    def _record_statement(self, cell: Cell, statement: ast.stmt) -> object:
        """Run a statement and record its steps; return the value of an expression."""
        if cell.removed:
            with self.recorder.unseen(self.variables):
                return self._run_statement(statement)
        if self._is_one_step(statement):
            imported = _imported(statement)
            with self.recorder.one_step(
                self.source, statement.lineno, self.variables, lambda name: name not in imported
            ):
                return self._run_statement(statement)
        with self._stepping_into(statement):
            return self._run_statement(statement)

    def _run_statement(self, statement: ast.stmt) -> object:
        """Run a statement; return the value of an expression.

        From here on, the tracer steps into the functions that it imports by name.
        """
        if isinstance(statement, ast.Expr):
            code = self._compiled(ast.Expression(statement.value), "eval")
            return eval(code, self.variables)
        exec(self._compiled(ast.Module([statement], []), "exec"), self.variables)
        if isinstance(statement, ast.ImportFrom):
            for name in _imported(statement):
                self.recorder.scope.add(self.variables.get(name), self._name_of)
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
        if self._stepped_into(statement):
            return False
        named = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        values = [self.variables[name] for name in named if name in self.variables]
        return not isinstance(statement, _COMPOUND) and not any(
            map(self.recorder.scope.can_enter, values)
        )

    def _stepped_into(self, statement: ast.stmt) -> list[str]:
        """Return what the `@stepinto` of a statement, and of those it contains, name."""
        lines = range(statement.lineno, (statement.end_lineno or 0) + 1)
        directives = (self.source.directives.get(line, NO_DIRECTIVES) for line in lines)
        return [name for each in directives for name in each.stepinto]

    def _stepping_into(self, statement: ast.stmt) -> AbstractContextManager[None]:
        """Step into the functions that a statement's `@stepinto` names alone, if it has one."""
        names = self._stepped_into(statement)
        if not names:
            return nullcontext()
        functions = []
        for name in names:
            found = functions_named(name)
            if not found:
                line = f"{self.source.path}:{statement.lineno}"
                message = f"{line}: @stepinto {name}: no imported module of the project has it"
                warnings.warn(message, DirectiveWarning, stacklevel=2)
            functions += found
        return self.recorder.stepping_into(functions, self._name_of)

    def _name_of(self, filename: str) -> str:
        taken = {source.path for source in self.recorder.scope.sources.values()}
        return trace_path(filename, taken, self.root)


def _remove_unseen_files(recorded: Trace, lecture: str) -> None:
    """Remove the files, other than the lecture, that no step is in and no link leads to."""
    seen = {lecture} | {frame.path for step in recorded for frame in step.stack.frames()}
    links = (each.internal_link for step in recorded for each in step.renderings)
    seen |= {link.path for link in links if link}
    for path in set(recorded.files) - seen:
        del recorded.files[path], recorded.hidden[path]


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
