"""Traces a cell of a notebook."""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, ItemsView, Iterator, Mapping, MutableMapping
from contextlib import suppress
from types import CodeType, TracebackType
from typing import Any, NamedTuple

from cs336_core.trace.errors import Interrupted
from cs336_core.trace.lectures.cell_loop import event_loop
from cs336_core.trace.model import Trace
from cs336_core.trace.record.recorder import Recorder, StepLimitReached
from cs336_core.trace.record.sources import Source
from cs336_core.trace.record.tracebacks import OWN_FILES

Compiler = Callable[[ast.Module | ast.Expression, str], CodeType]  # a tree, "exec" or "eval"


class CellRun(NamedTuple):
    """The result of running a cell.

    Attributes:
        trace: its steps.
        value: the value of its last statement, where that is an expression.
        error: the exception that it raised, with a traceback that omits the tracer's frames.

    """

    trace: Trace
    value: object
    error: BaseException | None


class CellNames(MutableMapping[str, Any]):
    """The variables of a notebook; `items` has only those that the cell names.

    A trace shows the items, since few of a notebook's many variables matter to a cell.
    """

    def __init__(self, variables: dict[str, Any], tree: ast.Module) -> None:
        self._variables = variables
        names = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
        self._named = dict.fromkeys(names)

    def __getitem__(self, name: str) -> Any:
        """Return a variable of the notebook."""
        return self._variables[name]

    def __setitem__(self, name: str, value: Any) -> None:
        """Set a variable of the notebook, and count it among those that the cell names."""
        self._named[name] = None
        self._variables[name] = value

    def __delitem__(self, name: str) -> None:
        """Delete a variable of the notebook."""
        del self._variables[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of all variables."""
        return iter(self._variables)

    def __len__(self) -> int:
        """Return how many variables there are."""
        return len(self._variables)

    def items(self) -> ItemsView[str, Any]:
        """Return the variables that the cell names."""
        variables = self._variables
        return {name: variables[name] for name in self._named if name in variables}.items()


def trace_cell(
    tree: ast.Module,
    compiled: Compiler,
    variables: dict[str, Any],
    sources: Mapping[str, Source],
    *,
    max_steps: int,
    inspect_all: bool,
) -> CellRun:
    """Run a cell and return its trace; `sources` are the files to step into, the cell's among them.

    An exception is returned, not raised. An interruption leaves a trace without steps.
    """
    names = CellNames(variables, tree)
    body, expression = tree.body, None
    last = body[-1] if body else None
    if isinstance(last, ast.Expr):
        body, expression = body[:-1], compiled(ast.Expression(last.value), "eval")
    statements = compiled(ast.Module(body, tree.type_ignores), "exec")
    value: object = None
    raised: BaseException | None = None

    def program() -> None:
        nonlocal value, raised
        try:
            with event_loop() as loop:
                if body:
                    loop.run(statements, variables, names)
                if expression:
                    value = loop.run(expression, variables, names)
        except StepLimitReached:
            raise
        except BaseException as error:
            raised = error
            raise

    trace = Trace()
    with suppress(Interrupted):  # `raised` has it
        trace = Recorder(sources, max_steps, inspect_all).run(program)
    return CellRun(trace, value, raised and without_tracer(raised, sources))


def without_tracer(error: BaseException, sources: Container[str]) -> BaseException:
    """Remove the tracer's frames, and those below the cell, from a traceback."""
    ours = {__file__, event_loop.__code__.co_filename, *OWN_FILES}
    remaining: list[TracebackType] = []
    entry = error.__traceback__
    while entry is not None:
        filename = entry.tb_frame.f_code.co_filename
        if filename in sources or (remaining and filename not in ours):
            remaining.append(entry)
        entry = entry.tb_next
    traceback = None
    for entry in reversed(remaining):
        traceback = TracebackType(traceback, entry.tb_frame, entry.tb_lasti, entry.tb_lineno)
    return error.with_traceback(traceback)
