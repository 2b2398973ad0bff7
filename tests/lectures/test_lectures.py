"""Every page is a program with reproducible output, and its lines and cells match the source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from book.builder import publish_traces, runs
from book.builder.documents import pages
from book.builder.markers import check_cells
from book.builder.notebooks import executed
from cs336_core.trace.lectures.cells import cells
from cs336_core.trace.lectures.host import Host
from cs336_core.trace.lectures.plain_code import without_directives
from tests.lectures.lecture_run import run_page
from tools.shell.paths import ROOT, VIEWER_TRACES

PAGES = pages()
LECTURES = sorted(ROOT.glob(publish_traces.LECTURES))

every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
every_lecture = pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)


def test_there_are_pages() -> None:
    assert {path.name for path in PAGES} >= {"index.py", "03_bpe.py"}


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=path.stem, marks=pytest.mark.xdist_group(path.stem)) for path in PAGES],
)
def test_a_plain_run_prints_and_shows_the_same_as_the_page(path: Path) -> None:
    """The page was built in another process, where sets iterate in another order."""
    run = run_page(path)
    assert run.errors == ""
    built = runs.load(path.read_text("utf-8"))
    assert built is not None
    outputs = [output for outputs in built.outputs for output in outputs]
    printed = [output["text"] for output in outputs if output["output_type"] == "stream"]
    assert run.printed == "".join(printed)
    host = Host()
    shown = {
        expression: host.written(expression, run.values[expression]) for expression in run.values
    }
    assert shown == built.values


@every_page
def test_a_page_has_one_title_and_defines_nothing(path: Path) -> None:
    found = list(cells(path.read_text("utf-8")))
    prose = [cell.text for cell in found if cell.kind == "markdown"]
    code = [cell.text for cell in found if cell.kind == "code"]
    titles = [line for text in prose for line in text.splitlines() if line.startswith("# ")]
    assert len(titles) == 1
    assert not [text for text in code if "\ndef " in f"\n{text}" or "\nclass " in f"\n{text}"]


@every_lecture
def test_visible_code_fits_into_its_column(path: Path) -> None:
    hidden = {"hide-input", "remove-input", "remove-cell"}
    lines = [
        line
        for cell in cells(path.read_text("utf-8"))
        if cell.kind == "code" and not hidden & cell.tags
        for line in without_directives(cell.text).splitlines()
    ]
    assert [line for line in lines if len(line) > 76] == []


@every_page
def test_random_numbers_are_seeded(path: Path) -> None:
    text = path.read_text("utf-8")
    first_use = re.search(r"torch\.(rand|normal)|Linear\(|LanguageModel\(", text)
    assert first_use is None or "manual_seed" in text[: first_use.start()]


@every_page
def test_jupyterlab_reads_the_same_cells(path: Path) -> None:
    import jupytext  # slow, since it imports JupyterLab

    text = path.read_text("utf-8")
    check_cells(path.name, text)
    notebook = jupytext.reads(text, fmt="py:percent")
    theirs = [
        (cell.cell_type, cell.source, {**cell.metadata, "title": ""}) for cell in notebook.cells
    ]
    ours = [(cell.kind, cell.text, {**cell.metadata, "title": ""}) for cell in cells(text)]
    assert ours == theirs


@every_page
def test_the_source_map_points_to_cell_markers(path: Path) -> None:
    text = path.read_text("utf-8")
    notebook = executed(text)
    starts = notebook.metadata["source_map"]
    lines = text.splitlines()
    assert [lines[start - 1].startswith("# %%") for start in starts] == [True] * len(starts)
    assert len(starts) == len(notebook.cells)


@every_page
def test_pages_have_outputs_without_local_paths(path: Path) -> None:
    notebook = executed(path.read_text("utf-8"))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not code or any(cell.outputs for cell in code)
    assert str(ROOT) not in str(notebook)


@every_lecture
def test_a_lecture_has_its_trace(path: Path) -> None:
    recorded = publish_traces.published(path)
    assert recorded is not None
    assert recorded.ending == "finished"
    (name, text), *_ = recorded.files.items()
    assert (ROOT / name, text) == (path, path.read_text("utf-8"))
    # Small enough to step through and to load over a slow network.
    assert len(recorded) < 3000
    assert (VIEWER_TRACES / publish_traces.address(path)).stat().st_size < 500_000
