"""Every executed page is a program, and holds what it promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from book.builder import publish_traces, run_lectures
from book.builder.documents import titles
from book.builder.trace_matches_page import check
from tools.shell.paths import ROOT, VIEWER_TRACES

PAGES = run_lectures.pages()
names = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def test_there_are_pages() -> None:
    assert {path.name for path in PAGES} >= {"index.py", "03_bpe.py"}


@names
def test_a_page_runs_as_a_plain_program(path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", path.name],
        cwd=path.parent,
        env={"MPLBACKEND": "agg", "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    assert run.returncode == 0


@names
def test_a_page_has_one_title_and_defines_nothing(path: Path) -> None:
    notebook = run_lectures.read(path.read_text("utf-8"))
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    titles = [line for text in prose for line in text.splitlines() if line.startswith("# ")]
    assert len(titles) == 1
    assert not [text for text in code if "\ndef " in f"\n{text}" or "\nclass " in f"\n{text}"]


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob(publish_traces.LECTURES)), ids=lambda path: path.stem
)
def test_code_that_is_open_fits_into_its_column(path: Path) -> None:
    notebook = run_lectures.read(path.read_text("utf-8"))
    folded = {"hide-input", "remove-cell"}
    lines = [
        line
        for cell in notebook.cells
        if cell.cell_type == "code" and not folded & set(cell.metadata.get("tags", []))
        for line in run_lectures.without_directives(cell.source).splitlines()
    ]
    assert [line for line in lines if len(line) > 76] == []


@names
def test_random_numbers_are_the_same_at_each_build(path: Path) -> None:
    text = path.read_text("utf-8")
    drawn = re.search(r"torch\.(rand|normal)|Linear\(|LanguageModel\(", text)
    assert drawn is None or "manual_seed" in text[: drawn.start()]


@names
def test_every_cell_knows_its_line(path: Path) -> None:
    text = path.read_text("utf-8")
    notebook = run_lectures.read(text)
    starts = notebook.metadata["source_map"]
    lines = text.splitlines()
    assert [lines[start - 1].startswith("# %%") for start in starts] == [True] * len(starts)
    assert len(starts) == len(notebook.cells)


@names
def test_the_site_was_built_from_these_pages(path: Path) -> None:
    notebook = run_lectures.executed(path.read_text("utf-8"))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not code or any(cell.outputs for cell in code)
    assert str(ROOT) not in str(notebook)


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob(publish_traces.LECTURES)), ids=lambda path: path.stem
)
def test_a_lecture_has_its_trace(path: Path) -> None:
    text, name = path.read_text("utf-8"), path.relative_to(ROOT).as_posix()
    recorded, record = publish_traces.published(path), run_lectures.load(run_lectures.read(text))
    assert recorded is not None
    assert record is not None
    check(name, text, record, recorded, titles())
    # A reader steps through it, over a slow network too.
    assert len(recorded) < 3000
    assert (VIEWER_TRACES / publish_traces.address(path)).stat().st_size < 500_000
