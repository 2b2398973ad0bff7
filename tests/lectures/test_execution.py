"""Lectures run only when their inputs change; an error is reported with its file and line."""

from __future__ import annotations

import signal
import textwrap
from pathlib import Path

import pytest

from book.builder import run_lectures, runs
from book.builder.cache import Cache
from book.builder.lecture_processes import lecture_processes
from book.builder.notebooks import executed
from book.builder.runs import Run
from tools.shell.console import Step
from tools.shell.errors import UserError
from tools.shell.paths import ROOT as PROJECT

LECTURE = """\
# %% [markdown]
# # A lecture
# There are {eval}`len(used.VALUES)` values, {eval}`f"{total:.1f}"` in all.

# %%
import used
from pathlib import Path

total = sum(used.VALUES)
print(total, Path("data.txt").read_text())
"""
# The prose needs values of the code, so it goes below.
HEAD, CODE = LECTURE.split("\n\n", 1)
LECTURE = f"{CODE}\n{HEAD}\n"


def create_project(root: Path, patch: pytest.MonkeyPatch) -> Path:
    """Create a project with one lecture, which imports one of two modules and reads a file."""
    patch.setattr(run_lectures, "ROOT", root)
    patch.setattr(runs, "CACHE", Cache(root / "_build" / "lectures", root))
    patch.setenv("PYTHONPATH", str(PROJECT))
    folder = root / "lectures"
    folder.mkdir()
    (folder / "used.py").write_text("VALUES = [1, 2]\n", "utf-8")
    (folder / "unused.py").write_text("", "utf-8")
    (folder / "data.txt").write_text("data", "utf-8")
    (folder / "01.py").write_text(LECTURE, "utf-8")
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The lectures of a project."""
    return create_project(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, list[str]]:
    """A run of the lecture, with the files that it read."""
    with pytest.MonkeyPatch.context() as patch:
        root = tmp_path_factory.mktemp("project")
        path, name = create_project(root, patch) / "01.py", "lectures/01.py"
        with lecture_processes([name], root) as outputs:
            return run_lectures.read_run(path, LECTURE, outputs[name], note=str)


def run(folder: Path) -> list[str]:
    """Update the lecture's run; return the names of the lectures that were executed."""
    return [path.name for path in run_lectures.update([folder / "01.py"])]


def test_a_lecture_runs_once(folder: Path) -> None:
    assert run(folder) == ["01.py"]
    assert run(folder) == []


def test_outputs_and_values_are_cached(folder: Path) -> None:
    run(folder)
    notebook = executed(LECTURE)
    (code,) = (cell for cell in notebook.cells if cell.cell_type == "code")
    assert code.outputs[0].text == "3 data\n"
    cached = runs.load(LECTURE)
    assert cached is not None
    assert cached.values == {"len(used.VALUES)": "2", 'f"{total:.1f}"': "3.0"}


def test_consecutive_prints_are_one_output(folder: Path) -> None:
    printed = """\
# %%
from IPython.display import Latex

print("one", flush=True)
print("two", flush=True)
display(Latex("three"))
print("four", flush=True)
"""
    (folder / "01.py").write_text(printed, "utf-8")
    run(folder)
    (code,) = executed(printed).cells
    first, second, third = code.outputs
    assert (first.text, third.text) == ("one\ntwo\n", "four\n")
    assert second.data["text/latex"] == "three"


