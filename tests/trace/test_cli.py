"""`python -m cs336_core.trace`: the output and the errors of `run` and `convert`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from cs336_core.trace import Trace, dumps, load, loads, save, trace
from cs336_core.trace.commands import view
from cs336_core.trace.commands.cli import main
from cs336_core.trace.formats import edtrace
from tests import command_lines
from tests.command_lines import Output
from tests.trace.programs import features

# A program written for edtrace, with our import in place of its own.
EDTRACE_PROGRAM = """\
from dataclasses import dataclass
from cs336_core.trace import text, image, video, link, plot, note, system_text, Reference

gpt3 = Reference(title="GPT-3", authors=["Tom Brown"], date="2020-05-28", url="a.b/c")

def main():
    text("# A lecture"), text("and $x^2$", style={"color": "red"})
    image("data:image/gif;base64,R0lGODlhAQABAAAAACw=", width=200)
    link(gpt3), link(compute), link(title="A page", url="a.b")
    system_text(["echo", "hello"])
    plot({"mark": "bar"})
    note("say it slowly")  # @hide

    x = compute(3)  # @inspect x
    y = compute(4)  # @stepover @inspect y @clear x
    p = Point(1, [2])  # @inspect p p.items

def compute(n):  # @inspect n
    return n * n

@dataclass(frozen=True)
class Point:
    x: int
    items: list[int]

if __name__ == "__main__":
    main()
"""
SCRIPT = """\
import pickle, sys
from dataclasses import dataclass
import beside

@dataclass
class Point:
    x: int

