"""Records a program that consists of cells, some of which run untraced."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager

from cs336_core.trace.model import Rendering
from cs336_core.trace.record import renderings
from cs336_core.trace.record.call import Call, Variables
from cs336_core.trace.record.recorder import Recorder, drain
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
            drain(stream)
        namespace = self._variables.module(variables)
        new = variables.keys() - namespace.known.keys()
        self._variables.assume(namespace, variables, new)

    @contextmanager
    def one_step(
        self, source: Source, line: int, variables: Variables, imported: Container[str] = ()
    ) -> Iterator[None]:
        """Record a block as one step at module level.

        Variables that it imports (`imported`) are not shown unless they change later.
        """
        call = Call(source, self._variables.module(variables))
        self._begin(call, line, "<module>")
        with self.paused():
            yield
        self._variables.assume(call.namespace, variables, imported)
        self._finish(call, variables, variables)

    def show(self, source: Source, line: int, variables: Variables, markdown: str) -> None:
        """Add a step that shows prose at a line of a module."""
        call = Call(source, self._variables.module(variables))
        self._begin(call, line, "<module>")
        self._steps[-1].renderings.append(Rendering("markdown", markdown))
