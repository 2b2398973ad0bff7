"""Programs of the page: what they result in, as the page gets it."""

from __future__ import annotations

import asyncio
import json
import linecache
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cs336_core.browser.python import run_program
from cs336_core.browser.python.event_loop import TimerLoop
from cs336_core.trace import loads


@pytest.fixture(autouse=True)
def interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Restore what a run changes: in the page, every run has an interpreter of its own."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(sys, "stdin", sys.stdin)
    monkeypatch.setattr(sys, "argv", sys.argv)
    monkeypatch.setattr(linecache, "cache", {})
    monkeypatch.setattr(run_program.event_loop, "install", lambda: None)


def run(code: str, **fields: Any) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run_program.run_json(json.dumps({"code": code, **fields})))
    return report


@pytest.mark.parametrize("trace", [False, True])
def test_result_and_output(trace: bool, capsys: pytest.CaptureFixture[str]) -> None:
    report = run("print('hi')\nx = 6\nx * 7", trace=trace)
    assert (report["result"], report["error"]) == ("42", None)
    assert capsys.readouterr().out == "hi\n"
    assert run("x = 1", trace=trace)["result"] is None


@pytest.mark.parametrize("trace", [False, True])
def test_code_before_runs_unseen_in_the_same_module(
    trace: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    report = run(
        "double(n)", before="print('unseen')\nn = 4\ndef double(x):\n    return 2 * x", trace=trace
    )
    assert report["result"] == "8"
    assert capsys.readouterr().out == ""


def test_a_program_is_the_main_module() -> None:
    code = "import sys, __main__\n(__name__, sys.argv, __main__.code is code)"
    assert (
        run(f"code = 1\n{code}", filename="cell.py")["result"] == "('__main__', ['cell.py'], True)"
    )


def test_trace_has_every_variable_and_enters_the_code_before() -> None:
    report = run("b = f(1)", before="def f(a):\n    return a + 1", trace=True, filename="cell.py")
    trace = loads(report["trace"])
    assert list(trace.files) == ["cell.py", "cells above"]
    assert [step.stack.frame.function for step in trace.steps] == ["<module>", "f", "f", "<module>"]
    assert {name for step in trace for name in step.env} == {"a", "b"}


def test_trace_ends_at_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = "n = 0\nwhile True:\n    n += 1"
    report = run(loop, trace=True, maxSteps=50)
    assert len(loads(report["trace"])) == 50
    assert loads(report["trace"]).ending == "max_steps"
    monkeypatch.setattr(run_program, "MAX_TRACE", 500)
    short = run(loop, trace=True, maxSteps=500)
    assert len(short["trace"]) <= 500
    assert loads(short["trace"]).ending == "max_steps"


@pytest.mark.parametrize("trace", [False, True])
def test_an_error_names_the_innermost_line_of_the_program(trace: bool) -> None:
    code = "import json\ndef f():\n    json.loads('{')\nf()\n"
    error = run(code, trace=trace)["error"]
    assert (error["type"], error["file"], error["line"]) == ("JSONDecodeError", "main.py", 3)
    assert error["traceback"].startswith(
        'Traceback (most recent call last):\n  File "main.py", line 4'
    )
    assert "run_program" not in error["traceback"]
    assert "json.loads('{')" in error["traceback"]


def test_errors_of_other_kinds() -> None:
    syntax = run("x = 1\nd = {'a: b': 1")["error"]
    assert (syntax["type"], syntax["line"]) == ("SyntaxError", 2)
    assert syntax["message"] == "'{' was never closed"
    above = run("x", before="1 / 0")["error"]
    assert (above["file"], above["line"], above["message"]) == (
        "cells above",
        1,
        "division by zero",
    )
    assert run("import nowhere.at_all")["error"]["missing"] == "nowhere"
    assert run("import sys; sys.exit()")["error"] is None
    assert run("import sys; sys.exit('no data')")["error"]["message"] == "no data"


def test_a_result_whose_repr_fails_is_an_error_of_the_program() -> None:
    code = "class Odd:\n    def __repr__(self):\n        return 1 / 0\nOdd()"
    assert run(code)["error"]["type"] == "ZeroDivisionError"


@pytest.mark.parametrize("trace", [False, True])
def test_input_reads_the_given_lines_and_shows_them(
    trace: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    report = run("a = input('a? ')\nb = input('b? ')\ninput()", stdin="one\ntwo", trace=trace)
    assert capsys.readouterr().out == "a? one\nb? two\n"
    assert report["error"]["type"] == "EOFError"


def test_the_event_loop_needs_no_selector() -> None:
    async def double(x: int) -> int:
        await asyncio.sleep(0.001)
        return 2 * x

    async def both() -> list[int]:
        return await asyncio.gather(double(1), double(2))

    def run_both() -> None:
        with asyncio.Runner(loop_factory=TimerLoop) as runner:
            assert runner.run(both()) == [2, 4]
            with pytest.raises(RuntimeError, match="every task waits"):
                runner.run(asyncio.Event().wait())

    with ThreadPoolExecutor(1) as threads:  # a browser's tests leave a loop running in this one
        threads.submit(run_both).result()
