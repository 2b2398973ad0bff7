"""Updates the trace of a lecture after an edit of its prose, without running its code again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from cs336_core.trace.lectures.cells import Cell, address, cells, cells_by_line, marks
from cs336_core.trace.lectures.prose import has_steps
from cs336_core.trace.lectures.rich_output import on_the_page
from cs336_core.trace.model import CallStack, CodeLocation, Frame, Rendering, Step, Trace


def with_prose(
    recorded: Trace, name: str, text: str, page: str, markdown: Callable[[Cell], str]
) -> Trace:
    """Return the trace of a lecture whose prose has changed since it was recorded.

    Args:
        recorded: a finished trace of a lecture with the same cells of code, recorded without a
            page; the lecture is its first file.
        name: the path of the lecture.
        text: the current text of the lecture.
        page: the address of its page.
        markdown: returns the Markdown of a cell of prose.

    """
    old_name, old_text = next(iter(recorded.files.items()))
    new = list(cells(text))
    old_code = [cell for cell in cells(old_text) if cell.kind == "code"]
    new_code = [cell for cell in new if cell.kind == "code"]
    move = _Move(old_name, name, page, dict(zip(old_code, new_code, strict=True)))
    steps = move.steps_by_cell(recorded)
    module = next((step.call for step in recorded), None)  # a lecture begins in its module
    edited: list[Step] = []
    shown = [cell for cell in new if has_steps(cell)]
    for cell in shown:
        if cell.kind == "code":
            edited += steps.get(cell, [])
        else:
            stack = CallStack(None, Frame(name, cell.first, "<module>"))
            shown_prose = [Rendering("markdown", markdown(cell))]
            edited.append(Step(stack, renderings=shown_prose, call=module))
    lines = {moved for line in recorded.hidden[old_name] if (moved := move.line(line))}
    others = [path for path in recorded.files if path != old_name]
    return Trace(
        files={name: text} | {path: recorded.files[path] for path in others},
        hidden={name: sorted(lines | marks(text, shown))}
        | {path: recorded.hidden[path] for path in others},
        steps=edited,
        links={name: {cell.first: address(page, cell) for cell in shown}},
    )


@dataclass
class _Move:
    """Maps the recorded lines of a lecture's code to its current lines.

    Attributes:
        old_name: the path of the lecture in the trace as recorded.
        name: its current path.
        page: the address of its page.
        cells: each recorded cell of code -> the current cell.

    """

    old_name: str
    name: str
    page: str
    cells: dict[Cell, Cell]
    stacks: dict[int, CallStack] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the cells by their lines."""
        self.by_line = cells_by_line(self.cells)

    def steps_by_cell(self, recorded: Trace) -> dict[Cell, list[Step]]:
        """Return the updated steps of each current cell of code."""
        found: dict[Cell, list[Step]] = {}
        for step in recorded:
            old = self.by_line.get(step.stack.frames()[0].line)
            if old is not None:
                cell = self.cells[old]
                renderings = [self.rendering(shown, cell) for shown in step.renderings]
                moved = replace(step, stack=self.stack(step.stack), renderings=renderings)
                found.setdefault(cell, []).append(moved)
        return found

    def line(self, line: int) -> int | None:
        """Return the current number of a line of code, `None` for a line of prose."""
        old = self.by_line.get(line)
        return None if old is None else line - old.first + self.cells[old].first

    def stack(self, stack: CallStack) -> CallStack:
        """Return a call stack with current lines."""
        if id(stack) not in self.stacks:
            frame, caller = stack.frame, stack.caller
            if frame.path == self.old_name:
                line = self.line(frame.line) or frame.line
                frame = Frame(self.name, line, frame.function)
            self.stacks[id(stack)] = CallStack(caller and self.stack(caller), frame)
        return self.stacks[id(stack)]

    def rendering(self, rendering: Rendering, cell: Cell) -> Rendering:
        """Return a rendering of a cell with links to current lines."""
        if rendering.data == on_the_page(None):
            return replace(rendering, data=on_the_page(address(self.page, cell)))
        link = rendering.internal_link
        if link is None or link.path != self.old_name:
            return rendering
        line = self.line(link.line_number) or link.line_number
        return replace(rendering, internal_link=CodeLocation(self.name, line))
