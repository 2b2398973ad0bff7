"""A trace: the steps of a program, and what was to be seen at each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from cs336_core.trace.record.renderings import Rendering
from cs336_core.trace.record.values import Json

Ending = Literal["finished", "raised", "max_steps"]


class Frame(NamedTuple):
    """A function at work: where it is.

    Attributes:
        path: the file, one of the trace's.
        line: the first line of the statement, counted from 1.
        function: the name of the function, `<module>` for a program's own level.

    """

    path: str
    line: int
    function: str


class Place(NamedTuple):
    """A stack of calls, as its innermost frame and the stack that called it."""

    caller: Place | None
    frame: Frame

    def stack(self) -> list[Frame]:
        """Return the frames, the outermost first."""
        frames = []
        place: Place | None = self
        while place is not None:
            frames.append(place.frame)
            place = place.caller
        return frames[::-1]


@dataclass
class Step:
    """A statement about to run, or done when nothing came between.

    Attributes:
        place: where the program is.
        env: what is shown from here on -> its value, or `CLEARED` where it is no longer shown.
        renderings: what the statement gave to look at.
        stdout: what was written to standard output in this step.
        stderr: what was written to standard error.

    """

    place: Place
    env: dict[str, Json | Cleared] = field(default_factory=dict)
    renderings: list[Rendering] = field(default_factory=list)
    stdout: str = ""
    stderr: str = ""


class Cleared:
    """Stands for a variable that is no longer shown."""

    def __repr__(self) -> str:
        """Return its name."""
        return "CLEARED"


CLEARED = Cleared()


@dataclass
class Trace:
    """The steps of a program.

    Attributes:
        files: path -> source, of every file that a step is in.
        hidden: path -> the lines that are not to be shown.
        steps: the steps, in order.
        ending: how it ended: by itself, with an exception that nobody caught (its traceback is the
            `stderr` of the last step), or because it had as many steps as it was allowed.
        links: path -> the first line of a part of the program -> the address of the place on a
            page where that part is told.

    """

    files: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, list[int]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    ending: Ending = "finished"
    links: dict[str, dict[int, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many steps there are."""
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        """Go through the steps."""
        return iter(self.steps)
