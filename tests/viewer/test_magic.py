"""`%%trace` in a real IPython: execution, the trace, errors.

The tests that start JupyterLab cover the viewer there.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from IPython.utils.capture import capture_output

from cs336_core.trace import Trace, load
from cs336_core.viewer import magic, widget
from cs336_core.widgets import TraceViewer


class Done(NamedTuple):
    """The output of a cell."""

    result: ExecutionResult
    viewers: list[TraceViewer]
    out: str
    err: str

    @property
    def trace(self) -> Trace:
        (viewer,) = self.viewers
        return viewer._trace


class Notebook:
    """Runs cells, one after the other."""

    def __init__(self, shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shell = shell
        self._viewers: list[TraceViewer] = []
        monkeypatch.setattr(magic, "display", self._viewers.append)

    def run(self, cell: str) -> Done:
        self._viewers.clear()
        with capture_output() as captured:
            result = self.shell.run_cell(cell, store_history=True)
        return Done(result, self._viewers.copy(), captured.stdout, captured.stderr)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(colors="nocolor")
    shell.history_manager.enabled = False
    notebook = Notebook(shell, monkeypatch)
    notebook.run("%load_ext cs336_core.viewer")
    shell.reset()
    yield notebook
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def seen(trace: Trace) -> list[tuple[str, int, dict[str, object], str]]:
    return [
        (step.stack.frame.function, step.stack.frame.line, dict(step.env), step.stdout)
        for step in trace
    ]


def functions(trace: Trace) -> set[str]:
    return {step.stack.frame.function for step in trace}


def test_a_cell_runs_and_is_shown_step_by_step(notebook: Notebook) -> None:
    done = notebook.run("%%trace\nn = 2\ndef double(n):\n    return 2 * n\nprint(n)\ndouble(n) + 1")
    assert done.result.result == 5
    assert done.out == "Out[1]: 5\n"
    assert done.err == ""
    assert notebook.shell.user_ns["n"] == 2
    assert notebook.shell.user_ns["Out"] == {1: 5}
    assert seen(done.trace) == [
        ("<module>", 2, {"n": 2}, ""),
        ("<module>", 3, {}, ""),
        ("<module>", 5, {}, "2\n"),
        ("<module>", 6, {}, ""),
        ("double", 3, {"n": 2}, ""),
        ("double", 4, {}, ""),
        ("<module>", 6, {}, ""),
    ]
    assert done.trace.ending == "finished"


def test_the_source_is_the_cell_with_its_number(notebook: Notebook) -> None:
    notebook.run("1")
    cell = "%%trace --max-steps 9\n\nx = 1  # a comment\n"
    trace = notebook.run(cell).trace
    assert trace.files == {"cell 2": cell.rstrip("\n")}
    assert trace.hidden == {"cell 2": [1]}


def test_a_semicolon_hides_the_value(notebook: Notebook) -> None:
    done = notebook.run("%%trace\n3;")
    assert done.out == ""
    assert len(done.viewers) == 1


def test_a_cell_without_code_has_no_viewer(notebook: Notebook) -> None:
    done = notebook.run("%%trace\n# nothing\n")
    assert done.result.success
    assert done.viewers == []
    assert len(notebook.run("%%trace\npass").trace) == 1


def test_variables_that_the_cell_does_not_name_are_not_shown(notebook: Notebook) -> None:
    notebook.run("rows, other = [1], [2]")
    trace = notebook.run("%%trace\nrows.append(3)\nother_now = 1").trace
    assert [step.env for step in trace] == [{"rows": [1, 3]}, {"other_now": 1}]


def test_the_cell_sees_every_variable(notebook: Notebook) -> None:
    notebook.run("hidden = 7\nfrom __future__ import annotations")
    done = notebook.run(
        "%%trace\n"
        "a = globals()['hidden'], locals()['hidden'], eval('hidden'), 'hidden' in dir()\n"
        "exec('made = 1')\n"
        "def inner():\n"
        "    global made\n"
        "    made += hidden\n"
        "inner()\n"
        "class C:\n"
        "    x: NotDefined = [made for _ in range(2)]\n"
        "del hidden\n"
        "(a, made, C.x)"
    )
    assert done.result.result == ((7, 7, 7, True), 8, [8, 8])
    assert "hidden" not in notebook.shell.user_ns


def test_into_steps_into_earlier_cells(notebook: Notebook) -> None:
    notebook.run("def earlier(n):\n    return inner(n)\ndef inner(n):\n    return n")
    assert functions(notebook.run("%%trace\nearlier(1)").trace) == {"<module>"}
    trace = notebook.run("%%trace --into earlier\nearlier(1)").trace
    assert functions(trace) == {"<module>", "earlier", "inner"}
    assert set(trace.files) == {"cell 1", "cell 3"}


def test_into_steps_into_modules(notebook: Notebook) -> None:
    notebook.run("from tests.trace.programs import features")
    for name in ("features", "features.double", "tests.trace.programs.features"):
        trace = notebook.run(f"%%trace --into {name}\nfeatures.double(1)").trace
        assert functions(trace) == {"<module>", "double"}


@pytest.mark.parametrize(
    ("options", "shown"),
    [("", {"b"}), ("--inspect", {"b"}), ("--all", {"a", "b"}), ("--max-steps 5 --all", {"a", "b"})],
)
def test_comments_choose_the_variables(notebook: Notebook, options: str, shown: set[str]) -> None:
    trace = notebook.run(f"%%trace {options}\na = 1\nb = 2  # @inspect b").trace
    assert {name for step in trace for name in step.env} == shown


def test_inspect_without_comments_shows_none(notebook: Notebook) -> None:
    trace = notebook.run("%%trace --inspect\na = 1").trace
    assert [step.env for step in trace] == [{}]


def test_magics_and_commands_stay_on_their_lines(notebook: Notebook) -> None:
    cell = (
        "%%trace\n\n\nlisted = !echo one \\\n  two\n%precision \\\n  3\nx = 1  # @inspect x\n"
        "!echo 'three'  # @inspect y\nx?"
    )
    done = notebook.run(cell)
    assert done.result.success, done.out
    assert notebook.shell.user_ns["listed"] == ["one two"]
    assert [(step.stack.frame.line, *step.env) for step in done.trace] == [
        (4,), (6,), (8, "x"), (9,), (10,)
    ]  # fmt: skip
    assert done.trace.files["cell 1"] == cell
    assert "three" in done.trace.steps[3].stdout


def test_an_exception_is_shown_and_raised(notebook: Notebook) -> None:
    done = notebook.run("%%trace\ndef divide(n):\n    return n / 0\ndivide(1)")
    assert isinstance(done.result.error_in_exec, ZeroDivisionError)
    assert not done.result.success
    assert done.trace.ending == "raised"
    stderr = done.trace.steps[-1].stderr
    assert stderr.startswith('Traceback (most recent call last):\n  File "cell 1", line 4')
    assert "Cell In[1], line 4\n" in done.out
    assert "Cell In[1], line 3, in divide(n)\n" in done.out
    assert "cs336_core" not in done.out
    assert "run_cell_magic" not in done.out
    assert done.out.rstrip().endswith("ZeroDivisionError: division by zero")


def test_an_interruption_is_raised_without_our_frames(notebook: Notebook) -> None:
    previous = sys.gettrace()
    done = notebook.run("%%trace\nx = 1\nraise KeyboardInterrupt")
    assert isinstance(done.result.error_in_exec, KeyboardInterrupt)
    assert done.viewers == []
    assert "cs336_core" not in done.out
    assert sys.gettrace() is previous


def test_a_system_exit_is_raised(notebook: Notebook) -> None:
    with pytest.warns(UserWarning, match="To exit"):
        done = notebook.run("%%trace\nimport sys\nsys.exit(3)")
    assert isinstance(done.result.error_in_exec, SystemExit)
    assert done.trace.ending == "raised"


def test_an_endless_cell_is_stopped(notebook: Notebook) -> None:
    done = notebook.run("%%trace --max-steps 7\nn = 0\nwhile True:\n    n += 1\nafter = 1")
    assert (len(done.trace), done.trace.ending) == (7, "max_steps")
    assert done.err == "The cell was stopped after 7 steps; the rest of it did not run.\n"
    assert "after" not in notebook.shell.user_ns
    assert done.result.success


def test_a_trace_that_is_too_large_is_truncated(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(widget, "MAX_BYTES", 1_000)
    done = notebook.run("%%trace\nfor n in range(100):\n    word = 'x' * n\nword")
    assert done.result.result == "x" * 99
    assert len(done.trace) < 100
    assert f"the first {len(done.trace)} of 202 steps" in done.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--stepp", "unrecognized arguments: --stepp\nusage: %%trace [--max-steps N]"),
        ("name", "unrecognized arguments: name"),
        ("--max", "unrecognized arguments: --max"),
        ("--max-steps many", "argument --max-steps: invalid int value: 'many'"),
        ("--max-steps 0", "--max-steps is 0; expected 1 to 20,000"),
        ("--max-steps 20001", "--max-steps is 20001; expected 1 to 20,000"),
        ("--inspect --all", "--all: not allowed with argument --inspect"),
        ("--into", "argument --into: expected at least one argument"),
        ("--into nowhere.to.be", "--into: 'nowhere.to.be' is not a module"),
        ("--into math.sqrt", "--into: <built-in function sqrt> is not written in Python"),
        ("--into 'open", "No closing quotation"),
    ],
)
def test_invalid_options_are_refused(notebook: Notebook, options: str, message: str) -> None:
    done = notebook.run(f"%%trace {options}\nran = True")
    assert done.err.startswith("UsageError: ")
    assert message in done.err
    assert done.viewers == []
    assert "ran" not in notebook.shell.user_ns


def test_a_syntax_error_is_raised_without_a_trace(notebook: Notebook) -> None:
    done = notebook.run("%%trace\nx = 1\ny = = 2")
    assert isinstance(done.result.error_in_exec, SyntaxError)
    assert "Cell In[1], line 3" in done.out
    assert "x" not in notebook.shell.user_ns
    done = notebook.run("%%trace\nawait nothing()")
    assert isinstance(done.result.error_in_exec, NameError)


AWAITING = """%%trace
import asyncio
async def wait(n):
    await asyncio.sleep(0)
    return n
