"""`run PROGRAM -- ARGUMENTS` behaves as `python PROGRAM ARGUMENTS`, and records what it does."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cs336_core.trace import Trace, load
from cs336_core.trace.commands.cli import main

Output = pytest.CaptureFixture[str]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, set as the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return tmp_path


def run(program: str, *arguments: str, status: int = 0) -> Trace:
    """Run a program in this process and return its trace."""
    Path("program.py").write_text(program, "utf-8")
    given = ["--", *arguments] if arguments else []
    assert main(["run", "program.py", "-o", "out.json", *given]) == status
    return load("out.json")


def stdout(recorded: Trace) -> list[str]:
    return [step.stdout for step in recorded if step.stdout]


def test_arguments_reach_the_program() -> None:
    program = "import sys\nprint(sys.argv[1:])\n"
    assert stdout(run(program, "data.txt", "--n", "3", "--", "-x")) == [
        "['data.txt', '--n', '3', '--', '-x']\n"
    ]
    assert stdout(run("import sys\nprint(sys.argv)\n")) == ["['program.py']\n"]


def test_arguments_without_two_hyphens_are_refused_with_a_hint(capsys: Output) -> None:
    Path("program.py").touch()
    with pytest.raises(SystemExit):
        main(["run", "program.py", "data.txt"])
    error = capsys.readouterr().err
    assert "unrecognized arguments: data.txt" in error
    assert "[-- ARGUMENT ...]" in error


EVERY_STREAM = """\
import os, subprocess, sys
print("print", sys.argv)
sys.stdout.buffer.write(b"buffer\\n")
sys.stdout.flush()
os.write(1, b"os.write\\n")
os.system("echo system; echo error >&2")
subprocess.run(["echo", "subprocess"])
subprocess.run(["echo", "to sys.stdout"], stdout=sys.stdout)
subprocess.run("echo to /dev/stdout > /dev/stdout", shell=True)
sys.stdout.reconfigure(line_buffering=True)
print(sys.stdout.encoding, sys.stdout.fileno(), sys.stdout.isatty(), sys.stdout.name)
print("e\\u0301 \\u4f60", file=sys.stderr)
name = input("Name? ")
print(name, end="")
os.chdir("/")
sys.exit(3)
"""


@pytest.mark.parametrize("options", [[], ["-m"]])
def test_the_output_is_that_of_python(folder: Path, options: list[str]) -> None:
    (folder / "program.py").write_text(EVERY_STREAM, "utf-8")
    target = ["-m", "program"] if options else ["program.py"]

    def outcome(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command],
            check=False,
            capture_output=True,
            encoding="utf-8",
            input="Ada\n",
            env=ENVIRONMENT,
        )

    expected = outcome("-u", *target, "a", "--b")
    traced = outcome("-m", "cs336_core.trace", "run", target[-1], "--", "a", "--b")
    assert traced.stdout == expected.stdout
    assert traced.returncode == expected.returncode == 3
    report = "program.trace.json: 16 steps, ended with exit status 3."
    assert traced.stderr.startswith(f"{expected.stderr}{report}")
    recorded = load("program.trace.json")
    assert "".join(stdout(recorded)) == expected.stdout
    assert "".join(step.stderr for step in recorded) == expected.stderr
    assert [step.stack.frame.line for step in recorded if step.stdout] == [
        *range(2, 4),
        *range(5, 10),
        11,
        13,
        14,
    ]


def test_the_command_restores_the_standard_streams(capfd: Output) -> None:
    before = sys.stdout, sys.stderr, os.fstat(1).st_ino, os.fstat(2).st_ino
    run("import sys\nsys.stdout.close()\nsys.stderr = None\n")
    assert (sys.stdout, sys.stderr, os.fstat(1).st_ino, os.fstat(2).st_ino) == before
    print("after")
    assert capfd.readouterr().out == "after\n"


def test_a_detached_stream_is_recorded() -> None:
    program = (
        "import io, sys\n"
        "sys.stdout = io.TextIOWrapper(sys.stdout.detach(), 'utf-16-le', line_buffering=True)\n"
        "print('hi')\n"
    )
    assert stdout(run(program)) == ["h\0i\0\n\0"]


def test_output_appears_while_a_statement_runs(folder: Path) -> None:
    program = "import subprocess\nsubprocess.run('echo begun; read x', shell=True)\n"
    (folder / "program.py").write_text(program, "utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "cs336_core.trace", "run", "program.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        process.communicate(b"go on\n", timeout=30)
        assert process.returncode == 0


@pytest.mark.parametrize(
    ("statement", "status", "error"),
    [
        ("sys.exit()", 0, ""),
        ("sys.exit(0)", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('no data')", 1, "no data\n"),
        ("raise SystemExit(True)", 1, ""),
        ("exit(4)", 4, ""),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("class E(BaseException): pass\nraise E('x')", 1, "E: x\n"),
        ("raise KeyboardInterrupt", 130, "KeyboardInterrupt\n"),
    ],
)
def test_the_exit_status_is_that_of_the_program(statement: str, status: int, error: str) -> None:
    recorded = run(f"import sys\n{statement}\n", status=status)
    errors = "".join(step.stderr for step in recorded)
    assert errors.endswith(error)
    assert bool(errors) == bool(error)
    assert ("Traceback" in errors) == (recorded.ending == "raised")


@pytest.mark.parametrize(
    "guard", ["sys.exit(main())", "status = main(); sys.exit(status)", "raise SystemExit(main())"]
)
def test_a_guard_that_does_more_than_call_main_runs(guard: str) -> None:
    program = f"import sys\ndef main():\n    return 7\nif __name__ == '__main__':\n    {guard}\n"
    recorded = run(program, status=7)
    assert {step.stack.frame.function for step in recorded} == {"<module>", "main"}


def test_a_relative_import_in_a_file_gets_a_hint(capsys: Output) -> None:
    run("from . import other\n", status=1)
    assert capsys.readouterr().err.endswith("run it by its dotted name: PACKAGE.MODULE\n")


def test_a_hard_exit_is_reported_and_its_output_shown(folder: Path) -> None:
    (folder / "program.py").write_text("import os\nprint('hi')\nos._exit(2)\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "cs336_core.trace", "run", "program.py"],
        check=False,
        capture_output=True,
        env=ENVIRONMENT,
    )
    assert (done.returncode, done.stdout) == (2, b"hi\n")
    assert done.stderr == (
        b"program.py ended with os._exit(2), which leaves no time to save a trace\n"
    )


def test_a_forked_child_leaves_the_trace_to_its_parent() -> None:
    program = (
        "import os\n"
        "child = os.fork()\n"
        "if child == 0: print('child')\n"
        "else: os.waitpid(child, 0); print('parent')\n"
    )
    Path("program.py").write_text(program, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "cs336_core.trace", "run", "program.py", "-o", "-"],
        check=False,
        capture_output=True,
        env=ENVIRONMENT,
    )
    assert done.stdout.count(b'"format"') == 1
    assert done.stderr.startswith(b"child\nparent\n")


def test_threads_are_awaited_as_python_does() -> None:
    program = (
        "import threading, time\n"
        "def work():\n    time.sleep(0.05)\n    print('worked')\n"
        "threading.Thread(target=work).start()\n"
    )
    assert stdout(run(program)) == ["worked\n"]


def test_output_of_the_import_belongs_to_the_first_step() -> None:
    recorded = run("print('import')\ndef main():\n    x = 1\n    print('run')\n")
    assert [step.stdout for step in recorded] == ["import\n", "", "run\n"]


def test_ctrl_c_ends_a_line_that_repeats(folder: Path) -> None:
    program = (
        "import pathlib\nx = 0\nwhile True: x += 1; x == 1000 and pathlib.Path('begun').touch()\n"
    )
    (folder / "program.py").write_text(program, "utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "cs336_core.trace", "run", "program.py"],
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as process:
        while not Path("begun").exists() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"ended with KeyboardInterrupt" in error
    assert load("program.trace.json").steps[-1].stack.frame.line == 3


TRACEBACKS = """\
import traceback
def fail():
    raise ValueError("first")
