"""Programs are recorded the same way on every version of Python."""

from __future__ import annotations

import asyncio
import copy
import re
import runpy
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import fields, make_dataclass
from functools import lru_cache, partial
from pathlib import Path
from threading import Thread

import pytest

from cs336_core.trace import (
    CLEARED,
    DirectiveWarning,
    Interrupted,
    Reference,
    Trace,
    TraceError,
    TraceWarning,
    join,
    link,
    text,
    trace,
)
from cs336_core.trace.model import Raised
from cs336_core.trace.record.function import sources_of
from cs336_core.trace.record.hook import Hook
from cs336_core.trace.record.identity import MAX_NAMES
from cs336_core.trace.record.recorder import HOOKS, Recorder
from cs336_core.trace.record.settrace import SettraceHook
from tests.trace import golden
from tests.trace.programs import features
from tests.trace.programs.traced import tools

each_hook = pytest.mark.parametrize("hook", HOOKS)


def record(
    fn: Callable[..., object], hook: type[Hook], *args: object, max_steps: int = 10_000
) -> Trace:
    return Recorder(sources_of([fn]), max_steps, hooks=[hook]).run(partial(fn, *args))


@each_hook
@pytest.mark.filterwarnings("ignore::cs336_core.trace.DirectiveWarning")
@pytest.mark.parametrize("name", golden.PROGRAMS)
def test_steps_equal_the_reviewed_ones(name: str, hook: type[Hook]) -> None:
    assert golden.steps(name, hook) == (golden.FOLDER / f"{name}.txt").read_text("utf-8")


@each_hook
@pytest.mark.filterwarnings("ignore::cs336_core.trace.DirectiveWarning")
@pytest.mark.parametrize("name", ["calls", "uncaught", "forever"])
def test_tracing_ends_with_the_program(name: str, hook: type[Hook]) -> None:
    def before(*_: object) -> None:
        return None

    previous, in_use = sys.gettrace(), tools()
    sys.settrace(before)
    try:
        record(getattr(features, name), hook, max_steps=5)
        assert sys.gettrace() is before
        assert tools() == in_use
    finally:
        sys.settrace(previous)


@each_hook
def test_an_interruption_is_not_swallowed(hook: type[Hook]) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    previous, in_use = sys.gettrace(), tools()
    with pytest.raises(KeyboardInterrupt) as interruption:
        record(interrupted, hook)
    assert sys.gettrace() is previous
    assert tools() == in_use
    assert isinstance(interruption.value, Interrupted)
    assert interruption.value.trace.ending == "raised"
    assert len(interruption.value.trace) == 3


def test_a_value_is_recorded_as_it_was() -> None:
    def grows() -> None:
        row: list[int] = []  # @inspect row
        row.append(1)  # @inspect row

    assert shown(trace(grows), "row") == [[], [1]]


def test_all_variables_are_shown_when_they_change() -> None:
    def two() -> None:
        a, _, __dunder__ = 1, 2, 3  # noqa: F841
        b = [a]
        a = 3
        b.append(a)
        _private = 4

    recorded = trace(two, inspect_all=True)
    assert [step.env for step in recorded] == [
        *({}, {"a": 1}, {"b": [1]}, {"a": 3}, {"b": [1, 3]}),
        {"_private": 4},
    ]


PROGRAM = """\
total, rows = 0, []
def add(n):
    global total, late
    total += n
    rows.append(n)
    late = n
def drop():
    global total
    del total
add(2)
drop()
same = rows
"""


@each_hook
def test_globals_change_at_the_statement_that_changes_them(
    hook: type[Hook], tmp_path: Path
) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, "utf-8")
    recorder = Recorder(sources_of([path]), 100, inspect_all=True, hooks=[hook])
    recorded = recorder.run(lambda: runpy.run_path(str(path)))
    changes = [(step.stack.frame.line, step.outer) for step in recorded if step.outer]
    assert changes == [
        (4, {0: {"total": 2}}),
        (5, {0: {"rows": [2]}}),
        (6, {0: {"late": 2}}),
        (9, {0: {"total": CLEARED}}),
    ]
    in_module = [step.env for step in recorded if step.stack.caller is None and step.env]
    assert in_module == [{"total": 0, "rows": []}, {"same": [2]}]
    assert {step.call for step in recorded if step.stack.caller is None} == {0}
    assert recorded.steps[-1].same == [["0:rows", "0:same"]]


