"""`%%trace`: runs a notebook's cell and shows it step by step."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, NoReturn

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, magics_class, output_can_be_silenced
from IPython.display import display

from cs336_core.trace import TraceError
from cs336_core.trace.lectures.notebook_cell import Ran, trace_cell
from cs336_core.trace.record.function import sources_of
from cs336_core.trace.record.resolve_name import named
from cs336_core.trace.record.sources import Source, read_source
from cs336_core.viewer.cell_source import transformed
from cs336_core.viewer.widget import MOST_STEPS, TraceViewer, shortened


@magics_class
class TraceMagics(Magics):
    """What `%load_ext cs336_core.viewer` brings."""

    shell: Any  # an InteractiveShell

    @output_can_be_silenced
    @cell_magic
    def trace(self, line: str, cell: str) -> object:
        """Run the cell and show it step by step.

            %%trace [--max-steps N] [--into NAME ...] [--inspect | --all]

        Functions that the cell defines are stepped into; others where `--into` names them, their
        class or their module, with what else is in their file or cell. The cell is stopped after
        N steps (20,000, which is the most).

        The variables that the cell names are shown as they change; with `--inspect`, and wherever
        the cell has comments such as `# @inspect x`, only those that comments name; with `--all`,
        every one again.
        """
        __tracebackhide__ = True  # IPython leaves this function out of tracebacks
        args = options(line)
        if not 1 <= args.max_steps <= MOST_STEPS:
            raise UsageError(f"--max-steps is {args.max_steps}; it may be 1 to {MOST_STEPS:,}")
        try:
            ran = self._run(f"%%trace {line}".rstrip(), cell, args)
        except SyntaxError as error:
            raise error.with_traceback(None) from None
        if ran.trace.steps:
            self._show(ran, args.max_steps)
        if ran.error is not None:
            self._leave_to_the_cell(ran.error)
            raise ran.error
        return ran.value

    def _run(self, first_line: str, cell: str, args: Any) -> Ran:
        shell = self.shell
        # Its lines are counted as the notebook counts them, with the magic's own.
        python = "\n" + transformed(shell, cell)
        if shell.should_run_async(cell, transformed_cell=python):
            raise UsageError("a cell that awaits, outside of any function, cannot be traced")
        filename = shell.compile.cache(python, self._number(), raw_code=cell)
        tree = shell.transform_ast(shell.compile.ast_parse(python, filename))
        try:
            others = sources_of(named(name, shell.user_ns) for name in args.into)
        except TraceError as error:
            raise UsageError(f"--into: {error}") from None
        own = self._named(filename, read_source(filename, filename))
        own = replace(own, text=f"{first_line}\n{cell}".rstrip("\n"), hidden=[1, *own.hidden])
        is_asked = any(asked.inspect for asked in own.asked.values())
        return trace_cell(
            tree,
            lambda part, mode: shell.compile(part, filename, mode),
            shell.user_ns,
            {**{name: self._named(name, other) for name, other in others.items()}, filename: own},
            max_steps=args.max_steps,
            inspect_all=args.all or not (args.inspect or is_asked),
        )

    def _number(self) -> int:
        """Return the number of the cell that runs, which IPython counts before or after."""
        result = self.shell.displayhook.exec_result
        return int((result and result.execution_count) or self.shell.execution_count)

    def _named(self, filename: str, source: Source) -> Source:
        """Call a cell by its number."""
        found = self.shell.compile.format_code_name(filename)
        number = re.search(r"\d+", found[1]) if found else None
        return replace(source, path=f"cell {number[0]}") if number else source

    def _show(self, ran: Ran, max_steps: int) -> None:
        """Show the trace, and say where it is not the whole."""
        shown = shortened(ran.trace)
        display(TraceViewer(shown))  # type: ignore[no-untyped-call]
        if len(shown) < len(ran.trace):
            sys.stderr.write(
                f"The cell ran, but its trace is too large to be shown: these are the first "
                f"{len(shown):,} of {len(ran.trace):,} steps.\n"
            )
        elif ran.trace.ending == "max_steps":
            sys.stderr.write(
                f"The cell was stopped after {max_steps:,} steps; the rest of it has not run.\n"
            )

    def _leave_to_the_cell(self, error: BaseException) -> None:
        """Let a traceback begin in the cell, and not in IPython's way to this magic."""
        traceback = error.__traceback__
        write = self.shell.InteractiveTB.structured_traceback
        with suppress(AttributeError):  # some exceptions take no attributes
            error._render_traceback_ = partial(  # type: ignore[attr-defined]
                write, type(error), error, traceback, tb_offset=0
            )


class _Options(argparse.ArgumentParser):
    """Options in a notebook, where a mistake must not end the program."""

    def error(self, message: str) -> NoReturn:
        """Tell what is wrong."""
        raise UsageError(f"{message}\n{self.format_usage().rstrip()}")


def options(line: str) -> argparse.Namespace:
    """Read the options of `%%trace`; raise `UsageError` for those that cannot be."""
    parser = _Options("%%trace", add_help=False, allow_abbrev=False)
    parser.add_argument("--max-steps", type=int, default=MOST_STEPS, metavar="N")
    parser.add_argument("--into", nargs="+", action="extend", default=[], metavar="NAME")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--inspect", action="store_true")
    which.add_argument("--all", action="store_true")
    try:
        words = shlex.split(line)
    except ValueError as error:
        parser.error(f"{line}: {error}")
    return parser.parse_args(words)
