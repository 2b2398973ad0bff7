"""Runs the cells of a lecture as a notebook would, and collects what the notebook would show.

IPython formats the values here as it does in a kernel, but there is no kernel: the tracer runs the
code.
"""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TextIO, cast

from IPython.core.displaypub import DisplayPublisher
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from cs336_core.trace.lectures.cells import Cell
from cs336_core.trace.lectures.host import Host
from cs336_core.trace.lectures.rich_output import show


class LectureError(Exception):
    """An error in a cell, described by a sentence; `tail` is printed above it."""

    def __init__(self, sentence: str, tail: str = "") -> None:
        super().__init__(sentence)
        self.tail = tail


class NotebookHost(Host):
    """Collects outputs and values.

    Attributes:
        outputs: the outputs of each cell of code, as a notebook stores them.
        values: each `{eval}` expression of the prose -> its formatted value.
        line: the first line of the running cell.
        error: the exception that a cell raised.

    """

    def __init__(self, report: Callable[[int], None]) -> None:
        """Prepare to run a lecture; `report` is called with the first line of each cell."""
        self.outputs: list[list[dict[str, Any]]] = []
        self.values: dict[str, str] = {}
        self.line = 1
        self.error: BaseException | None = None
        self._report = report
        self._current: list[dict[str, Any]] = []
        self._stderr = ""
        self._shell = Shell.instance(config=Config(HistoryManager={"enabled": False}))
        self._format = cast(DisplayFormatter, self._shell.display_formatter).format
        self._shell.display_pub = Publisher(self)

    @contextmanager
    def cell(self, cell: Cell) -> Iterator[None]:
        """Collect the outputs of a cell; raise `LectureError` if it writes to standard error."""
        self.line = cell.first
        self._report(cell.first)
        self._current = []
        try:
            with self._copying_streams(), self._shell.builtin_trap:
                yield
                self._shell.events.trigger("post_execute")  # matplotlib shows open figures
            if self._stderr:
                raise LectureError("the cell wrote to standard error", self._stderr)
            if cell.kind == "code":
                self.outputs.append(self._current)
            elif self._current:
                raise LectureError(
                    "the expressions in this prose print something; print in a cell of code"
                )
        except BaseException as error:
            self.error = error
            raise

    def show(self, value: object, address: str | None) -> None:
        """Show the value of a cell's last expression, on the page and in the trace."""
        data, metadata = self._format(value)  # type: ignore[no-untyped-call]
        if data:
            self.add_output("execute_result", data, metadata, execution_count=None)
            show(data, value, address)

    def add_output(self, kind: str, data: Mapping[str, Any], metadata: Any, **more: Any) -> None:
        """Add representations of a value to the outputs of the running cell."""
        text = {
            mime: base64.b64encode(content).decode() if isinstance(content, bytes) else content
            for mime, content in data.items()
        }
        output = {"output_type": kind, "data": text, "metadata": metadata or {}, **more}
        self._current.append(output)

    def written(self, expression: str, value: object) -> str:
        """Format a value for a sentence; raise `LectureError` unless it is an integer or a string.

        An expression must have the same value wherever it occurs on the page.
        """
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise LectureError(
                f"{{eval}}`{expression}` is {value!r}, a {type(value).__name__}; in a sentence, "
                'write an int or a str, such as f"{ratio:.2f}"'
            )
        text = super().written(expression, value)
        first = self.values.setdefault(expression, text)
        if first != text:
            raise LectureError(
                f"{{eval}}`{expression}` is first {first}, then {text} on the same page; "
                "use a different variable for each value"
            )
        return text

    @contextmanager
    def _copying_streams(self) -> Iterator[None]:
        """Copy the standard streams, which go on to the trace."""
        stdout, stderr = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Tee(stdout, self._wrote), _Tee(stderr, self._wrote_error)
        try:
            yield
        finally:
            sys.stdout, sys.stderr = stdout, stderr

    def _wrote(self, text: str) -> None:
        """Add a text to the outputs, joined with the text before it."""
        if self._current and self._current[-1]["output_type"] == "stream":
            self._current[-1]["text"] += text
        else:
            output = {"output_type": "stream", "name": "stdout", "text": text}
            self._current.append(output)

    def _wrote_error(self, text: str) -> None:
        self._stderr += text


class _Tee(io.TextIOBase):
    """A text stream that forwards each text that is written, and calls a function with it."""

    def __init__(self, stream: TextIO, wrote: Callable[[str], None]) -> None:
        self._stream, self._wrote = stream, wrote

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Write a text and return its length."""
        if text:
            self._wrote(text)
        return self._stream.write(text)


class Publisher(DisplayPublisher):
    """Shows the values that a cell passes to `display`, on the page and in the trace."""

    def __init__(self, host: NotebookHost) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._host = host

    def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
        """Show the representations of a value."""
        self._host.add_output("display_data", data, metadata)
        show(data, data.get("text/plain", ""))


class Shell(InteractiveShell):
    """IPython as a library: it formats values and runs no code."""

    def init_sys_modules(self) -> None:
        """Leave the module `__main__` as it is."""

    def showtraceback(self, exc_tuple: Any = None, *_: Any, **__: Any) -> None:
        """Raise the exception of a representation, which IPython would only print."""
        raise exc_tuple[1] if exc_tuple else sys.exc_info()[1]  # type: ignore[misc]
