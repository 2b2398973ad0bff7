"""The data of a trace: the steps of a program and what each one shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from cs336_core.trace.json_values import Json
from cs336_core.trace.references import Reference

Ending = Literal["finished", "raised", "max_steps"]
Kind = Literal["markdown", "image", "video", "link", "plot", "graph", "note"]
Style: TypeAlias = dict[str, str | int | float]


class Frame(NamedTuple):
    """A function call in progress, and the line it is at.

    Attributes:
        path: the file, a key of the trace's `files`.
        line: the first line of the current statement, counted from 1.
        function: the name of the function, `<module>` for module-level code.

    """

    path: str
    line: int
    function: str


class CallStack(NamedTuple):
    """A call stack: its innermost frame and the stack of the caller, which many stacks share."""

    caller: CallStack | None
    frame: Frame

    def frames(self) -> list[Frame]:
        """Return the frames, outermost first."""
        frames = []
        stack: CallStack | None = self
        while stack is not None:
            frames.append(stack.frame)
            stack = stack.caller
        return frames[::-1]


@dataclass(frozen=True)
class CodeLocation:
    """A line in a source file."""

    path: str
    line_number: int


@dataclass(frozen=True)
class Rendering:
    """Something the viewer displays in place of the line that created it.

    Attributes:
        type: the kind of rendering.
        data: the text, the path of an image, or the specification of a plot.
        style: CSS properties, named as in JavaScript.
        external_link: the source that a link refers to; for an image, its title is the alt text.
        internal_link: the line of the program that a link refers to.
        animate: whether the renderings of this line appear one at a time.

    """

    type: Kind
    data: Json = None
    style: Style = field(default_factory=dict)
    external_link: Reference | None = None
    internal_link: CodeLocation | None = None
    animate: bool = False


class Cleared:
    """The type of `CLEARED`, which marks a variable that is no longer shown."""

    def __repr__(self) -> str:
        """Return its name."""
        return "CLEARED"


CLEARED = Cleared()


@dataclass(frozen=True)
class Returned:
    """A statement ended its call; `value` is recorded as the values of variables are."""

    value: Json


@dataclass(frozen=True)
class Yielded:
    """A statement suspended its generator and handed `value` to the caller."""

    value: Json


@dataclass(frozen=True)
class Raised:
    """A statement failed, by itself or in a function that it called.

    Attributes:
        type: the qualified name of the exception's type.
        message: the text of the exception.

    """

    type: str
    message: str


Event: TypeAlias = Returned | Yielded | Raised


@dataclass
class Step:
    """One statement: about to run or, if it entered no traced code, already run.

    Attributes:
        stack: where the program is.
        env: variable -> its new value, or `CLEARED` if it is no longer shown.
        renderings: what the statement displayed.
        stdout: text written to standard output during this step.
        stderr: text written to standard error during this step.
        call: the number of the call that the statement belongs to, counted from 0 in the order in
            which calls begin; `None` in a file that does not say. A generator keeps its number
            when it resumes, and all statements of a module are one call.
        caller: the number of the call that has called or resumed this one, if it is recorded.
        event: how the statement ended, if it ended or suspended its call, or failed.
        outer: call -> what the statement changed in that call's variables, as in `env`.
        same: groups of names that refer to one mutable object, if the groups have changed. A name
            is the number of a call, a colon, and a variable or one of its elements:
            `[["0:rows", "2:table"], ["0:rows[0]", "0:first"]]`.

    """

    stack: CallStack
    env: dict[str, Json | Cleared] = field(default_factory=dict)
    renderings: list[Rendering] = field(default_factory=list)
    stdout: str = ""
    stderr: str = ""
    call: int | None = None
    caller: int | None = None
    event: Event | None = None
    outer: dict[int, dict[str, Json | Cleared]] = field(default_factory=dict)
    same: list[list[str]] | None = None


@dataclass
class Trace:
    """The steps of a program.

    Attributes:
        files: path -> source, for every file that a step is in.
        hidden: path -> lines that the viewer leaves out.
        steps: the steps, in order.
        ending: why the trace ends: the program finished, it raised an exception (its traceback is
            the `stderr` of the last step), or it reached the maximum number of steps.
        links: path -> first line of a section -> address of the page that explains that section.

    """

    files: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, list[int]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    ending: Ending = "finished"
    links: dict[str, dict[int, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of steps."""
        return len(self.steps)

    def __iter__(self) -> Iterator[Step]:
        """Iterate over the steps."""
        return iter(self.steps)
