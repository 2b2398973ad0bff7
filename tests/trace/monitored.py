"""What holds for `sys.monitoring` alone, so on Python 3.12 and later.

`tests/js/python314.test.js` runs these tests, since the Python that runs the others may be older.
"""

from __future__ import annotations

import sys
import textwrap
from types import CodeType

from cs336_core.trace import trace
from cs336_core.trace.record.function import sources_of
from cs336_core.trace.record.monitoring import MonitoringHook
from cs336_core.trace.record.recorder import Recorder
from tests.trace.programs import features
from tests.trace.programs.traced import tools

FREE = (4, 3)  # the ids that a recorder may take


def loop(times: int) -> None:
    for _ in range(times):
        len("a line")


def test_python_reports_a_library_once() -> None:
    reported = []

    class CountingRecorder(Recorder):
        def is_recorded(self, code: CodeType) -> bool:
            reported.append(code)
            return super().is_recorded(code)

    def program() -> None:
        for _ in range(500):
            textwrap.dedent("a")

    recorded = CountingRecorder(sources_of([program]), 2_000).run(program)
    assert len(recorded) == 2 * 500 + 2
    assert len(reported) < 50


def test_what_is_stepped_over_is_disabled_until_the_statement_ends() -> None:
    ignored = []

    class CountingHook(MonitoringHook):
        def _ignore(self, code: CodeType) -> object:
            ignored.append(code)
            return super()._ignore(code)

    def program() -> None:
        loop(1)
        loop(1_000)  # @stepover
        loop(1)

    recorded = Recorder(sources_of([program]), 100, hooks=[CountingHook]).run(program)
    functions = [step.stack.frame.function for step in recorded]
    called = ["program", *["loop"] * 4, "program"]
    assert functions == ["program", *called, "program", *called]
    assert 0 < len(ignored) < 100


def test_code_that_is_often_stepped_over_reports_nothing() -> None:
    reporting = []

    def program() -> None:
        loop(1)
        often()  # @stepover
        loop(1)

    def often() -> None:
        for _ in range(100):
            loop(1)
        reporting.extend(sys.monitoring.get_local_events(tool, loop.__code__) for tool in tools())

    functions = [step.stack.frame.function for step in trace(program)]
    assert functions.count("loop") == 2 * 4
    assert set(reporting) == {0}


def test_a_recursion_that_is_stepped_over_ends() -> None:
    def deep(n: int) -> str:
        if n:
            deep(n - 1)  # @stepover
        return "after"

    assert len(trace(deep, 100)) == 4


def test_a_program_may_remove_the_trace_function() -> None:
    def program() -> None:
        sys.settrace(None)
        loop(1)

    assert trace(program).steps[-2].stack.frame.function == "loop"


def test_a_program_can_ask_whether_it_is_traced() -> None:
    answers = []

    def program() -> None:
        found = sys.gettrace()
        sys.settrace(None)
        sys.settrace(found)  # as a debugger restores what it found
        loop(1)
        answers.append(found)
        answers.append(sys.gettrace())
        sys.settrace(lambda *_: None)
        answers.append(sys.gettrace())
        sys.settrace(found)

    gettrace = sys.gettrace
    recorded = trace(program)
    assert [step.stack.frame.function for step in recorded].count("loop") == 4
    found, afterwards, own = answers
    assert found is not None
    assert afterwards is found
    assert own is not found
    assert sys.gettrace is gettrace
    assert sys.gettrace() is None


def test_a_program_that_catches_a_recursion_error_is_recorded_to_its_end() -> None:
    def program() -> None:
        try:
            endless()
        except RecursionError:
            loop(1)

    def endless() -> None:
        endless()

    recorded = trace(program)
    assert recorded.ending == "finished"
    assert recorded.steps[-2].stack.frame.function == "loop"


def test_a_program_is_recorded_when_no_tool_id_is_free() -> None:
    expected = trace(features.calls)
    for tool in FREE:
        sys.monitoring.use_tool_id(tool, "another tool")
    try:
        assert trace(features.calls) == expected
    finally:
        for tool in FREE:
            sys.monitoring.free_tool_id(tool)


def test_nothing_is_left_behind() -> None:
    in_use = tools()
    for program in (features.calls, features.uncaught, features.forever, features.nested):
        trace(program, max_steps=20)
    assert tools() == in_use
    for tool in FREE:
        sys.monitoring.use_tool_id(tool, "another tool")
        assert sys.monitoring.get_events(tool) == 0
        for function in (features.calls, features.double, features.factorial, features.forever):
            assert sys.monitoring.get_local_events(tool, function.__code__) == 0
        assert sys.monitoring.register_callback(tool, sys.monitoring.events.LINE, None) is None
        sys.monitoring.free_tool_id(tool)