try:
    fail()
except ValueError as error:
    traceback.print_exc()
try:
    fail()
except ValueError as error:
    raise ExceptionGroup("several", [error, KeyError()]) from error
"""


def test_tracebacks_hold_neither_absolute_paths_nor_our_own_frames(
    folder: Path, capsys: Output
) -> None:
    recorded = run(TRACEBACKS, status=1)
    errors = "".join(step.stderr for step in recorded)
    assert errors.count("ValueError: first") == 3
    assert errors.count('File "program.py", line 3, in fail') == 3
    assert str(folder) not in errors
    assert 'File "/' not in errors
    assert "cs336_core" not in errors
    assert "ended with ExceptionGroup: several (2 sub-exceptions)." in capsys.readouterr().err


def test_warnings_hold_no_absolute_paths() -> None:
    recorded = run(
        "import sys, warnings\n"
        "sys.stderr.write('note: C:/a:7 is a path\\n')\n"
        "sys.stderr.write(warnings.formatwarning('careful', UserWarning, __file__, 3))\n"
    )
    errors = "".join(step.stderr for step in recorded)
    assert errors.splitlines()[:2] == [
        "note: C:/a:7 is a path",
        "program.py:3: UserWarning: careful",
    ]


def test_the_traceback_of_a_recursion_error_has_no_frames_of_ours() -> None:
    recorded = run("def f(n):\n    return f(n + 1)\nf(0)\n", status=1)
    files = set(re.findall(r'File "(.*?)"', recorded.steps[-1].stderr))
    assert files == {"program.py"}
    assert recorded.steps[-1].stderr.rstrip().splitlines()[-1].startswith("RecursionError: ")


def test_an_outer_stream_without_a_descriptor_gets_the_output(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stdout", shown)
    assert stdout(run("print('hello')\n")) == ["hello\n"]
    assert shown.getvalue() == "hello\n"


def test_figures_that_are_shown_become_part_of_the_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MPLBACKEND", raising=False)
    chosen = run("import os\nbackend = os.environ['MPLBACKEND']\n").steps[-1].env["backend"]
    assert "MPLBACKEND" not in os.environ
    plt = pytest.importorskip("matplotlib.pyplot")
    previous = plt.get_backend()
    program = (
        "import matplotlib.pyplot as plt\n"
        f"plt.switch_backend('{chosen}')\n"
        "plt.plot([1, 2])\n"
        "plt.figure()\n"
        "plt.show()\n"
        "print(plt.get_fignums())\n"
    )
    try:
        recorded = run(program)
    finally:
        plt.switch_backend(previous)
    found = [rendering for step in recorded for rendering in step.renderings]
    assert [str(rendering.data)[:19] for rendering in found] == ["data:image/svg+xml;"] * 2
    assert [step.stack.frame.line for step in recorded if step.renderings] == [5]
    assert recorded.steps[-1].stdout == "[]\n"


def test_a_backend_that_the_user_has_chosen_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    recorded = run("import os\nbackend = os.environ['MPLBACKEND']\n")
    assert recorded.steps[-1].env["backend"] == "Agg"


def test_the_main_module_has_the_names_that_python_gives_it(folder: Path) -> None:
    program = "print(__builtins__.__name__, __spec__)\n"
    assert stdout(run(program)) == ["builtins None\n"]
    (folder / "package").mkdir()
    (folder / "package/__init__.py").touch()
    (folder / "package/other.py").write_text("K = 3\n")
    (folder / "package/job.py").write_text(SPAWNING)
    command = [sys.executable, "-m", "cs336_core.trace", "run", "package.job"]
    assert subprocess.check_output(command, env=ENVIRONMENT) == b"package.job\n[3, 6]\n"


# A child process that is spawned imports the main module again, by the name in its `__spec__`.
SPAWNING = """\
import multiprocessing
from .other import K
def f(x): return x * K
if __name__ == "__main__":
    print(__spec__.name)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(f, [1, 2]))
