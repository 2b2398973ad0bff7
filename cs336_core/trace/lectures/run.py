"""Traces a lecture as a whole: its prose is shown, its code runs step by step."""

from __future__ import annotations
import __future__

import ast
import functools
import operator
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

from cs336_core._shared.paths import StrPath
from cs336_core.trace.errors import TraceError
from cs336_core.trace.lectures.cell_recorder import CellRecorder
from cs336_core.trace.lectures.cells import Cell, cells, marks
from cs336_core.trace.lectures.myst import commonmark, literal, text_of
from cs336_core.trace.lectures.rich_output import display
from cs336_core.trace.model import Trace
from cs336_core.trace.record.function import MAX_STEPS, Into, sources_of, trace_path
from cs336_core.trace.record.sources import Source

Cite = Callable[[str, list[str]], str]  # the name of a role, keys of references -> Markdown
Document = Callable[[str], str]  # the text of a role that names a page, {doc} -> Markdown

_COMPOUND = (
    ast.For, ast.AsyncFor, ast.While, ast.If, ast.With, ast.AsyncWith, ast.Try, ast.TryStar,
    ast.Match, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
)  # fmt: skip


def trace_lecture(  # noqa: PLR0913
    path: str | os.PathLike[str],
    *,
    into: Iterable[Into] = (),
    page: str | None = None,
    cite: Cite | None = None,
    document: Document | None = None,
    root: StrPath | None = None,
    max_steps: int = MAX_STEPS,
    inspect_all: bool = True,
) -> Trace:
    """Run a lecture and return its trace, as `trace` does for a function.

    A cell of prose is one step, with its Markdown as a rendering: `{eval}` in it becomes the value
    that the code above has computed, citations what `cite` makes of them (else their keys), links
    to other pages what `document` makes of them (else their titles). The value of a cell's last
    expression is a rendering of its last step. A cell tagged `remove-cell` runs and gives no step.

    Besides the lecture and the files of `into`, the functions of the project that it imports by
    name (`from ... import f`) are stepped into, and nothing else of their files. A statement that
    names none of these and has no others in it, or that says `# @stepover`, is one step, and runs
    as fast as it does without a trace. `page` is the address of the lecture's page, where `#line-N`
    leads to the cell that begins there; files are called by their paths from `root` (the current
    folder).

    Raises `TraceError` for a file without cells, or one that is no Python; `OSError` where there is
    none.
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
    sources = sources_of([path, *into], root)
    source = sources[str(path)]
    shown = [cell for cell in found if is_told(cell)]
    source.hidden[:] = sorted({*source.hidden, *marks(text, shown)})
    recorder = CellRecorder(sources, max_steps, inspect_all)
    program = _Program(
        recorder,
        source,
        filename=str(path),
        statements=statements,
        cite=cite or keys_in_brackets,
        document=document or title_or_target,
        root=Path(root) if root else Path.cwd(),
        page=page,
    )
    program.names |= {"__name__": "__main__", "__file__": str(path)}
    recorded = recorder.run(lambda: program.play(found))
    if page is not None:
        recorded.links[source.path] = {cell.first: address(page, cell) for cell in shown}
    return recorded


def address(page: str, cell: Cell) -> str:
    """Return where a page shows a cell.

    >>> address("lectures/03_bpe.html", Cell("code", 14, 16, "x = 1"))
    'lectures/03_bpe.html#line-14'
    """
    return f"{page}#line-{cell.first}"


def is_told(cell: Cell) -> bool:
    """Whether a trace has steps of a cell: there is something in it, and it is not removed."""
    return not cell.removed and (cell.kind == "code" or bool(commonmark(cell.text)))


def keys_in_brackets(role: str, keys: list[str]) -> str:
    r"""Return the keys of references.

    >>> print(keys_in_brackets("cite:p", ["byt5", "blt_2024"]))
    &#91;byt5, blt\_2024&#93;
    """
    return literal(f"[{', '.join(keys)}]")


def title_or_target(text: str) -> str:
    """Return the title that a `{doc}` role gives to a page, or else the name of the page.

    >>> title_or_target("The lecture <03_bpe>"), title_or_target("bpe")
    ('The lecture', 'bpe')
    """
    return text_of("doc", text)


def prose(
    cell: Cell,
    value: Callable[[str], object],
    cite: Cite = keys_in_brackets,
    document: Document = title_or_target,
) -> str:
    """Return the Markdown of a cell of prose; `value` says what an expression in it stands for."""

    def role(name: str, text: str) -> str:
        if name == "eval":
            return literal(written(value(text)))
        if name.startswith("cite"):
            return cite(name, [key.strip() for key in text.split(",")])
        if name == "doc":
            return document(text)
        return text_of(name, text)

    return commonmark(cell.text, role)


def written(value: object) -> str:
    """Return how a computed value is written in a sentence.

    >>> written(50257), written("1.50")
    ('50,257', '1.50')
    """
    return f"{value:,}" if type(value) is int else str(value)


@dataclass
class _Program:
    """A lecture that runs: who records it, what it is made of, its variables."""

    recorder: CellRecorder
    source: Source
    filename: str
    statements: list[ast.stmt]
    cite: Cite
    document: Document
    root: Path
    page: str | None
    names: dict[str, object] = field(default_factory=dict)

    def play(self, found: Iterable[Cell]) -> None:
        """Run every cell."""
        for cell in found:
            if cell.kind == "code":
                self._run(cell)
            elif is_told(cell):
                with self.recorder.paused():
                    markdown = prose(cell, self._value, self.cite, self.document)
                self.recorder.show(self.source, cell.first, markdown)

    def _value(self, expression: str) -> object:
        return eval(f"({expression})", self.names)  # noqa: S307  (the lecture's own code)

    def _run(self, cell: Cell) -> None:
        """Run a cell of code, and show what its last expression gives."""
        within = [each for each in self.statements if cell.first < each.lineno <= cell.last]
        for statement in within:
            if cell.removed:
                with self.recorder.unseen(self.source, self.names):
                    value = self._done(statement)
            elif self._is_one_step(statement):
                with self.recorder.one_step(
                    self.source, statement.lineno, self.names, _imported(statement)
                ):
                    value = self._done(statement)
            else:
                value = self._done(statement)
            if isinstance(statement, ast.ImportFrom):
                for name in _imported(statement):
                    self.recorder.scope.add(self.names.get(name), self._name_of)
        if within and not cell.removed and not cell.text.endswith(";"):
            with self.recorder.paused():
                display(value, self.page and address(self.page, cell))
            if value is not None:  # it stands in place of the whole statement
                rest = range(within[-1].lineno + 1, (within[-1].end_lineno or 0) + 1)
                self.source.hidden[:] = sorted({*self.source.hidden, *rest})

    def _done(self, statement: ast.stmt) -> object:
        """Run a statement; return the value of an expression."""
        if isinstance(statement, ast.Expr):
            return eval(self._compiled(ast.Expression(statement.value), "eval"), self.names)  # noqa: S307
        exec(self._compiled(ast.Module([statement], []), "exec"), self.names)  # noqa: S102
        return None

    def _compiled(self, tree: ast.Module | ast.Expression, mode: str) -> CodeType:
        flags = _flags(self.statements)
        code: CodeType = compile(tree, self.filename, mode, flags, dont_inherit=True)
        return code

    def _is_one_step(self, statement: ast.stmt) -> bool:
        """Whether nothing is stepped into for a statement."""
        asked = self.source.directives.get(statement.lineno)
        if asked and asked.stepover:
            return True
        named = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        values = [self.names[name] for name in named if name in self.names]
        return not isinstance(statement, _COMPOUND) and not any(
            map(self.recorder.scope.can_enter, values)
        )

    def _name_of(self, filename: str) -> str:
        taken = {source.path for source in self.recorder.scope.sources.values()}
        return trace_path(filename, taken, self.root)


def _imported(statement: ast.stmt) -> list[str]:
    """Return the names that an import gives."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [each.asname or each.name.partition(".")[0] for each in statement.names]
    return []


def _flags(statements: Iterable[ast.stmt]) -> int:
    """Return what a program's imports from `__future__` ask of the compiler, for every cell."""
    asked = (
        getattr(__future__, each.name).compiler_flag
        for statement in statements
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        for each in statement.names
    )
    return functools.reduce(operator.or_, asked, 0)
