"""Records a program while it runs.

Python calls the recorder before each line, through a hook. What a line did is known once the next
line is about to run, or once its function returns: that is when the line's step gets the requested
values, and whatever the line displayed and wrote. A statement that calls a traced function has a
step before the call and one after it; any other statement is a single step.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from types import CodeType, FrameType
from typing import Any, Final

from cs336_core.trace.errors import DirectiveWarning, Interrupted, TraceWarning
from cs336_core.trace.model import (
    CallStack,
    Ending,
    Event,
    Frame,
    Returned,
    Step,
    Trace,
    Yielded,
)
from cs336_core.trace.record import renderings
from cs336_core.trace.record.call import NO_DIRECTIVES, Call, Variables, is_entered
from cs336_core.trace.record.events import (
    ends_iteration,
    how_it_leaves,
    raised_by,
    yielded_by,
)
from cs336_core.trace.record.hook import INNERMOST, Hook, LocalTrace
from cs336_core.trace.record.monitoring import MonitoringHook
from cs336_core.trace.record.scope import Scope
from cs336_core.trace.record.settrace import SettraceHook
from cs336_core.trace.record.sources import Source
from cs336_core.trace.record.tracebacks import format_error
from cs336_core.trace.record.values import record_value
from cs336_core.trace.record.variables import VariableRecorder

HOOKS: Final[tuple[type[Hook], ...]] = (
    (MonitoringHook, SettraceHook) if hasattr(sys, "monitoring") else (SettraceHook,)
)
_REPEATS_PER_STEP: Final = 100  # how often a line may run again without a new step, per step
_TRACER_REPLACED: Final = (
    "the trace may stop before the program does: something in it, such as a debugger, has called "
    "sys.settrace()"
)
_RECURSION_LIMIT: Final = (
    "calls came close to Python's recursion limit, where tracing is not possible: the trace lacks "
    "the deepest ones"
)
_RECURSION_LIMIT_STOPPED: Final = f"{_RECURSION_LIMIT} and everything after them"


class StepLimitReached(BaseException):
    """Raised inside a program that has used up its steps."""


class Recorder:
    """Records the steps of one program."""

    _hook: Hook  # while the program runs

    def __init__(
        self,
        sources: Mapping[str, Source],
        max_steps: int,
        inspect_all: bool = False,
        hooks: Sequence[type[Hook]] = HOOKS,
    ) -> None:
        """Step into the code of the files in `sources`, whose keys are `co_filename`s.

        The first of `hooks` that is available is used.
        """
        self.scope = Scope(sources)
        self._hooks = hooks
        self._max_steps = max_steps
        self._variables = VariableRecorder(inspect_all)
        self._steps: list[Step] = []
        self._repeats = 0  # lines that ran again without a new step
        self._limit_reached = False
        self._hit_recursion_limit = False
        self._incomplete = ""  # why the trace is incomplete, a sentence
        self._current: Call | None = None
        self._suspended: dict[FrameType, Call] = {}
        self._stacks: dict[tuple[int, Frame], CallStack] = {}
        self._stdout, self._stderr = io.StringIO(), io.StringIO()

    def run(self, program: Callable[[], object]) -> Trace:
        """Run a program and return its trace; tracing ends with the program, however that ends.

        Raises `Interrupted`, which holds the trace, on Ctrl-C.
        """
        renderings.take()  # drop what was displayed before the program started
        with redirect_stdout(self._stdout), redirect_stderr(self._stderr):
            error = self._run(program)
        if error and not self._limit_reached:
            self._stderr.write(format_error(error, self.scope))
            self._steps += [
                Step(step.stack, call=step.call, caller=step.caller) for step in self._steps[-1:]
            ]
        self._take_output()
        self._warn()
        ending: Ending = "max_steps" if self._limit_reached else "raised" if error else "finished"
        sources = self.scope.sources.values()
        files = {source.path: source.text for source in sources}
        hidden = {source.path: source.hidden for source in sources}
        recorded = Trace(files, hidden, self._steps, ending)
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(recorded).with_traceback(error.__traceback__) from None
        return recorded

    def _run(self, program: Callable[[], object]) -> BaseException | None:
        """Run a program under the recorder; return the exception it raised."""
        outer, INNERMOST.tracer = INNERMOST.tracer, self
        hooks = [hook(self) for hook in self._hooks]
        self._hook = hooks[0]
        raised = None
        try:
            self._hook = next(hook for hook in hooks if hook.start())
            program()
        except BaseException as error:
            raised = error
        finally:
            lost = not self._hook.stop()
            del self._hook  # which refers back to this recorder
            INNERMOST.tracer = outer
        if not self._limit_reached and not isinstance(raised, KeyboardInterrupt | RecursionError):
            if self._hit_recursion_limit:
                self._incomplete = _RECURSION_LIMIT_STOPPED if lost else _RECURSION_LIMIT
            elif lost:
                self._incomplete = _TRACER_REPLACED
        return raised

    def enter(self, frame: FrameType, event: str, arg: object) -> LocalTrace | None:
        """Decide whether to step into a function that begins or resumes."""
        if frame.f_code.co_filename not in self.scope.sources:  # nearly all calls
            return None
        current = self._current
        try:
            return self._start(frame) if self._is_entered(frame, event) else None
        except RecursionError:  # calls from here on are too deep to be recorded
            self._current = current
            self._hit_recursion_limit = True
            return None

    def _is_entered(self, frame: FrameType, event: str) -> bool:
        return (
            event == "call"
            and INNERMOST.tracer is self  # neither in another thread nor in a trace within this one
            and self.is_recorded(frame.f_code)
            and not self.is_stepping_over()
        )

    def is_recorded(self, code: CodeType) -> bool:
        """Whether calls of this code are recorded, unless a statement is stepped over."""
        return self.scope.source_of(code) is not None and is_entered(code)

    def is_stepping_over(self) -> bool:
        """Whether the current statement is stepped over."""
        return self._current is not None and self._current.directives.stepover

    def _start(self, frame: FrameType) -> LocalTrace:
        """Start recording a function that begins or resumes."""
        code = frame.f_code
        source = self.scope.sources[code.co_filename]
        is_module = code.co_name == "<module>"
        call = self._suspended.pop(frame, None)
        if call is None:  # the cells of a lecture share one module
            namespace = self._variables.module(frame.f_globals) if is_module else None
            call = Call(source, namespace or self._variables.function(frame))
        call.caller = self._current
        self._current = call
        if call.line or not is_module:  # a module has no first line of its own
            line = call.line or source.starts.get(frame.f_lineno, frame.f_lineno)
            self._begin(call, line, code.co_name)

        def local_trace(frame: FrameType, event: str, arg: Any) -> LocalTrace:
            self._current = call  # which a callee, too deep to be recorded, may have left behind
            try:
                if event == "line":
                    self._line(call, frame)
                elif event == "return":
                    self._leave(call, frame, arg)
                elif event == "exception" and not ends_iteration(frame, arg[0]):
                    self._fail(call, frame, arg[1])
            except RecursionError:  # escaping from here, it would end the tracing
                self._hit_recursion_limit = True
                if event == "return":
                    self._current = call.caller
            return local_trace

        return local_trace

    def _line(self, call: Call, frame: FrameType) -> None:
        """Finish the last statement and begin the next."""
        line = call.source.starts.get(frame.f_lineno, frame.f_lineno)
        if line != call.line:
            if call.line:
                self._finish(call, frame.f_locals, frame.f_globals)
        elif call.step == len(self._steps) - 1:
            self._repeats += 1
            if self._repeats > self._max_steps * _REPEATS_PER_STEP:
                raise self._limit()
            return
        self._begin(call, line, frame.f_code.co_name)

    def _leave(self, call: Call, frame: FrameType, value: object) -> None:
        """Finish the last statement of a function, or suspend the function if it yields."""
        leaves = how_it_leaves(frame, call.raised)
        if leaves == "suspended":
            if (yielded := yielded_by(frame.f_code, value)) is not None:
                self._step_of(call).event = Yielded(record_value(yielded[0]))
            self._take_output()
            self._suspended[frame] = call
        else:
            event: Event | None = None
            if leaves == "raised":
                if not call.raised and call.error is not None:  # after its `finally` has run
                    event = raised_by(call.error)
            elif frame.f_code.co_name != "<module>":
                event = Returned(record_value(value))
            self._finish(call, frame.f_locals, frame.f_globals, event)
            self._variables.end(call.namespace)
            call.error = None
        self._current = call.caller

    def _fail(self, call: Call, frame: FrameType, error: BaseException) -> None:
        """Record that a statement has raised an exception, or that a function it called has."""
        call.raised, call.error = True, error
        if call.line and (call.step == len(self._steps) - 1 or len(self._steps) < self._max_steps):
            step = self._step_of(call)
            step.event = raised_by(error)
            self._variables.record(call, frame.f_locals, frame.f_globals, step)

    def _begin(self, call: Call, line: int, function: str) -> None:
        """Add a step for a statement that is about to run."""
        self._take_output()
        call.line, call.raised = line, False
        call.directives = call.source.directives.get(line, NO_DIRECTIVES)
        caller = call.caller.stack if call.caller else None
        frame = Frame(call.source.path, line, function)
        key = id(caller), frame
        call.stack = self._stacks.get(key) or self._stacks.setdefault(key, CallStack(caller, frame))
        self._add_step(call)

    def _finish(
        self, call: Call, inner: Variables, outer: Variables, event: Event | None = None
    ) -> None:
        """Record the requested values after a statement has run, unless it raised."""
        if not call.raised and call.line:  # an empty module has no statement
            step = self._step_of(call)
            step.event = event
            self._variables.record(call, inner, outer, step)
        self._take_output(call.directives.animate)

    def _step_of(self, call: Call) -> Step:
        """Return the statement's step, a new one if the statement has called traced code."""
        if call.step != len(self._steps) - 1:
            self._add_step(call)
        return self._steps[-1]

    def _add_step(self, call: Call) -> None:
        if len(self._steps) >= self._max_steps:
            raise self._limit()
        number = call.namespace.number
        caller = call.caller.namespace.number if call.caller else None
        self._steps.append(Step(call.stack, call=number, caller=caller))
        call.step = len(self._steps) - 1

    def _limit(self) -> StepLimitReached:
        """Return the exception that stops the program; remember it, as the program may catch it."""
        self._limit_reached = True
        return StepLimitReached()

    def _take_output(self, animate: bool = False) -> None:
        """Move what the program displayed and wrote into its last step."""
        displayed = [self.scope.with_trace_path(rendering) for rendering in renderings.take()]
        if not self._steps:
            return
        step = self._steps[-1]
        step.renderings += displayed
        if animate:
            step.renderings = [replace(rendering, animate=True) for rendering in step.renderings]
        step.stdout += drain(self._stdout)
        step.stderr += drain(self._stderr)

    def _warn(self) -> None:
        """Warn of @inspect expressions that never had a value, and of an incomplete trace."""
        for (path, line, name), found in self._variables.found.items():
            if not found:
                message = f"{path}:{line}: @inspect {name}: no such value at any step"
                warnings.warn(message, DirectiveWarning, stacklevel=4)
        if self._incomplete:
            warnings.warn(self._incomplete, TraceWarning, stacklevel=4)


def drain(buffer: io.StringIO) -> str:
    """Return the contents of a buffer and empty it."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
