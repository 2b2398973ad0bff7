"""Records a program while it runs, by `sys.settrace`.

Python calls the recorder before each line. What the line did is known when the next one is about to
run, or when its function returns: then its step gets the values that were asked for, and whatever
it showed and wrote. A statement that calls a function which is stepped into has a step before and a
step after; one that does not is a single step.
"""

from __future__ import annotations

import dis
import inspect
import io
import sys
import traceback
import warnings
from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import PurePath
from types import CodeType, FrameType, ModuleType
from typing import Any, Final, TypeAlias

from cs336_core.trace.errors import DirectiveWarning, Interrupted, TraceWarning
from cs336_core.trace.model import CLEARED, Ending, Frame, Place, Step, Trace
from cs336_core.trace.record import renderings
from cs336_core.trace.record.directives import Directives
from cs336_core.trace.record.renderings import CodeLocation, Rendering
from cs336_core.trace.record.scope import Scope
from cs336_core.trace.record.sources import Source
from cs336_core.trace.record.values import Json, recorded

LocalTrace: TypeAlias = "Callable[[FrameType, str, Any], LocalTrace]"
Variables: TypeAlias = dict[str, Any]  # a function's own, or its module's

# Python 3.12 and later run comprehensions where they stand; so they are not entered before either.
_NOT_ENTERED: Final = {"<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>", "<lambda>"}
_YIELD: Final = dis.opmap["YIELD_VALUE"]
_NOTHING: Final = Directives()
_SAME_LINE: Final = 100  # times that a line may run again without being a step, for each step
_OTHER_TRACER: Final = (
    "the trace may stop before the program does: something in it, such as a debugger, has called "
    "sys.settrace()"
)
_TOO_DEEP: Final = (
    "calls came close to Python's recursion limit, where tracing is not possible: the deepest are "
    "not in the trace"
)
_TOO_DEEP_TO_GO_ON: Final = f"{_TOO_DEEP}, nor is what came after them"


class Enough(BaseException):
    """Ends a program that has had all the steps it may have."""


class Call:
    """A function at work: where it is, and what it was asked to show last."""

    __slots__ = ("caller", "failed", "known", "line", "place", "source", "step")

    def __init__(self, source: Source) -> None:
        self.source = source
        self.caller: Call | None = None
        self.line = 0  # the first line of the statement that runs
        self.place: Place | None = None
        self.step = -1  # the number of the step that the statement is
        self.failed = False  # whether the statement raised
        self.known: dict[str, Json] = {}  # the values last seen, where all are shown

    @property
    def asked(self) -> Directives:
        """What the statement's comments ask for."""
        return self.source.asked.get(self.line, _NOTHING)


