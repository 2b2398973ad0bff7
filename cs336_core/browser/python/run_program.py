"""Runs a program inside the page's Python and reports what it did.

The worker calls `run_json` once: each program has an interpreter of its own, so nothing here has to
be restored afterwards. Output goes to the standard streams, which the page shows as it is written.
"""

from __future__ import annotations

import ast
import io
import json
import linecache
import sys
import traceback
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from types import CodeType, ModuleType
from typing import Any, Final

from cs336_core.browser.python import event_loop
from cs336_core.trace import Trace, dumps
from cs336_core.trace.lectures.notebook_cell import trace_cell
from cs336_core.trace.record.sources import read_source

MAX_TRACE: Final = 5_000_000  # characters of a trace's text; limits.js has the same
MAX_STEPS: Final = 10_000
ABOVE: Final = "cells above"  # the file name of the code that runs before


@dataclass(frozen=True)
class Program:
    """A program to run.

    Attributes:
        code: what to run and report on.
        before: code that runs first in the same module, without output.
        filename: the name of the code in errors and in the trace.
        trace: whether to record the run.
        stdin: what the program may read.
        max_steps: the maximum length of the trace.

    """

    code: str
    before: str = ""
    filename: str = "main.py"
    trace: bool = False
    stdin: str = ""
    max_steps: int = MAX_STEPS


class Keyboard(io.StringIO):
    """Standard input with a given text, which appears in the output as if it were typed."""

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        """Return the next line, and write it to standard output."""
        line = super().readline(size)
        if line:
            sys.stdout.write(line if line.endswith("\n") else f"{line}\n")
        return line


def run_json(request: str) -> str:
    """Run a program that is described in JSON, with the page's names; return the report as JSON."""
    fields = json.loads(request)
    fields["max_steps"] = fields.pop("maxSteps", MAX_STEPS)
    event_loop.install()
    return json.dumps(run(Program(**fields)))


def run(program: Program) -> dict[str, Any]:
    """Run a program; return its result, its error and its trace; what it lacks is `None`."""
    main = ModuleType("__main__")
    sys.modules["__main__"] = main
    sys.argv = [program.filename]
    sys.stdin = Keyboard(program.stdin)
    texts = {ABOVE: program.before, program.filename: program.code}
    for name, text in texts.items():
        # An entry without a time of change is never compared with a file.
        linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
    report: dict[str, Any] = {"result": None, "error": None, "trace": None}
    try:
        with redirect_stdout(io.StringIO()):
            _execute(ast.parse(program.before, ABOVE), ABOVE, main.__dict__)
        tree = ast.parse(program.code, program.filename)
        if program.trace:
            value = _record(program, tree, main.__dict__, report)
        else:
            value = _execute(tree, program.filename, main.__dict__)
        report["result"] = None if value is None else repr(value)
    except BaseException as error:
        if not isinstance(error, SystemExit) or error.code not in (None, 0):
            report["error"] = describe_error(error, texts)
    sys.stdout.flush()
    sys.stderr.flush()
    return report


def _execute(tree: ast.Module, filename: str, variables: dict[str, Any]) -> object:
    """Run statements; return the value of the last one, where that is an expression."""
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, filename, "exec", dont_inherit=True), variables)
    if not isinstance(last, ast.Expr):
        return None
    expression = ast.Expression(last.value)
    return eval(compile(expression, filename, "eval", dont_inherit=True), variables)


def _record(
    program: Program, tree: ast.Module, variables: dict[str, Any], report: dict[str, Any]
) -> object:
    """Run a program step by step, put its trace into the report, and return its value."""

    def compiled(node: ast.Module | ast.Expression, mode: str) -> CodeType:
        code: CodeType = compile(node, program.filename, mode, dont_inherit=True)
        return code

    names = [program.filename, ABOVE] if program.before else [program.filename]
    sources = {name: read_source(name, name) for name in names}
    recorded = trace_cell(
        tree, compiled, variables, sources, max_steps=program.max_steps, inspect_all=True
    )
    report["trace"] = dumps_within(recorded.trace, MAX_TRACE)
    sys.stdout.write("".join(step.stdout for step in recorded.trace))
    if recorded.error:
        raise recorded.error
    sys.stderr.write("".join(step.stderr for step in recorded.trace))
    return recorded.value


def dumps_within(trace: Trace, size: int) -> str:
    """Return the text of a trace, or of as many of its first steps as fit."""
    text = dumps(trace)
    while len(text) > size and trace.steps:
        trace = replace(trace, steps=trace.steps[: len(trace) // 2], ending="max_steps")
        text = dumps(trace)
    return text


def describe_error(error: BaseException, own: Mapping[str, str]) -> dict[str, Any]:
    """Describe an exception; `own` are the program's files, where its traceback begins.

    `file` and `line` locate the innermost line of the program's own code; both are `None` if the
    error lies outside it.
    """
    described = traceback.TracebackException.from_exception(error)
    frames = described.stack
    first = next((i for i, frame in enumerate(frames) if frame.filename in own), len(frames))
    del frames[:first]
    lines: list[tuple[str | None, int | None]] = [
        (frame.filename, frame.lineno) for frame in frames if frame.filename in own
    ]
    if isinstance(error, SyntaxError) and error.filename in own:
        lines.append((error.filename, error.lineno))
    file, line = lines[-1] if lines else (None, None)
    return {
        "type": type(error).__name__,
        "message": str(error.msg if isinstance(error, SyntaxError) else described),
        "file": file,
        "line": line,
        "missing": (error.name or "") if isinstance(error, ModuleNotFoundError) else "",
        "traceback": "".join(described.format()),
    }
