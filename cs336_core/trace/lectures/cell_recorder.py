"""Records a program that consists of cells, some of which run untraced."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager

from cs336_core.trace.model import CallStack, Frame, Rendering
from cs336_core.trace.record import renderings
from cs336_core.trace.record.call import Call, Variables, data_variables
from cs336_core.trace.record.recorder import Recorder
from cs336_core.trace.record.sources import Source
from cs336_core.trace.record.values import record_value


class CellRecorder(Recorder):
    """Records the steps of a lecture."""

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Run a block untraced, at Python's full speed."""
        with self._hook.paused():
            yield

    @contextmanager
    def unseen(self, source: Source, variables: Variables) -> Iterator[None]:
        """Run a block untraced; its output, renderings and new variables are not shown."""
        self._take_output()
        with self.paused():
            yield
        renderings.take()
        for stream in (self._stdout, self._stderr):
            stream.take()
        known = self._last_values.setdefault(source.path, {})
        for name, value in data_variables(variables):
            known.setdefault(name, record_value(value))

    @contextmanager
    def one_step(
        self, source: Source, line: int, variables: Variables, imported: Container[str] = ()
    ) -> Iterator[None]:
        """Record a block as one step at module level.

        Variables that it imports (`imported`) are not shown unless they change later.
        """
        call = Call(source)
        call.last_values = self._last_values.setdefault(source.path, call.last_values)
        self._begin(call, line, "<module>")
        with self.paused():
            yield
        for name, value in data_variables(variables):
            if name in imported:
                call.last_values[name] = record_value(value)
        self._finish(call, variables, variables)

    def show(self, source: Source, line: int, markdown: str) -> None:
        """Add a step that shows prose at a line of a file."""
        self._take_output()
        self._add_step(CallStack(None, Frame(source.path, line, "<module>")))
        self._steps[-1].renderings.append(Rendering("markdown", markdown))
