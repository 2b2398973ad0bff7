"""Lectures run when they must, and only then; what fails in one is reported with file and line."""

from __future__ import annotations

import signal
import textwrap
from pathlib import Path

import pytest

from book.builder import run_lectures, runs
from book.builder.cache import Cache
from book.builder.notebooks import executed
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
# The prose stands above the code that it needs, so it is moved below.
HEAD, CODE = LECTURE.split("\n\n", 1)
LECTURE = f"{CODE}\n{HEAD}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one lecture, which uses one module and one file of two."""
    monkeypatch.setattr(run_lectures, "ROOT", tmp_path)
    monkeypatch.setattr(runs, "CACHE", Cache(tmp_path / "_build" / "lectures", tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    folder = tmp_path / "lectures"
    folder.mkdir()
    (folder / "used.py").write_text("VALUES = [1, 2]\n", "utf-8")
    (folder / "unused.py").write_text("", "utf-8")
    (folder / "data.txt").write_text("data", "utf-8")
    (folder / "01.py").write_text(LECTURE, "utf-8")
    return folder


def ran(folder: Path) -> list[str]:
    return [path.name for path in run_lectures.update([folder / "01.py"])]


def test_a_lecture_runs_once(folder: Path) -> None:
    assert ran(folder) == ["01.py"]
    assert ran(folder) == []


def test_what_came_out_is_in_the_notebook(folder: Path) -> None:
    ran(folder)
    notebook = executed(LECTURE)
    (code,) = (cell for cell in notebook.cells if cell.cell_type == "code")
    assert code.outputs[0].text == "3 data\n"
    run = runs.load(LECTURE)
    assert run is not None
    assert run.values == {"len(used.VALUES)": "2", 'f"{total:.1f}"': "3.0"}


def test_what_is_printed_in_a_row_is_one_output(folder: Path) -> None:
    printed = """\
# %%
from IPython.display import Latex

print("one", flush=True)
print("two", flush=True)
display(Latex("three"))
print("four", flush=True)
"""
    (folder / "01.py").write_text(printed, "utf-8")
    ran(folder)
    (code,) = executed(printed).cells
    first, second, third = code.outputs
    assert (first.text, third.text) == ("one\ntwo\n", "four\n")
    assert second.data["text/latex"] == "three"


@pytest.mark.parametrize(
    ("name", "old", "new", "again"),
    [
        ("01.py", "# # A lecture", "# # Another title", False),
        ("01.py", "print(total", "print(-total", True),
        ("01.py", "len(used.VALUES)", "len(used.VALUES) + 1", True),
        ("used.py", "[1, 2]", "[1, 2, 3]", True),
        ("data.txt", "data", "other", True),
        ("unused.py", "", "x = 1", False),
    ],
)
def test_a_change_runs_again_what_it_must(
    folder: Path, name: str, old: str, new: str, again: bool
) -> None:
    ran(folder)
    path = folder / name
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert ran(folder) == (["01.py"] if again else [])


def test_a_file_that_is_gone_runs_the_lecture_again(folder: Path) -> None:
    ran(folder)
    (folder / "data.txt").unlink()
    with pytest.raises(UserError, match=r"lectures/01\.py:1: FileNotFoundError"):
        ran(folder)


def broken(folder: Path, code: str) -> str:
    text = f"# %% [markdown]\n# Prose.\n\n# %%\n{textwrap.dedent(code)}"
    (folder / "01.py").write_text(text, "utf-8")
    messages = []
    for _ in range(2):  # the second try must fail as the first did
        with pytest.raises(UserError) as trouble:
            ran(folder)
        messages.append(str(trouble.value))
    assert messages[0] == messages[1]
    with pytest.raises(UserError, match="has changed since it ran"):
        executed(text)
    return messages[0]


def test_a_broken_lecture_fails_each_time_and_says_where(folder: Path) -> None:
    assert broken(folder, "1 / 0") == "lectures/01.py:4: ZeroDivisionError: division by zero"


def test_standard_error_is_an_error(folder: Path) -> None:
    said = broken(folder, "import warnings\nwarnings.warn('old')")
    assert said == "lectures/01.py:4: the cell wrote to standard error"


def test_output_that_no_page_would_show_is_an_error(folder: Path) -> None:
    said = broken(folder, "import os\nos.write(2, b'from outside of Python')\n\n# %%\n1")
    assert said == "lectures/01.py:4: the cell wrote to the terminal, past Python's sys.stdout"


def test_standard_error_is_an_error_in_a_removed_cell(folder: Path) -> None:
    code = "1\n\n# %% tags=['remove-cell']\nimport sys\nprint('x', file=sys.stderr)"
    said = broken(folder, code.replace("'remove-cell'", '"remove-cell"'))
    assert said == "lectures/01.py:7: the cell wrote to standard error"


def test_a_process_that_dies_is_an_error(folder: Path) -> None:
    assert broken(folder, "import os\nos._exit(3)") == (
        "lectures/01.py:4: the process of the lecture failed with exit status 3"
    )


def test_a_cell_that_takes_too_long_is_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_lectures, "CELL_TIMEOUT", 1)
    assert broken(folder, "import time\ntime.sleep(600)") == (
        "lectures/01.py:4: the cell ran for more than 1 s"
    )


def test_an_interruption_ends_a_lecture_that_runs(
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
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            ran(folder)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert not (folder / "finished").exists()


def test_a_float_needs_a_format(folder: Path) -> None:
    said = broken(folder, "x = 1 / 3\n\n# %% [markdown]\n# It is {eval}`x`.\n")
    assert said.startswith("lectures/01.py:7: {eval}`x` is 0.333")
    assert 'f"{ratio:.2f}"' in said


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
    assert broken(folder, code) == (
        "lectures/01.py:13: {eval}`x` is 1 in one place and 2 in another; "
        "give the two values two names"
    )


def test_a_cached_run_that_was_cut_off_is_not_used(folder: Path) -> None:
    ran(folder)
    (cached,) = runs.CACHE.folder.iterdir()
    cached.write_text(cached.read_text("utf-8")[:-20], "utf-8")
    assert ran(folder) == ["01.py"]


def test_an_interrupted_save_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        ran(folder)
    assert list(runs.CACHE.folder.iterdir()) == []