def test_names_of_one_object_are_those_that_are_shown() -> None:
    def program() -> None:
        rows = [[1]]  # @inspect rows
        first = rows[0]  # @inspect first
        first = [1]
        rows = [*rows, first]
        last = first  # noqa: F841  @inspect last first

    assert [step.same for step in trace(program)] == [
        *(None, None, [["0:first", "0:rows[0]"]], [], None),
        [["0:first", "0:last"]],
    ]


def test_a_recursion_that_passes_an_object_on_names_it_a_few_times() -> None:
    def deep(n: int, rows: list[int]) -> None:
        if n:
            deep(n - 1, rows)

    groups = [step.same for step in trace(deep, 50, [1], inspect_all=True) if step.same]
    assert groups[0] == [["0:rows", "1:rows"]]
    assert max(len(names) for group in groups for names in group) == MAX_NAMES
    assert groups[49][0][0] == "0:rows"
    assert groups[49][0][-1] == "50:rows"


def test_a_deleted_variable_is_not_shown_any_more() -> None:
    def program() -> None:
        row = [1]  # @inspect row row[0]
        del row

    assert trace(program).steps[-1].env == {"row": CLEARED, "row[0]": CLEARED}


def test_other_files_are_stepped_into_on_request() -> None:
    def program() -> None:
        features.double(2)

    assert functions_of(trace(program)) == {"program"}
    for into in (features, features.double, features.__file__):
        recorded = trace(program, into=[into])
        assert functions_of(recorded) == {"program", "double"}
        assert sorted(recorded.files) == [
            "tests/trace/programs/features.py",
            "tests/trace/test_recorder.py",
        ]


def test_output_belongs_to_the_step_that_wrote_it() -> None:
    def inner() -> None:
        print("inner")

    def outer() -> None:
        print("before")
        inner()
        print("error", file=sys.stderr)

    recorded = trace(outer)
    assert [step.stdout for step in recorded] == ["", "before\n", "", "", "inner\n", "", ""]
    assert recorded.steps[-1].stderr == "error\n"


def test_output_after_a_call_belongs_to_the_caller() -> None:
    def inner() -> str:
        return "inner"

    def outer() -> None:
        print(inner())

    steps = [(step.stack.frame.function, step.stdout) for step in trace(outer)]
    assert steps[1:] == [("outer", ""), ("inner", ""), ("inner", ""), ("outer", "inner\n")]


def test_renderings_outside_a_trace_do_not_belong_to_it() -> None:
    text("before")

    def program() -> None:
        text("**within**")  # @animate

    (rendering,) = trace(program).steps[-1].renderings
    assert (rendering.type, rendering.data, rendering.animate) == ("markdown", "**within**", True)


def test_no_rendering_of_a_thread_is_lost() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [Thread(target=lambda: [text("shown") for _ in range(5_000)]) for _ in range(4)]

    def program() -> None:
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            len(threads)  # a step, which takes the pending renderings

    try:
        recorded = trace(program, max_steps=10**6)
    finally:
        sys.setswitchinterval(before)
    assert sum(len(step.renderings) for step in recorded.steps) == 4 * 5_000


def test_a_callback_of_a_function_that_is_stepped_over_is_not_entered() -> None:
    def key(n: int) -> int:
        return -n

    def program() -> None:
        sorted([1, 2], key=key)  # @stepover
        sorted([1, 2], key=key)

    functions = [step.stack.frame.function for step in trace(program)]
    assert functions == ["program"] * 3 + ["key"] * 4 + ["program"]


def test_a_value_sent_to_a_generator_is_shown_when_it_arrives() -> None:
    def echo() -> Iterator[str]:
        while True:
            got = yield "?"  # @inspect got
            if got is None:
                return

    def program() -> None:
        generator = echo()
        next(generator)
        generator.send("a")  # type: ignore[attr-defined]
        list(generator)

    assert shown(trace(program), "got") == ["a", None]


@each_hook
def test_a_deep_recursion_is_recorded(hook: type[Hook]) -> None:
    def deep(n: int) -> None:
        if n:
            deep(n - 1)

    recorded = record(deep, hook, 300)
    assert max(len(step.stack.frames()) for step in recorded) == 301
    assert recorded.ending == "finished"


@each_hook
def test_recording_goes_on_after_a_caught_recursion_error(hook: type[Hook]) -> None:
    def deep(n: int) -> int:
        return deep(n + 1) + 1

    def through_c(n: int) -> list[object]:
        return list(map(through_c, [n + 1]))

    def program(fn: Callable[[int], object]) -> None:
        try:
            fn(0)
        except RecursionError as error:
            print(traceback.extract_tb(error.__traceback__)[-1].name)
        print("after")

    for fn in (deep, through_c):
        with pytest.warns(TraceWarning, match="recursion limit.*lacks the deepest ones$"):
            recorded = record(program, hook, fn)
        functions = [step.stack.frame.function for step in recorded.steps[-5:]]
        assert functions == [fn.__name__, *["program"] * 4]
        assert isinstance(recorded.steps[-4].event, Raised)
        assert [step.stdout for step in recorded.steps[-2:]] == [f"{fn.__name__}\n", "after\n"]


