"""`%%trace`: runs a notebook cell and shows it step by step."""

from __future__ import annotations

import argparse
import ast
import re
import shlex
import sys
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class, output_can_be_silenced
from IPython.display import display

from cs336_core.trace import TraceError, save
from cs336_core.trace.commands.resolve_name import resolve_name
from cs336_core.trace.lectures.notebook_cell import CellRun, trace_cell
from cs336_core.trace.record.function import sources_of
from cs336_core.trace.record.sources import Source, read_source
from cs336_core.viewer.cell_source import transform_cell
from cs336_core.viewer.widget import MAX_STEPS, TraceViewer, truncate_trace


@magics_class
class TraceMagics(Magics):
    """The magics that `%load_ext cs336_core.viewer` registers."""

    shell: Any  # an InteractiveShell

    @output_can_be_silenced
    @cell_magic
    def trace(self, line: str, cell: str) -> object:
        """Run the cell and show it step by step.

            %%trace [--max-steps N] [--into NAME ...] [--inspect | --all] [-o FILE]

        Steps into the functions that the cell defines, and into all code in the files or cells of
        the functions, classes and modules that `--into` names. Stops the cell after N steps (at
        most, and by default, 20,000). With `-o`, also saves the trace. A cell may await; it runs in
        an event loop of its own.

        Shows the variables that the cell names as they change; with `--inspect`, or if the cell has
        comments such as `# @inspect x`, only the ones that comments name; with `--all`, all of them
        in any case.
        """
        __tracebackhide__ = True  # IPython leaves this function out of tracebacks
        args = options(line)
        if not 1 <= args.max_steps <= MAX_STEPS:
            raise UsageError(f"--max-steps is {args.max_steps}; expected 1 to {MAX_STEPS:,}")
        if args.output and (Path(args.output).is_dir() or not Path(args.output).parent.is_dir()):
            raise UsageError(f"-o {args.output}: expected a file in a folder that exists")
        try:
            run = self._run(f"%%trace {line}".rstrip(), cell, args)
        except SyntaxError as error:
            raise error.with_traceback(None) from None
        if args.output:
            save(run.trace, args.output)
        if run.trace.steps:
            self._show(run, args.max_steps)
        if run.error is not None:
            self._start_traceback_in_cell(run.error)
            raise run.error
        return run.value

    def _run(self, first_line: str, cell: str, args: Any) -> CellRun:
        shell = self.shell
        # The notebook counts the line of the magic, too.
        python = "\n" + transform_cell(shell, cell)
        awaits = shell.should_run_async(cell, transformed_cell=python)
        filename = shell.compile.cache(python, self._cell_number(), raw_code=cell)
        tree = shell.transform_ast(shell.compile.ast_parse(python, filename))
        try:
            others = sources_of(resolve_name(name, shell.user_ns) for name in args.into)
        except TraceError as error:
            raise UsageError(f"--into: {error}") from None
        own = self._with_cell_number(filename, read_source(filename, filename))
        own = replace(own, text=f"{first_line}\n{cell}".rstrip("\n"), hidden=[1, *own.hidden])
        inspects = any(directives.inspect for directives in own.directives.values())
        sources = {name: self._with_cell_number(name, other) for name, other in others.items()}
        with shell.compile.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if awaits else 0):
            return trace_cell(
                tree,
                lambda part, mode: shell.compile(part, filename, mode),
                shell.user_ns,
                {**sources, filename: own},
                max_steps=args.max_steps,
                inspect_all=args.all or not (args.inspect or inspects),
            )

    def _cell_number(self) -> int:
        """Return the number of the running cell; IPython may already have counted on."""
        result = self.shell.displayhook.exec_result
        return int((result and result.execution_count) or self.shell.execution_count)

    def _with_cell_number(self, filename: str, source: Source) -> Source:
        """Name a cell by its number."""
        name = self.shell.compile.format_code_name(filename)
        number = re.search(r"\d+", name[1]) if name else None
        return replace(source, path=f"cell {number[0]}") if number else source

    def _show(self, run: CellRun, max_steps: int) -> None:
        """Show the trace, and report if it is incomplete."""
        shown = truncate_trace(run.trace)
        display(TraceViewer(shown))  # type: ignore[no-untyped-call]
        if len(shown) < len(run.trace):
            sys.stderr.write(
                f"The cell ran, but its trace is too large for the viewer, which shows the first "
                f"{len(shown):,} of {len(run.trace):,} steps.\n"
            )
        elif run.trace.ending == "max_steps":
            sys.stderr.write(
                f"The cell was stopped after {max_steps:,} steps; the rest of it did not run.\n"
            )

    def _start_traceback_in_cell(self, error: BaseException) -> None:
        """Leave IPython's and our own frames out of the traceback."""
        traceback = error.__traceback__
        write = self.shell.InteractiveTB.structured_traceback
        with suppress(AttributeError):  # some exceptions do not accept attributes
            error._render_traceback_ = partial(  # type: ignore[attr-defined]
                write, type(error), error, traceback, tb_offset=0
            )


class _Options(argparse.ArgumentParser):
    """A parser for notebooks, where a mistake must not exit the process."""

    def error(self, message: str) -> NoReturn:
        """Raise `UsageError`, which IPython prints."""
        raise UsageError(f"{message}\n{self.format_usage().rstrip()}")


def options(line: str) -> argparse.Namespace:
    """Parse the options of `%%trace`; raise `UsageError` if they are invalid."""
    parser = _Options("%%trace", add_help=False, allow_abbrev=False)
    parser.add_argument("--max-steps", type=int, default=MAX_STEPS, metavar="N")
    parser.add_argument("--into", nargs="+", action="extend", default=[], metavar="NAME")
    parser.add_argument("-o", "--output", metavar="FILE")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--inspect", action="store_true")
    which.add_argument("--all", action="store_true")
    try:
        words = shlex.split(line)
    except ValueError as error:
        parser.error(f"{line}: {error}")
    return parser.parse_args(words)