class Recorder:
    """Records the steps of one program."""

    def __init__(
        self, sources: Mapping[str, Source], max_steps: int, inspect_all: bool = False
    ) -> None:
        """Step into the code of some files: `sources` has them by their code's `co_filename`."""
        self.scope = Scope(sources)
        self._max_steps = max_steps
        self._inspect_all = inspect_all
        self._steps: list[Step] = []
        self._again = 0  # how often a line ran again without being a step
        self._stopped = False  # whether the program had all the steps it may have
        self._skipped = False  # whether calls were too deep to be recorded
        self._missing = ""  # what is not in the trace, in a sentence
        self._current: Call | None = None
        self._suspended: dict[FrameType, Call] = {}
        self._places: dict[tuple[int, Frame], Place] = {}
        self._stdout, self._stderr = io.StringIO(), io.StringIO()
        self._known: dict[str, dict[str, Json]] = {}
        self._seen: dict[tuple[str, int, str], bool] = {}  # whether what was asked for was there

    def run(self, program: Callable[[], object]) -> Trace:
        """Run a program and return its trace; whatever ends it, tracing ends with it.

        Raises `Interrupted`, which has the trace, on Ctrl-C.
        """
        renderings.take()  # what was shown before is not the program's
        with redirect_stdout(self._stdout), redirect_stderr(self._stderr):
            error = self._run(program)
        if error and not self._stopped:
            self._stderr.write(self._told(error))
            self._steps += [Step(step.place) for step in self._steps[-1:]]
        self._take_output()
        self._warn()
        ending: Ending = "max_steps" if self._stopped else "raised" if error else "finished"
        sources = self.scope.sources.values()
        files = {source.path: source.text for source in sources}
        hidden = {source.path: source.hidden for source in sources}
        recorded = Trace(files, hidden, self._steps, ending)
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(recorded).with_traceback(error.__traceback__) from None
        return recorded

    def _run(self, program: Callable[[], object]) -> BaseException | None:
        """Run a program under the recorder; return what it raised."""
        before = sys.gettrace()
        sys.settrace(self._enter)
        raised = None
        try:
            program()
        except BaseException as error:
            raised = error
        finally:
            lost = sys.gettrace() != self._enter
            sys.settrace(before)
        # Python takes a tracer away when something is raised in it, or there is no room to call it.
        if not self._stopped and not isinstance(raised, KeyboardInterrupt | RecursionError):
            if self._skipped:
                self._missing = _TOO_DEEP_TO_GO_ON if lost else _TOO_DEEP
            elif lost:
                self._missing = _OTHER_TRACER
        return raised

    def _enter(self, frame: FrameType, event: str, arg: object) -> LocalTrace | None:
        """Decide whether a function that begins, or goes on, is stepped into."""
        current = self._current
        try:
            return self._entered(frame) if self._is_entered(frame, event) else None
        except RecursionError:  # what is called from here on is too deep to be recorded
            self._current = current
            self._skipped = True
            return None

    def _is_entered(self, frame: FrameType, event: str) -> bool:
        code = frame.f_code
        return (
            self.scope.source_of(code) is not None
            and event == "call"
            and code.co_name not in _NOT_ENTERED
            and not _is_class_body(code)
            and not (self._current is not None and self._current.asked.stepover)
        )

    def _entered(self, frame: FrameType) -> LocalTrace:
        """Begin to record a function that begins, or goes on."""
        code = frame.f_code
        source = self.scope.sources[code.co_filename]
        call = self._suspended.pop(frame, None) or Call(source)
        if code.co_name == "<module>":  # a lecture's cells are one program
            call.known = self._known.setdefault(source.path, call.known)
        call.caller = self._current
        self._current = call
        if call.line or code.co_name != "<module>":  # a module has no line of its own
            line = call.line or source.starts.get(frame.f_lineno, frame.f_lineno)
            self._begin(call, line, code.co_name)

        def go_on(frame: FrameType, event: str, arg: Any) -> LocalTrace:
            try:
                if event == "line":
                    self._line(call, frame)
                elif event == "return":
                    self._leave(call, frame)
                elif event == "exception" and not issubclass(arg[0], StopIteration):
                    call.failed = True
            except RecursionError:  # raised from here, it would end the tracing
                self._skipped = True
                if event == "return":
                    self._current = call.caller
            return go_on

        return go_on

    def _line(self, call: Call, frame: FrameType) -> None:
        """Finish a statement and begin the next."""
        line = call.source.starts.get(frame.f_lineno, frame.f_lineno)
        if line != call.line:
            if call.line:
                self._finish(call, frame.f_locals, frame.f_globals)
        elif call.step == len(self._steps) - 1:
            self._again += 1
            if self._again > self._max_steps * _SAME_LINE:
                raise self._enough()
            return
        self._begin(call, line, frame.f_code.co_name)

    def _leave(self, call: Call, frame: FrameType) -> None:
        """Finish the last statement of a function, or suspend it where it yields."""
        if _is_suspended(frame):
            self._take_output()
            self._suspended[frame] = call
        else:
            self._finish(call, frame.f_locals, frame.f_globals)
        self._current = call.caller

    def _begin(self, call: Call, line: int, function: str) -> None:
        """Add the step of a statement that is about to run."""
        self._take_output()
        call.line, call.failed = line, False
        caller = call.caller.place if call.caller else None
        frame = Frame(call.source.path, line, function)
        key = id(caller), frame
        call.place = self._places.get(key) or self._places.setdefault(key, Place(caller, frame))
        self._add_step(call.place)
        call.step = len(self._steps) - 1

    def _finish(self, call: Call, inner: Variables, outer: Variables) -> None:
        """Show what was asked for, now that a statement has run; if it raised, it has not."""
        if not call.failed and call.place:  # a module without a statement has no place
            if call.step != len(self._steps) - 1:  # others came between
                self._add_step(call.place)
                call.step = len(self._steps) - 1
            self._show(call, inner, outer, self._steps[-1])
        self._take_output(call.asked.animate)

    def _add_step(self, place: Place) -> None:
        if len(self._steps) >= self._max_steps:
            raise self._enough()
        self._steps.append(Step(place))

    def _enough(self) -> Enough:
        """Return what ends the program, also where the program catches it."""
        self._stopped = True
        return Enough()

    def _show(self, call: Call, inner: Variables, outer: Variables, step: Step) -> None:
        """Record the values that a statement was to show."""
        if self._inspect_all:
            for name, value in data(inner):
                found = recorded(value)
                if name not in call.known or call.known[name] != found:
                    call.known[name] = step.env[name] = found
        if call.asked is _NOTHING:
            return
        variables = ChainMap(inner, outer)
        for name, get in call.asked.inspect.items():
            key = call.source.path, call.line, name
            try:
                value = get(variables)
            except Exception:
                self._seen.setdefault(key, False)
            else:
                self._seen[key] = True
                step.env[name] = recorded(value)
        for name in call.asked.clear:
            step.env[name] = CLEARED

    def _take_output(self, animate: bool = False) -> None:
        """Give the last step what the program has shown and written since."""
        shown = [self._placed(rendering) for rendering in renderings.take()]
        if not self._steps:
            return
        step = self._steps[-1]
        step.renderings += shown
        if animate:
            step.renderings = [replace(one, animate=True) for one in step.renderings]
        step.stdout += taken(self._stdout)
        step.stderr += taken(self._stderr)

    def _placed(self, rendering: Rendering) -> Rendering:
        """Let a link into the program name its file as the trace does."""
        there = rendering.internal_link
        if there is None:
            return rendering
        source = self.scope.sources.get(there.path)
        path = source.path if source else PurePath(there.path).name
        return replace(rendering, internal_link=CodeLocation(path, there.line_number))

    def _told(self, error: BaseException) -> str:
        """Return the traceback of an exception, from the program's first function on."""
        told = traceback.TracebackException.from_exception(error)
        told.stack[:] = [at for at in told.stack if at.filename != __file__]
        first = next((i for i, at in enumerate(told.stack) if at.filename in self.scope.sources), 0)
        del told.stack[:first]
        for at in told.stack:
            source = self.scope.sources.get(at.filename)
            at.filename = source.path if source else PurePath(at.filename).name
        return "".join(told.format())

    def _warn(self) -> None:
        """Tell of what was to be shown and was never there."""
        for (path, line, name), seen in self._seen.items():
            if not seen:
                message = f"{path}:{line}: @inspect {name}: there never was such a value"
                warnings.warn(message, DirectiveWarning, stacklevel=4)
        if self._missing:
            warnings.warn(self._missing, TraceWarning, stacklevel=4)


def taken(file: io.StringIO) -> str:
    """Return what was written since this was asked last."""
    text = file.getvalue()
    file.seek(0)
    file.truncate()
    return text


def _is_class_body(code: CodeType) -> bool:
    return not code.co_flags & inspect.CO_OPTIMIZED and code.co_name != "<module>"


def data(variables: Variables) -> Iterator[tuple[str, object]]:
    """Yield the variables that are data rather than a part of the program.

    Python's own (`__file__`), and what a program does not use (`_`), are left out.
    """
    for name, value in variables.items():
        program = isinstance(value, ModuleType | type) or inspect.isroutine(value)
        if not program and not name.startswith("__") and name != "_":
            yield name, value


def _is_suspended(frame: FrameType) -> bool:
    """Whether a function that Python says returns only yields."""
    generator = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    code = frame.f_code
    return bool(code.co_flags & generator) and code.co_code[frame.f_lasti] == _YIELD
