"""The widget that steps through a trace."""

from __future__ import annotations

import html
import os
from dataclasses import replace
from typing import Any, ClassVar, Self

import traitlets

from cs336_core._shared import built
from cs336_core.trace import Step, Trace, load, trace
from cs336_core.trace.formats.files import to_bytes
from cs336_core.trace.model import Cleared
from cs336_core.trace.repr_line import repr_line, truncate
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.ui.html import table_html
from cs336_core.ui.state_schema import Integer, WidgetError

MAX_STEPS = 20_000
MAX_BYTES = 5_000_000
_MAX_ROWS = 50  # steps of the fallback table
_MAX_VARIABLES = 8  # of one step


class TraceViewer(CourseWidget):
    """Steps through a trace: source, variables, renderings and output.

    Args:
        trace: the trace, or the path of a trace file.
        step: the initial step, counted from 0. Moving the viewer changes it, setting it moves the
            viewer. Values out of range are clamped.
        key: the widget's name in the page's URL.

    Raises:
        ValueError: for a trace of more than 20,000 steps or 5 MB, or a file that is not a trace.

    """

    view: ClassVar[str] = "trace_viewer"

    trace = traitlets.Unicode(read_only=True).tag(sync=True, most_bytes=MAX_BYTES)
    step = Integer(0).tag(sync=True, url=True)
    libraries: traitlets.Dict[str, str] = traitlets.Dict(read_only=True).tag(sync=True)

    def __init__(
        self, trace: Trace | str | os.PathLike[str], *, step: int = 0, key: str | None = None
    ) -> None:
        self._trace = trace if isinstance(trace, Trace) else load(trace)
        text = _text(self._trace)
        if text is None:
            raise WidgetError(
                f"the viewer takes at most {MAX_STEPS:,} steps and {MAX_BYTES / 1e6:.0f} MB; "
                f"this trace has {len(self._trace):,} steps. Save it with cs336_core.trace.save "
                "and view it with: python -m cs336_core.trace view FILE"
            )
        super().__init__(key=key)
        self.set_trait("trace", text)
        self.set_trait("libraries", _libraries(self._trace))
        self.step = step

    @traitlets.validate("step")
    def _within_the_steps(self, proposal: Any) -> int:
        return min(max(0, int(proposal["value"])), max(0, len(self._trace) - 1))

    def static_state(self) -> dict[str, Any]:
        """Return the view's state without the libraries, which a page loads itself."""
        return {
            name: value for name, value in super().static_state().items() if name != "libraries"
        }

    @classmethod
    def example(cls) -> Self:
        """Return the training of a tokenizer, with every variable in view."""
        from cs336_core.tokenization.bpe import train_bpe  # noqa: PLC0415  (only examples need it)

        return cls(trace(train_bpe, "the cat in the hat", 12, inspect_all=True))

    def fallback_html(self) -> str:
        """Return a table of the first steps, one row per step."""
        steps = self._trace.steps
        count = len(steps)
        shown = f"the first {_MAX_ROWS} of {count:,}" if count > _MAX_ROWS else str(count)
        files = ", ".join(html.escape(path) for path in self._trace.files)
        return table_html(
            f"Steps of {files}: {shown}.",
            ("Line", "Code", "Changed variables", "Renderings and output"),
            (_row(step, _code(self._trace, step)) for step in steps[:_MAX_ROWS]),
        )


def truncate_trace(trace: Trace) -> Trace:
    """Return a trace that fits the viewer: the same trace, or its first steps."""
    if _text(trace) is not None:
        return trace
    part = replace(trace, steps=trace.steps[:MAX_STEPS], ending="max_steps")
    while part.steps and _text(part) is None:
        part.steps = part.steps[: len(part) // 2]
    return part


def _text(trace: Trace) -> str | None:
    """Return a trace as the text of a file, `None` if it is too large."""
    if len(trace) > MAX_STEPS:
        return None
    content = to_bytes(trace)
    return content.decode() if len(content) <= MAX_BYTES else None


def _libraries(trace: Trace) -> dict[str, str]:
    """Return the scripts that a trace needs to typeset formulas and draw plots."""
    shown = [rendering for step in trace for rendering in step.renderings]
    is_needed = {
        "maths": any(item.type == "markdown" and "$" in str(item.data) for item in shown),
        "plots": any(item.type == "plot" for item in shown),
    }
    files = {name: built.STATIC / "libraries" / f"{name}.js" for name in is_needed}
    return {
        name: file.read_text("utf-8")
        for name, file in files.items()
        if is_needed[name] and file.is_file()
    }


def _code(trace: Trace, step: Step) -> str:
    """Return the line of a step, "" if it is hidden."""
    path, line, _ = step.stack.frame
    lines = trace.files.get(path, "").split("\n")
    is_shown = 0 < line <= len(lines) and line not in trace.hidden.get(path, [])
    return lines[line - 1].strip() if is_shown else ""


def _row(step: Step, code: str) -> str:
    changes = [
        f"{name} no longer shown" if isinstance(value, Cleared) else f"{name} = {repr_line(value)}"
        for name, value in list(step.env.items())[:_MAX_VARIABLES]
    ]
    renderings = [
        str(item.data) for item in step.renderings if item.type in ("markdown", "link", "note")
    ]
    # The last line of a traceback names the exception.
    output = [step.stdout.rstrip(), step.stderr.rstrip().rpartition("\n")[2]]
    cells = [[code], changes, [*renderings, *filter(None, output)]]
    return f"<tr><td>{step.stack.frame.line}</td>{''.join(map(_cell, cells))}</tr>"


def _cell(texts: list[str]) -> str:
    encodable = [text.encode(errors="backslashreplace").decode() for text in texts if text]
    shown = [f"<code>{html.escape(truncate(text))}</code>" for text in encodable]
    return f"<td>{'<br>'.join(shown)}</td>"
