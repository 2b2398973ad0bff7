"""Cells that run in their page show the same there, with the standard library alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from book.builder import publish_traces, runs
from book.builder.in_page import LEFT_OUT, CellProgram, cell_programs, missing_for
from tools.shell.paths import ROOT

LECTURES = sorted(ROOT.glob(publish_traces.LECTURES))
# Runs programs, given as JSON, as the page's Python does.
RUNNER = """
import io, json, sys
from contextlib import redirect_stdout
sys.path.insert(0, sys.argv[1])
from cs336_core.browser.python.run_program import Program, run
results = []
for code, before in json.load(sys.stdin):
    written = io.StringIO()
    with redirect_stdout(written):
        report = run(Program(code=code, before=before))
    results.append([written.getvalue(), report["result"], report["error"]])
print(json.dumps(results))
"""


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the part of the package that pages have."""
    folder = tmp_path_factory.mktemp("core")
    left_out = [ROOT / "cs336_core" / part for part in json.loads(LEFT_OUT.read_text("utf-8"))]

    def ignored(parent: str, names: list[str]) -> list[str]:
        paths = [Path(parent, name) for name in names]
        return [path.name for path in paths if path.with_suffix("") in left_out] + ["__pycache__"]

    shutil.copytree(ROOT / "cs336_core", folder / "cs336_core", ignore=ignored)
    return folder


def in_page(programs: list[CellProgram], core: Path) -> list[list[Any]]:
    """Run programs in an empty folder without any package installed."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", RUNNER, core],
        input=json.dumps([(program.code, program.before) for program in programs]),
        capture_output=True,
        text=True,
        cwd=core,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results: list[list[Any]] = json.loads(done.stdout)
    return results


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.stem)
def test_a_cell_without_its_page_above_shows_the_same(path: Path, core: Path) -> None:
    """Only the needed statements of the cells above have run, and no package is installed."""
    text = path.read_text("utf-8")
    run = runs.load(text)
    assert run is not None
    shown = dict(zip([each.line for each in cell_programs(text)], run.outputs, strict=True))
    programs = [program for program in cell_programs(text) if not program.missing]
    for program, (printed, result, error) in zip(programs, in_page(programs, core), strict=True):
        where = f"{path.name}:{program.line}"
        assert error is None, (where, error)
        outputs = shown[program.line]
        streams = [each["text"] for each in outputs if each["output_type"] == "stream"]
        values = [each["data"]["text/plain"] for each in outputs if "data" in each]
        assert printed == "".join(streams), where
        assert ([] if result is None else [result]) == values, where


def test_the_reason_is_the_package_that_is_missing() -> None:
    """It is found through the modules of this package, and those of names imported when used."""
    assert missing_for("cs336_core.model.language_model") == {"jaxtyping", "torch"}
    assert not missing_for("cs336_core.exercises")
    text = "# %%\nfrom cs336_core.tokenization import train\n# %%\ntrain([], 9)\n"
    assert "numba" in list(cell_programs(text))[1].missing


def test_the_widgets_of_the_course_are_no_programs() -> None:
    text = "# %%\nfrom cs336_core.widgets import Roofline\n\nRoofline()\n"
    (program,) = cell_programs(text)
    assert "cs336_core.widgets" in program.missing