@pytest.mark.parametrize(
    ("deepens_itself", "message"),
    [
        (False, "a library came to Python's recursion limit"),
        (True, "the trace lacks the deepest ones and everything after them"),
    ],
)
def test_a_library_that_comes_to_the_recursion_limit_gives_a_warning(
    deepens_itself: bool, message: str
) -> None:
    def deep(n: int) -> int:
        return deep(n + 1) + 1

    def program() -> None:
        nested: list[object] = []
        for _ in range(2_000):
            nested = [nested]
        with suppress(RecursionError):
            deep(0) if deepens_itself else None
        with suppress(RecursionError):
            copy.deepcopy(nested)
        print("unseen")

    with pytest.warns(TraceWarning, match=message):
        recorded = record(program, SettraceHook)
    assert recorded.ending == "finished"
    # What is written afterwards is not the deepest call's.
    last = recorded.steps[-1]
    assert (last.stack.caller, last.call, last.stdout) == (None, 0, "unseen\n")


@each_hook
def test_the_traceback_of_a_recursion_error_has_only_the_program(hook: type[Hook]) -> None:
    def deep() -> None:
        deep()

    recorded = record(deep, hook)
    assert recorded.ending == "raised"
    stderr = recorded.steps[-1].stderr
    assert "RecursionError" in stderr
    assert set(re.findall(r" in (\w+)\n", stderr)) == {"deep"}


def test_a_program_that_removes_the_tracer_gives_a_warning() -> None:
    def inner() -> None:
        sys.settrace(None)

    def program() -> None:
        inner()
        print("unseen")

    with pytest.warns(TraceWarning, match=r"sys\.settrace"):
        recorded = record(program, SettraceHook)
    assert "sys.settrace" in recorded.incomplete
    last = recorded.steps[-1]
    assert (last.stack.frame.function, last.stdout) == ("program", "unseen\n")


@each_hook
def test_a_program_that_catches_everything_is_still_stopped(hook: type[Hook]) -> None:
    after = []

    def program() -> None:
        with suppress(BaseException):
            while True:
                len(after)
        after.append("runs on, unrecorded")

    recorded = record(program, hook, max_steps=5)
    assert (recorded.ending, len(recorded), len(after)) == ("max_steps", 5, 1)


@each_hook
def test_other_threads_are_not_recorded(hook: type[Hook]) -> None:
    def program() -> None:
        thread = Thread(target=elsewhere)
        thread.start()
        here()
        thread.join()

    def elsewhere() -> None:
        here()

    def here() -> None:
        pass

    with pytest.warns(TraceWarning, match="lacks what the program did in other threads"):
        recorded = record(program, hook)
    functions = [step.stack.frame.function for step in recorded]
    assert functions == ["program"] * 4 + ["here"] * 2 + ["program"] * 2
    assert "other threads" in recorded.incomplete


def test_a_trace_lacks_the_steps_of_a_trace_within_it() -> None:
    lengths = []

    def nested(depth: int) -> None:
        if depth:
            lengths.append(len(trace(nested, depth - 1)))

    lengths.append(len(trace(nested, 4)))
    assert lengths == [2, 3, 3, 3, 3]


def test_an_exception_of_any_kind_is_recorded() -> None:
    class Stop(BaseException):
        pass

    def program() -> None:
        raise Stop

    recorded = trace(program)
    assert recorded.ending == "raised"
    assert recorded.steps[-1].stderr.endswith("Stop\n")


async def wait() -> None:
    """Do nothing, later."""


def count() -> Iterator[int]:
    yield 1


@pytest.mark.parametrize(("fn", "kind"), [(count, "a generator"), (partial(count), "a gen")])
def test_a_function_that_does_not_run_when_called_is_refused(
    fn: Callable[[], object], kind: str
) -> None:
    with pytest.raises(TraceError, match=f"is {kind}.*trace a function that runs it"):
        trace(fn)
    # Not by asyncio.run, which refuses to run where a browser's tests have left a loop running.
    assert functions_of(trace(lambda: (*wait().__await__(), *count()))) == {"wait", "count"}