a = await wait(1)
async for b in (i async for i in numbers()): pass
await wait(2)"""
NUMBERS = "async def numbers():\n    yield 5\n"


def test_a_cell_may_await(notebook: Notebook) -> None:
    notebook.run(NUMBERS)

    async def inside_a_running_loop() -> tuple[Done, bool]:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        done = notebook.run(AWAITING)
        same = (asyncio.get_running_loop(), asyncio.current_task()) == (loop, task)
        await asyncio.sleep(0)
        return done, same

    with ThreadPoolExecutor() as threads:  # where a browser's tests have left no loop running
        done, same = threads.submit(asyncio.run, inside_a_running_loop()).result()
    assert same
    assert done.result.result == 2
    assert (notebook.shell.user_ns["a"], notebook.shell.user_ns["b"]) == (1, 5)
    assert functions(done.trace) == {"<module>", "wait"}
    own = [step.stack.frame.line for step in done.trace if step.stack.caller is None]
    assert list(dict.fromkeys(own)) == [2, 3, 6, 7, 8]
    assert [step.env["a"] for step in done.trace if "a" in step.env] == [1]


def test_an_exception_after_await_starts_in_the_cell(notebook: Notebook) -> None:
    def run() -> Done:
        return notebook.run("%%trace\nimport asyncio\nawait asyncio.sleep(0)\n1 / 0")

    with ThreadPoolExecutor() as threads:
        done = threads.submit(run).result()
    assert isinstance(done.result.error_in_exec, ZeroDivisionError)
    assert "Cell In[1], line 4\n" in done.out
    assert "asyncio/" not in done.out
    assert done.trace.ending == "raised"


def test_the_trace_is_saved(notebook: Notebook, tmp_path: Path) -> None:
    file = tmp_path / "a trace.json"
    done = notebook.run(f"%%trace -o '{file}'\nx = 1\ny = x / 0")
    assert load(file) == done.trace
    assert load(file).ending == "raised"
    for bad in (tmp_path, tmp_path / "no" / "a.json"):
        done = notebook.run(f"%%trace -o '{bad}'\nran = True")
        assert "expected a file in a folder that exists" in done.err
    assert "ran" not in notebook.shell.user_ns


def test_the_viewer_is_displayed(notebook: Notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    from IPython.display import display

    monkeypatch.setattr(magic, "display", display)
    with capture_output() as captured:
        notebook.shell.run_cell("%%trace\nx = 1")
    (output,) = captured.outputs
    assert 'data-widget="trace_viewer"' in output.data["text/html"]
