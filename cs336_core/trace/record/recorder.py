"""Records a program while it runs.

Python calls the recorder before each line, through a hook. What a line did is known once the next
line is about to run, or once its function returns: that is when the line's step gets the requested
values, and whatever the line displayed and wrote. A statement that calls a traced function has a
step before the call and one after it; any other statement is a single step.
"""

from __future__ import annotations

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
from cs336_core.trace.record.gaps import Gaps
from cs336_core.trace.record.hook import INNERMOST, Hook, LocalTrace
from cs336_core.trace.record.monitoring import MonitoringHook
from cs336_core.trace.record.scope import Scope
from cs336_core.trace.record.settrace import SettraceHook
from cs336_core.trace.record.sources import Source
from cs336_core.trace.record.streams import recorded_stream
from cs336_core.trace.record.tracebacks import cut_own_frames, format_error, with_trace_paths
from cs336_core.trace.record.values import record_value
from cs336_core.trace.record.variables import VariableRecorder

HOOKS: Final[tuple[type[Hook], ...]] = (
    (MonitoringHook, SettraceHook) if hasattr(sys, "monitoring") else (SettraceHook,)
)
_REPEATS_PER_STEP: Final = 100  # how often a line may run again without a new step, per step


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
        self._gaps = Gaps()
        self._current: Call | None = None
        self._suspended: dict[FrameType, Call] = {}
        self._stacks: dict[tuple[int, Frame], CallStack] = {}
        is_nested = INNERMOST.tracer is not None
        self._stdout = recorded_stream(sys.stdout, is_nested=is_nested)
        self._stderr = recorded_stream(sys.stderr, is_nested=is_nested)

    def run(self, program: Callable[[], object]) -> Trace:
        """Run a program and return its trace; tracing ends with the program, however that ends.

        Raises `Interrupted`, which holds the trace, on Ctrl-C.
        """
        renderings.take()  # drop what was displayed before the program started
        with redirect_stdout(self._stdout), redirect_stderr(self._stderr):
            error = self._run(program)
        if error and not self._limit_reached:
            self._stderr.write(format_error(error, self.scope))
        if self._gaps.lost and self._current and len(self._steps) < self._max_steps:
            self._add_step(self._current.outermost)  # nothing is known of the calls within it
        elif error and not self._limit_reached:
            self._steps += [
                Step(step.stack, call=step.call, caller=step.caller) for step in self._steps[-1:]
            ]
        self._take_output()
        if self._limit_reached or isinstance(error, KeyboardInterrupt | RecursionError):
            self._gaps.recursion_limit = self._gaps.lost = False  # it ends where the program does
        incomplete = self._gaps.describe()
        self._warn(incomplete)
        ending: Ending = "max_steps" if self._limit_reached else "raised" if error else "finished"
        sources = self.scope.sources.values()
        files = {source.path: source.text for source in sources}
        hidden = {source.path: source.hidden for source in sources}
        recorded = Trace(files, hidden, self._steps, ending, incomplete=incomplete)
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
            self._variables.release()
            self._release_suspended()
            self._gaps.lost = not self._hook.stop() and not self._limit_reached
            del self._hook  # which refers back to this recorder
            INNERMOST.tracer = outer
        return raised

    def _release_suspended(self) -> None:
        """Let go of generators that did not finish, so that Python closes them as usual."""
        for frame in self._suspended:
            frame.f_trace = None  # which refers back to this recorder
        self._suspended.clear()

    def enter(self, frame: FrameType, event: str, arg: object) -> LocalTrace | None:
        """Decide whether to step into a function that begins or resumes."""
        if frame.f_code.co_filename not in self.scope.sources:  # nearly all calls
            return None
        current = self._current
        try:
            return self._start(frame) if self._is_entered(frame, event) else None
        except RecursionError:  # calls from here on are too deep to be recorded
            self._current = current
        self._hook.refuse_call()
        self._gaps.recursion_limit = True
        return None

    def _is_entered(self, frame: FrameType, event: str) -> bool:
        if event != "call" or not self.is_recorded(frame.f_code):
            return False
        if INNERMOST.tracer is not self:  # in another thread, or in a trace within this one
            self._gaps.other_threads |= INNERMOST.tracer is None and not self.is_stepping_over()
            return False
        return not self.is_stepping_over()

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
            self._take_output()
            self._begin(call, line, code.co_name)

        def local_trace(frame: FrameType, event: str, arg: Any) -> LocalTrace:
            self._current = call  # which a callee, too deep to be recorded, may have left behind
            try:
                if event == "line":
                    self._line(call, frame)
                elif event == "return":
                    self._leave(call, frame, arg)
                elif event == "exception" and not ends_iteration(frame, arg[0]):
                    if arg[0] is RecursionError:  # the hook may have raised it
                        cut_own_frames(arg[2])
                    self._fail(call, frame, arg[1])
            except RecursionError:  # escaping from here, it would end the tracing
                self._gaps.recursion_limit = True
                if event == "return":
                    self._current = call.caller
            return local_trace

        return local_trace

    def _line(self, call: Call, frame: FrameType) -> None:
        """Finish the last statement and begin the next."""
        line = call.source.starts.get(frame.f_lineno, frame.f_lineno)
        if line == call.line and call.step == len(self._steps) - 1:
            self._repeats += 1
            if self._repeats > self._max_steps * _REPEATS_PER_STEP:
                raise self._limit()
            return
        if call.line and line != call.line:
            self._finish(call, frame.f_locals, frame.f_globals)
        else:
            self._take_output()
        self._begin(call, line, frame.f_code.co_name)
        if line in call.source.reraises and (error := sys.exc_info()[1]):  # Python reports no event
            self._fail(call, frame, error)

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
        call.step = len(self._steps)
        step = Step(call.stack)
        step.call = call.namespace.number
        if call.caller is not None:
            step.caller = call.caller.namespace.number
        self._steps.append(step)

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
        if output := self._stdout.take():
            step.stdout += with_trace_paths(output, self.scope)
        if errors := self._stderr.take():
            step.stderr += with_trace_paths(errors, self.scope)

    def _warn(self, incomplete: str) -> None:
        """Warn of @inspect expressions that never had a value, and of an incomplete trace."""
        for (path, line, name), found in self._variables.found.items():
            if not found:
                message = f"{path}:{line}: @inspect {name}: no such value at any step"
                warnings.warn(message, DirectiveWarning, stacklevel=4)
        if incomplete:
            warnings.warn(incomplete, TraceWarning, stacklevel=4)
