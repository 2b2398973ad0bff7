"""Records a program that consists of cells, some of which run untraced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from cs336_core.trace.model import Rendering
from cs336_core.trace.record import renderings
from cs336_core.trace.record.call import Call, Variables
from cs336_core.trace.record.recorder import Recorder
from cs336_core.trace.record.sources import Source


class CellRecorder(Recorder):
    """Records the steps of a lecture."""

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Run a block untraced, at Python's full speed."""
        with self._hook.paused():
            yield

    @contextmanager
    def unseen(self, variables: Variables) -> Iterator[None]:
        """Run a block untraced; its output, renderings and new variables are not shown."""
        self._take_output()
        with self.paused():
            yield
        renderings.take()
        for stream in (self._stdout, self._stderr):
            stream.take()
        namespace = self._variables.module(variables)
        new = variables.keys() - namespace.known.keys()
        self._variables.assume(namespace, variables, new)

    @contextmanager
    def one_step(
        self, source: Source, line: int, variables: Variables, is_shown: Callable[[str], bool]
    ) -> Iterator[None]:
        """Record a block as one step at module level.

        Variables that need not be shown (`is_shown`) are not, unless they change later.
        """
        call = Call(source, self._variables.module(variables))
        self._take_output()
        self._begin(call, line, "<module>")
        with self.paused():
            yield
        hidden = {name for name in variables if not is_shown(name)}
        self._variables.assume(call.namespace, variables, hidden)
        self._finish(call, variables, variables)

    @contextmanager
    def output_only(self, source: Source, line: int, variables: Variables) -> Iterator[None]:
        """Record a block as one step that shows its output and no new variables."""
        seen = {name for step in self._steps for name in step.env}
        with self.one_step(source, line, variables, seen.__contains__):
            yield

    @contextmanager
    def stepping_into(
        self, functions: Iterable[object], name: Callable[[str], str]
    ) -> Iterator[None]:
        """Step into these functions alone while a block runs; `name` is as in `Scope.add`."""
        with self.scope.only(functions, name):
            with self.paused():  # after it, code that has been ignored so far is reported again
                pass
            yield

    def show(self, source: Source, line: int, variables: Variables, markdown: str) -> None:
        """Add a step that shows prose at a line of a module."""
        call = Call(source, self._variables.module(variables))
        self._take_output()
        self._begin(call, line, "<module>")
        self._steps[-1].renderings.append(Rendering("markdown", markdown))