class Waiting:
    """Async when called."""

    async def __call__(self, times: int) -> int:
        """Wait a few times."""
        for _ in range(times):
            await asyncio.sleep(0)
        return times

    async def method(self) -> None:
        """Call itself."""
        await self(2)


class Doubling:
    """A function with a state."""

    def __call__(self, n: int) -> int:
        """Double."""
        return 2 * n


@pytest.mark.parametrize(
    ("fn", "args", "entered"),
    [
        (wait, (), {"wait"}),
        (partial(Waiting(), 2), (), {"__call__"}),
        (Waiting(), (2,), {"__call__"}),
        (Waiting().method, (), {"method", "__call__"}),
        (Doubling(), (2,), {"__call__"}),
        (lru_cache(Doubling().__call__), (2,), {"__call__"}),
    ],
)
def test_every_kind_of_callable_is_traced(
    fn: Callable[..., object], args: tuple[object, ...], entered: set[str]
) -> None:
    with ThreadPoolExecutor() as threads:  # where a browser's tests have left no loop running
        recorded = threads.submit(trace, fn, *args).result()
    assert recorded.ending == "finished"
    assert functions_of(recorded) == entered


def test_an_async_function_inside_a_running_loop_is_refused() -> None:
    async def inside() -> None:
        trace(wait)

    with (
        ThreadPoolExecutor() as threads,
        pytest.raises(TraceError, match="an event loop runs already"),
    ):
        threads.submit(asyncio.run, inside()).result()


def test_inspecting_an_unknown_variable_gives_a_warning() -> None:
    def program() -> None:
        x = 1  # @inspect x y.z x[0]
        del x

    with pytest.warns(DirectiveWarning) as caught:
        trace(program)
    assert [str(warning.message).partition(": ")[2] for warning in caught] == [
        "@inspect y.z: no such value at any step",
        "@inspect x[0]: no such value at any step",
    ]


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("@insepct x", "@insepct is not a directive"),
        ("@inspect f(x)", "expected a name, an attribute or"),
    ],
)
def test_a_misspelled_directive_gives_a_warning(comment: str, message: str) -> None:
    from cs336_core.trace.record.directives import parse_directives

    with pytest.warns(DirectiveWarning, match=rf"a\.py:2: .*{message}"):
        parse_directives(f"x = 1\ny = '# @no'  # {comment}\n", "a.py")


@pytest.mark.parametrize("comment", ["x @ w1", "@w1", "@property", "mail to ann@b.org", "@no"])
def test_other_comments_with_an_at_sign_are_no_directives(comment: str) -> None:
    from cs336_core.trace.record.directives import parse_directives

    assert not parse_directives(f"x = 1  # {comment}\n", "a.py")  # and warnings are errors


@pytest.mark.parametrize("fn", [len, "no such file", 3])
def test_other_objects_are_refused(fn: Callable[[], object]) -> None:
    with pytest.raises((TraceError, TypeError)):
        trace(fn)
    with pytest.raises(TraceError, match="max_steps is 0"):
        trace(features.calls, max_steps=0)


def functions_of(recorded: Trace) -> set[str]:
    return {step.stack.frame.function for step in recorded}


def shown(recorded: Trace, name: str) -> list[object]:
    return [step.env[name] for step in recorded if name in step.env]


def test_a_correct_program_gives_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace(features.calls)


def test_an_exception_at_the_step_limit_is_recorded() -> None:
    steps = len(trace(features.uncaught))
    recorded = trace(features.uncaught, max_steps=steps - 1)
    assert recorded.ending == "raised"
    assert len(recorded) == steps


# As the course's lectures define it.
CourseReference = make_dataclass(
    "Reference", [(field.name, str, None) for field in fields(Reference)], frozen=True
)


def test_a_reference_of_the_course_is_a_link() -> None:
    gpt3 = CourseReference(
        "GPT-3", ["Tom Brown", "Ben Mann"], date="2020-05-28", notes=join("a", "b")
    )

    def program() -> None:
        link(gpt3)

    (rendering,) = trace(program).steps[-1].renderings
    assert rendering.data == "[Brown+ 2020]"
    assert rendering.external_link == Reference(
        "GPT-3", ["Tom Brown", "Ben Mann"], date="2020-05-28", notes="a\nb"
    )


@pytest.mark.parametrize("target", [3, ["x" * 50_000], object()])
def test_an_invalid_link_target_is_refused_in_a_short_sentence(target: object) -> None:
    with pytest.raises(TraceError, match="expected an address, a Reference, a function") as error:
        link(target)
    assert len(str(error.value)) < 250