"""


def test_generators_that_are_never_finished_are_closed_at_the_end(folder: Path) -> None:
    program = folder / "program.py"
    program.write_text(UNFINISHED)
    command = [sys.executable, "-m", "cs336_core.trace", "run", "program.py"]
    assert subprocess.check_output(command, env=ENVIRONMENT) == b"closed\n"


UNFINISHED = """\
def numbers():
    try:
        yield 1
    finally:
        print("closed")
unfinished = numbers()
next(unfinished)
"""


HOOKED = """\
import sys, traceback
def report(kind, error, trace):
    print(kind.__name__, error, [frame.lineno for frame in traceback.extract_tb(trace)])
sys.excepthook = report
1 / 0
"""


def test_the_excepthook_of_the_program_reports_its_exception(capsys: Output) -> None:
    hook = sys.excepthook
    recorded = run(HOOKED, status=1)
    assert "".join(stdout(recorded)) == "ZeroDivisionError division by zero [5]\n"
    assert "Traceback" not in capsys.readouterr().err
    assert sys.excepthook is hook


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("x = 1\nreturn x\n", "program.py, line 2: 'return' outside function"),
        ("x = 1\nglobal x\n", "program.py, line 2: name 'x' is assigned to before global"),
        (f"x = {'-' * 9999}1\n", "program.py has an expression that is nested too deeply"),
    ],
    ids=["return", "global", "nested"],
)
def test_what_python_cannot_compile_is_one_sentence(
    program: str, message: str, capsys: Output
) -> None:
    Path("program.py").write_text(program, "utf-8")
    assert main(["run", "program.py"]) == 1
    assert capsys.readouterr().err.startswith(f"error: {message}")


def test_output_while_python_exits_does_not_follow_a_trace_on_standard_output(
    folder: Path,
) -> None:
    (folder / "program.py").write_text("import atexit\natexit.register(print, 'late')\n")
    command = [sys.executable, "-m", "cs336_core.trace", "run", "program.py", "-o", "-"]
    found = subprocess.run(command, check=True, env=ENVIRONMENT, capture_output=True, timeout=60)
    assert len(json.loads(found.stdout)["steps"]) == 2
    assert found.stderr.endswith(b"late\n")