point = pickle.loads(pickle.dumps(Point(beside.double(2))))  # @inspect point
print(sys.argv, __name__)
"""
failed = partial(command_lines.failed, main)
refused = partial(command_lines.refused, main)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs, set as the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "beside", raising=False)
    programs = {
        "lecture_01.py": EDTRACE_PROGRAM,
        "script.py": SCRIPT,
        "beside.py": "def double(n):  # @inspect n\n    return 2 * n\n",
        "cells.py": "# %% [markdown]\n# # Title\n\n# %%\nn = 3\n",
        "fails.py": "def main():\n    x = 1  # @inspect x\n    raise KeyError('so')\n",
        "exits.py": "import sys\nsys.exit(int(sys.argv[0][-4] == '!'))\n",
        "needs.py": "def main(argv):\n    pass\nprint(__name__)\n",
        "empty.py": "",
    }
    for name, text in programs.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").touch()
    (tmp_path / "package" / "__main__.py").write_text("from . import part\nx = part.y\n", "utf-8")
    (tmp_path / "package" / "part.py").write_text("y = 1\n\ndef main():\n    z = y\n", "utf-8")
    return tmp_path


def ran(*argv: str) -> Trace:
    """Run a program that finishes, and return its trace."""
    assert main(["run", *argv, "-o", "out.json"]) == 0
    return load("out.json")


def names() -> set[str]:
    return {path.name for path in Path().iterdir()}


def shown(recorded: Trace) -> dict[str, object]:
    return {name: value for step in recorded for name, value in step.env.items()}


def functions(recorded: Trace) -> set[str]:
    return {step.stack.frame.function for step in recorded}


# run


def test_run_saves_a_trace_and_prints_one_line(folder: Path, capsys: Output) -> None:
    before = sys.path.copy(), sys.argv, sys.modules["__main__"], names()
    assert main(["run", "lecture_01.py"]) == 0
    assert capsys.readouterr() == (
        "",
        "lecture_01.trace.json: 13 steps, finished. "
        "View it: python -m cs336_core.trace view lecture_01.trace.json\n",
    )
    assert (sys.path, sys.argv, sys.modules["__main__"]) == before[:3]
    assert names() - before[3] == {"lecture_01.trace.json"}


@pytest.mark.parametrize("target", ["lecture_01.py", "lecture_01", "{folder}/lecture_01.py"])
def test_an_edtrace_program_runs_with_our_import(folder: Path, target: str) -> None:
    recorded = ran(target.replace("{folder}", str(folder)))
    assert list(recorded.files) == ["lecture_01.py"]
    assert functions(recorded) == {"main", "compute"}
    assert recorded.hidden["lecture_01.py"] == [12]
    renderings = [rendering.type for step in recorded for rendering in step.renderings]
    assert renderings == [
        *["markdown"] * 2,
        "image",
        *["link"] * 3,
        *["markdown"] * 2,
        "plot",
        "note",
    ]
    assert shown(recorded).keys() == {"x", "y", "n", "p", "p.items"}
    assert shown(recorded)["p"] == {"type": "lecture_01.Point", "fields": {"x": 1, "items": [2]}}


def test_a_script_runs_as_python_runs_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = folder / "package"
    monkeypatch.chdir(elsewhere)
    recorded = ran(str(folder / "script.py"))
    assert recorded.steps[-1].stdout == f"['{folder / 'script.py'}'] __main__\n"
    assert shown(recorded) == {"point": {"type": "__main__.Point", "fields": {"x": 4}}}
    assert functions(recorded) == {"<module>"}


def test_other_files_are_stepped_into(folder: Path) -> None:
    for name in ("beside", "beside.double", "beside.py"):
        assert functions(ran("script.py", "--into", name)) == {"<module>", "double"}


def test_cells_are_a_lecture() -> None:
    recorded = ran("cells.py")
    assert [rendering.data for rendering in recorded.steps[0].renderings] == ["# Title"]
    assert shown(recorded) == {"n": 3}


@pytest.mark.parametrize(
    ("target", "steps"),
    [
        ("package", 2),
        ("package.part", 2),
        ("needs.py", 2),
        ("exits.py", 2),
        ("empty.py", 0),
    ],
)
def test_programs_of_other_kinds(target: str, steps: int) -> None:
    assert len(ran(target)) == steps


def test_a_program_may_have_the_name_of_a_module(folder: Path) -> None:
    import random

    (folder / "random.py").write_text(
        "import random\ndef main(times=2):\n    x = random.main is main  # @inspect x\n", "utf-8"
    )
    assert shown(ran("random.py")) == {"x": True}
    assert sys.modules["random"] is random


def test_a_program_that_raises_gives_its_trace(capsys: Output) -> None:
    assert main(["run", "fails.py"]) == 1
    traceback, _, report = capsys.readouterr().err.rpartition("fails.trace.json: ")
    assert traceback.endswith("KeyError: 'so'\n")
    assert report.startswith("4 steps, ended with KeyError: 'so'.")
    recorded = load("fails.trace.json")
    assert recorded.ending == "raised"
    assert shown(recorded) == {"x": 1}


def test_the_number_of_steps_is_limited(capsys: Output) -> None:
    assert main(["run", "lecture_01", "--max-steps", "3"]) == 0
    assert "3 steps, stopped there (--max-steps)" in capsys.readouterr().err
    assert load("lecture_01.trace.json").ending == "max_steps"


def test_inspect_all_shows_every_variable(capsys: Output) -> None:
    assert set(shown(ran("lecture_01", "--inspect-all"))) >= {"x", "y", "p", "n"}
    assert shown(ran("package", "--inspect-all")) == {"x": 1}


def test_standard_output_has_only_the_trace(capsys: Output) -> None:
    Path("loud.py").write_text("print('import')\ndef main():\n    print('run')\n", "utf-8")
    assert main(["run", "loud.py", "-o", "-"]) == 0
    captured = capsys.readouterr()
    assert [step.stdout for step in loads(captured.out)] == ["import\n", "run\n"]
    assert captured.err.splitlines()[:3] == ["import", "run", "loud.py: 2 steps, finished"]
    assert not Path("loud.trace.json").exists()


def test_the_format_of_edtrace() -> None:
    assert main(["run", "lecture_01.py", "--format", "edtrace"]) == 0
    file = json.loads(Path("lecture_01.edtrace.json").read_text("utf-8"))
    assert file["steps"][0]["stack"][0]["function_name"] == "main"
    assert main(["run", "lecture_01.py"]) == 0
    assert load("lecture_01.trace.json") == load("lecture_01.edtrace.json")


def test_a_trace_too_large_for_edtrace_is_saved_in_our_format(
    monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setattr(edtrace, "MAX_BYTES", 100)
    assert main(["run", "lecture_01.py", "--format", "edtrace", "-o", "a.json"]) == 0
    assert "It was saved in the format cs336" in capsys.readouterr().err
    assert len(load("a.json")) == 13
    assert "Save it in the format cs336" in failed(["convert", "a.json"], capsys)


def test_a_malformed_directive_is_reported_on_one_line(capsys: Output) -> None:
    Path("a.py").write_text("import warnings\nx = 1  # @inspekt x @inspect y\nwarnings.warn('w')\n")
    with pytest.warns(UserWarning, match="^w$"):
        assert main(["run", "a.py"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("warning: a.py:2: @inspekt is not a directive")
    assert lines[1] == "warning: a.py:2: @inspect y: no such value at any step"
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"x = (\n", "a.py, line 1: '(' was never closed"),
        (b"\xff = 1\n", "a.py: "),
        (b"x = '\0'\n", "a.py"),
        (b"# %%\nx = (\n", "a.py, line 2: "),
        (b"import nowhere\ndef main(): pass\n", "a.py, line 1: ModuleNotFoundError: No module"),
        (b"\n1/0\ndef main(): pass\n", "a.py, line 2: ZeroDivisionError: division by zero (main"),
        (b"exit(3)\ndef main(): pass\n", "a.py, line 1: SystemExit: 3"),
    ],
)
def test_a_broken_program_is_reported_with_its_line(
    capsys: Output, text: bytes, message: str
) -> None:
    Path("a.py").write_bytes(text)
    assert message in failed(["run", "a.py"], capsys)
    assert not Path("a.trace.json").exists()


def test_missing_files_and_modules_are_reported(capsys: Output) -> None:
    assert "missing.py: No such file" in failed(["run", "missing.py"], capsys)
    assert "neither a file nor the name" in failed(["run", "missing"], capsys)
    assert "neither a file nor the name" in failed(["run", "../x"], capsys)
    assert "cannot be imported" in failed(["run", "missing.part"], capsys)
    assert "has no Python source" in failed(["run", "math"], capsys)
    assert "'nope' is not a module" in failed(["run", "cells.py", "--into", "nope"], capsys)
    assert "missing.json: No such file" in failed(["view", "missing.json"], capsys)
    assert "missing.json: No such file" in failed(["convert", "missing.json"], capsys)


def test_ctrl_c_saves_the_steps_so_far(capsys: Output) -> None:
    Path("stops.py").write_text("x = 1  # @inspect x\nraise KeyboardInterrupt\n", "utf-8")
    Path("stops.trace.json").write_text("old", "utf-8")
    before, tracer = names(), sys.gettrace()
    assert main(["run", "stops.py"]) == 130
    traceback, report = capsys.readouterr().err.rsplit("\n", 2)[:2]
    assert traceback.endswith("KeyboardInterrupt")
    assert report.startswith("stops.trace.json: 3 steps, ended with KeyboardInterrupt. View it: ")
    assert sys.gettrace() is tracer
    assert names() == before
    recorded = load("stops.trace.json")
    assert (recorded.ending, shown(recorded)) == ("raised", {"x": 1})


def test_ctrl_c_before_the_first_step_leaves_the_old_file(capsys: Output) -> None:
    Path("stops.py").write_text("def main(): pass\nraise KeyboardInterrupt\n", "utf-8")
    Path("stops.trace.json").write_text("old", "utf-8")
    assert main(["run", "stops.py"]) == 130
    assert capsys.readouterr() == ("", "")
    assert Path("stops.trace.json").read_text("utf-8") == "old"


@pytest.mark.parametrize(
    ("text", "options", "message", "variables"),
    [
        ("x = 1\n", [], "All variables are shown, since no comment", {"x"}),
        ("x = 1\n", ["--inspect-all"], "", {"x"}),
        ("x = 1  # @inspect x\ny = 2\n", [], "", {"x"}),
        ("from cs336_core.trace import text\nx = 1  # @hide\ntext('a')\n", [], "", set()),
        ("x = 1  # @stepover\n", [], "hint: no comment such as '# @inspect x' names", set()),
        ("", [], "", set()),
    ],
)
def test_a_program_without_directives_shows_all_variables_and_says_so(
    capsys: Output, text: str, options: list[str], message: str, variables: set[str]
) -> None:
    Path("a.py").write_text(text, "utf-8")
    assert main(["run", "a.py", *options]) == 0
    _, *notes = capsys.readouterr().err.splitlines()
    assert "".join(notes).startswith(message)
    assert bool(notes) == bool(message)
    assert shown(load("a.trace.json")).keys() == variables


def test_the_output_path_is_relative_to_the_original_folder(folder: Path, capsys: Output) -> None:
    (folder / "away").mkdir()
    Path("moves.py").write_text("import os\nos.chdir('away')\n", "utf-8")
    assert main(["run", "moves.py", "--inspect-all"]) == 0
    assert capsys.readouterr().err.startswith("moves.trace.json: ")
    assert (folder / "moves.trace.json").is_file()
    assert list((folder / "away").iterdir()) == []


@pytest.mark.parametrize(
    ("last", "entered"),
    [
        ("main()", {"<module>", "main"}),
        ("import sys; sys.exit(main())", {"<module>", "main"}),
        ("if True:\n    main()", {"<module>", "main"}),
        ("if __name__ == '__main__':\n    main()", {"main"}),
        ("def other():\n    main()", {"main"}),
        ("", {"main"}),
    ],
)
def test_a_program_that_calls_its_main_runs_once(last: str, entered: set[str]) -> None:
    Path("a.py").write_text(f"def main():\n    print('ran')\n{last}\n", "utf-8")
    recorded = ran("a.py")
    assert "".join(step.stdout for step in recorded) == "ran\n"
    assert functions(recorded) == entered


def test_a_line_that_repeats_forever_is_stopped_and_named(capsys: Output) -> None:
    Path("a.py").write_text("x = 0\nwhile True: x += 1\n", "utf-8")
    assert main(["run", "a.py", "--max-steps", "100", "--inspect-all"]) == 0
    assert "2 steps, stopped at line 2, which kept repeating" in capsys.readouterr().err


def test_a_terminal_shows_how_to_stop(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["run", "lecture_01.py"]) == 0
    first = capsys.readouterr().err.splitlines()[0]
    assert first == "Running lecture_01.py step by step; Ctrl-C stops it"


# convert


def test_convert_detects_the_format(capsys: Output) -> None:
    recorded = trace(features.calls)
    save(recorded, "a.trace.json")
    assert main(["convert", "a.trace.json"]) == 0
    assert (
        capsys.readouterr().out == f"a.edtrace.json: {len(recorded)} steps in the format edtrace\n"
    )
    assert "stack" in json.loads(Path("a.edtrace.json").read_text("utf-8"))["steps"][0]
    assert main(["convert", "a.edtrace.json", "-o", "b.json"]) == 0
    assert Path("b.json").read_bytes() == Path("a.trace.json").read_bytes()
    capsys.readouterr()
    assert main(["convert", "a.trace.json", "--to", "cs336", "-o", "-"]) == 0
    assert capsys.readouterr().out == dumps(recorded) + "\n"


def test_convert_does_not_overwrite_its_input(capsys: Output) -> None:
    save(trace(features.calls), "a.trace.json")
    before = Path("a.trace.json").read_bytes()
    Path("same.json").symlink_to("a.trace.json")
    for out in (["--to", "cs336"], ["-o", "a.trace.json"], ["-o", "same.json"]):
        assert "is FILE itself" in refused(["convert", "a.trace.json", *out], capsys)
    assert Path("a.trace.json").read_bytes() == before


@pytest.mark.parametrize("command", ["convert", "view"])
@pytest.mark.parametrize(
    ("file", "message"),
    [
        (b"", "is truncated"),
        (b"<html>", "is not JSON"),
        (b"{}", "has no 'files'"),
        (b'{"a\xff', "is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"format": "other/1"}', "has the format 'other/1'"),
        (rb'{"files": {"\u001b[2J\u202e": 5}}', r"files.'\x1b[2J\u202e' is 5; expected a string"),
    ],
)
def test_an_invalid_file_is_reported(
    capsys: Output, command: str, file: bytes, message: str
) -> None:
    Path("a.json").write_bytes(file)
    before = names()
    assert message in failed([command, "a.json"], capsys)
    assert names() == before


def test_deeply_nested_values_are_refused(capsys: Output) -> None:
    value: object = {"type": "int", "contents": 1}
    for _ in range(400):
        value = {"type": "list", "contents": [value]}
    frame = {"path": "a.py", "line_number": 1, "function_name": "f", "code": ""}
    step = {"stack": [frame], "env": {"x": value}, "renderings": []}
    file = {"files": {}, "hidden_line_numbers": {}, "steps": [step]}
    Path("a.json").write_text(json.dumps(file), "utf-8")
    assert "nested too deeply" in failed(["convert", "a.json"], capsys)


def test_a_lone_surrogate_survives(capsys: Output) -> None:
    Path("a.py").write_text(r"x = '\ud83d'  # @inspect x", "utf-8")
    assert shown(ran("a.py")) == {"x": "\ud83d"}
    capsys.readouterr()
    assert main(["convert", "out.json", "-o", "-"]) == 0
    assert shown(loads(capsys.readouterr().out)) == {"x": "\ud83d"}


# The command as a program


PROGRAM = [sys.executable, "-W", "error", "-m", "cs336_core.trace"]
ENV = {**os.environ, "PYTHONPATH": str(Path(view.__file__).parents[3])}


def test_it_runs_as_a_program() -> None:
    done = subprocess.run(
        [*PROGRAM, "run", "script", "-o", "-"], check=False, capture_output=True, env=ENV
    )
    assert done.returncode == 0
    assert loads(done.stdout.decode()).ending == "finished"
    printed, report = done.stderr.decode().splitlines()
    assert printed.endswith("script.py'] __main__")
    assert report == "script: 6 steps, finished"


def test_a_closed_pipe_ends_it_quietly() -> None:
    save(trace(features.calls), "a.json")
    with subprocess.Popen(
        [*PROGRAM, "convert", "a.json", "-o", "-"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENV,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_ctrl_c_stops_a_program_that_runs(folder: Path) -> None:
    Path("waits.py").write_text(
        "import pathlib, time\nbegun = pathlib.Path('begun').touch()  # @inspect begun\n"
        "while True:\n    time.sleep(0.01)\n",
        "utf-8",
    )
    with subprocess.Popen(
        [*PROGRAM, "run", "waits.py"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV
    ) as process:
        while not Path("begun").exists() and process.poll() is None:
            pass
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert out == b""
        assert b"KeyboardInterrupt\nwaits.trace.json: " in err
        assert process.returncode == 130
    assert load("waits.trace.json").steps[-1].stderr.endswith("KeyboardInterrupt\n")


def test_invalid_options_are_refused(capsys: Output) -> None:
    assert "COMMAND" in refused([], capsys)
    assert "invalid choice: 'walk'" in refused(["walk"], capsys)
    assert "invalid steps value: '0'" in refused(["run", "a", "--max-steps", "0"], capsys)
    assert "invalid port value: '99999'" in refused(["view", "a", "--port", "99999"], capsys)
    assert "create it first" in refused(["run", "empty.py", "-o", "no/a.json"], capsys)
    assert "is a folder; expected a file" in refused(["run", "empty.py", "-o", "package"], capsys)


@pytest.mark.parametrize("command", ["run", "view", "convert"])
def test_help_teaches_with_examples(capsys: Output, command: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert "examples:" in capsys.readouterr().out