@pytest.mark.parametrize(
    ("name", "old", "new", "is_executed"),
    [
        ("01.py", "# # A lecture", "# # Another title", False),
        ("01.py", "print(total", "print(-total", True),
        ("01.py", "len(used.VALUES)", "len(used.VALUES) + 1", True),
        ("used.py", "[1, 2]", "[1, 2, 3]", True),
        ("data.txt", "data", "other", True),
        ("unused.py", "", "x = 1", False),
    ],
)
def test_only_a_relevant_change_runs_the_lecture_again(
    folder: Path,
    finished: tuple[Run, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    old: str,
    new: str,
    is_executed: bool,
) -> None:
    runs.save(LECTURE, *finished)
    monkeypatch.setattr(run_lectures, "run_and_save", lambda *_: None)
    path = folder / name
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert run(folder) == (["01.py"] if is_executed else [])


def test_the_others_run_if_a_lecture_fails(folder: Path) -> None:
    broken = folder / "02.py"
    broken.write_text("# %%\nprint('x')\n\n# %%\n1 / 0\n", "utf-8")
    with pytest.raises(UserError, match=r"lectures/02\.py:4: ZeroDivisionError"):
        run_lectures.update([broken, folder / "01.py"])
    assert run(folder) == []


def test_a_deleted_input_runs_the_lecture_again(folder: Path) -> None:
    run(folder)
    (folder / "data.txt").unlink()
    with pytest.raises(UserError, match=r"lectures/01\.py:1: FileNotFoundError"):
        run(folder)


def error_of(folder: Path, code: str) -> str:
    """Run a lecture with this code, and return its error; nothing is cached."""
    text = f"# %% [markdown]\n# Prose.\n\n# %%\n{textwrap.dedent(code)}"
    (folder / "01.py").write_text(text, "utf-8")
    with pytest.raises(UserError) as error:
        run(folder)
    with pytest.raises(UserError, match="has changed since it ran"):
        executed(text)
    return str(error.value)


def test_a_broken_lecture_fails_each_time_with_its_line(folder: Path) -> None:
    for _ in range(2):
        message = error_of(folder, "1 / 0")
        assert message == "lectures/01.py:4: ZeroDivisionError: division by zero"


def test_standard_error_is_an_error(folder: Path) -> None:
    message = error_of(folder, "import warnings\nwarnings.warn('old')")
    assert message == "lectures/01.py:4: the cell wrote to standard error"


def test_output_past_python_is_an_error(folder: Path) -> None:
    message = error_of(folder, "import os\nos.write(2, b'from outside of Python')\n\n# %%\n1")
    assert message == "lectures/01.py:4: the cell wrote to the terminal, past Python's sys.stdout"


def test_standard_error_is_an_error_in_a_removed_cell(folder: Path) -> None:
    code = "1\n\n# %% tags=['remove-cell']\nimport sys\nprint('x', file=sys.stderr)"
    message = error_of(folder, code.replace("'remove-cell'", '"remove-cell"'))
    assert message == "lectures/01.py:7: the cell wrote to standard error"


def test_a_process_that_dies_is_an_error(folder: Path) -> None:
    assert error_of(folder, "import os\nos._exit(3)") == (
        "lectures/01.py:4: the process of the lecture failed with exit status 3"
    )


def test_a_cell_that_takes_too_long_is_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_lectures, "CELL_TIMEOUT", 1)
    assert error_of(folder, "import time\ntime.sleep(600)") == (
        "lectures/01.py:4: the cell ran for more than 1 s"
    )


def test_an_interruption_ends_the_running_lecture(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = """\
# %%
import time
from pathlib import Path
time.sleep(6)
Path("finished").touch()
"""
    (folder / "01.py").write_text(code, "utf-8")

    def interrupt(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Step, "result", lambda *_: signal.setitimer(signal.ITIMER_REAL, 1))
    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(folder)
    finally:
        signal.signal(signal.SIGALRM, previous)
    assert not (folder / "finished").exists()


def test_a_float_needs_a_format(folder: Path) -> None:
    message = error_of(folder, "x = 1 / 3\n\n# %% [markdown]\n# It is {eval}`x`.\n")
    assert message.startswith("lectures/01.py:7: {eval}`x` is 0.333")
    assert 'f"{ratio:.2f}"' in message


def test_one_expression_has_one_value_on_a_page(folder: Path) -> None:
    code = """\
        x = 1

        # %% [markdown]
        # {eval}`x`

        # %%
        x = 2

        # %% [markdown]
        # {eval}`x`
        """
    assert error_of(folder, code) == (
        "lectures/01.py:13: {eval}`x` is first 1, then 2 on the same page; "
        "use a different variable for each value"
    )


def test_a_truncated_cached_run_is_ignored(folder: Path) -> None:
    run(folder)
    (cached,) = runs.CACHE.folder.iterdir()
    cached.write_text(cached.read_text("utf-8")[:-20], "utf-8")
    assert run(folder) == ["01.py"]


def test_an_interrupted_save_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run(folder)
    assert list(runs.CACHE.folder.iterdir()) == []
