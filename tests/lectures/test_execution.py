"""The cache of executed lectures: it runs again what it must, and nothing else."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from book.builder import run_lectures
from tools.shell.errors import UserError

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
    monkeypatch.setattr(run_lectures, "RECORDS", tmp_path / "_build" / "lectures")
    folder = tmp_path / "lectures"
    folder.mkdir()
    (folder / "used.py").write_text("VALUES = [1, 2]\n", "utf-8")
    (folder / "unused.py").write_text("", "utf-8")
    (folder / "data.txt").write_text("data", "utf-8")
    (folder / "01.py").write_text(LECTURE, "utf-8")
    return folder


def ran(folder: Path) -> list[str]:
    return [path.name for path in run_lectures.bring_up_to_date([folder / "01.py"])]


def test_a_lecture_runs_once(folder: Path) -> None:
    assert ran(folder) == ["01.py"]
    assert ran(folder) == []


def test_what_came_out_is_in_the_notebook(folder: Path) -> None:
    ran(folder)
    notebook = run_lectures.executed(LECTURE)
    (code,) = (cell for cell in notebook.cells if cell.cell_type == "code")
    assert code.outputs[0].text == "3 data\n"
    record = run_lectures.load(run_lectures.read(LECTURE))
    assert record is not None
    assert record.values == {"len(used.VALUES)": "2", 'f"{total:.1f}"': "3.0"}
    assert set(record.files) == {"lectures/used.py", "lectures/data.txt"}


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
    (code,) = run_lectures.executed(printed).cells
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
    with pytest.raises(UserError, match="has not been executed"):
        run_lectures.executed(text)
    return messages[0]


def test_a_broken_lecture_fails_each_time_and_says_where(folder: Path) -> None:
    assert broken(folder, "1 / 0") == "lectures/01.py:4: ZeroDivisionError: division by zero"


def test_standard_error_is_an_error(folder: Path) -> None:
    said = broken(folder, "import warnings\nwarnings.warn('old')")
    assert said == "lectures/01.py:4: the cell wrote to standard error"


def test_a_kernel_that_dies_is_an_error(folder: Path) -> None:
    assert broken(folder, "import os\nos._exit(1)").startswith("lectures/01.py:4: Kernel died")


def test_a_float_needs_a_format(folder: Path) -> None:
    said = broken(folder, "x = 1 / 3\n\n# %% [markdown]\n# It is {eval}`x`.\n")
    assert said.startswith("lectures/01.py:7: TypeError: 0.333")
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
        "lectures/01.py: {eval}`x` is 1 in one place and 2 in another; "
        "give the two values two names"
    )


def test_a_record_that_was_cut_off_is_none(folder: Path) -> None:
    ran(folder)
    (record,) = run_lectures.RECORDS.iterdir()
    record.write_text(record.read_text("utf-8")[:-20], "utf-8")
    assert ran(folder) == ["01.py"]


def test_an_interrupted_save_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        ran(folder)
    assert list(run_lectures.RECORDS.iterdir()) == []
