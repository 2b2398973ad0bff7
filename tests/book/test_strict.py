"""The build is strict: any problem fails it, every time, and leaves the old site untouched."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from book.builder import models
from book.builder.bundle import ASSETS, PYODIDE, STATIC, VOCABULARIES
from tools.shell.paths import NODE_MODULES, RANKS, ROOT, VENV

NOT_COPIED = (".git", ".venv", "_build", "node_modules", "tests", "*.egg-info", "__pycache__")


LECTURE = """\
# %% [markdown]
# # A lecture

# %%
from cs336_core.widgets import BPETimeMachine

ids = list("the cat".encode())
BPETimeMachine("the cat", num_merges=1)

# %% [markdown]
# It has a number, {eval}`len(ids)`, maths, $x^2$, and a source, {cite}`sennrich2016`.
# It is part of {doc}`/book/index`.
#
# ```{bibliography}
# :filter: docname in docnames
# ```
"""
INDEX = """\
# %% [markdown]
# # A book
#
# It has one lecture: {doc}`/lectures/lecture`.
"""
# What a build does before it runs Sphinx, which takes the most time
BEFORE_SPHINX = """\
from book.builder import bundle, publish_traces, run_lectures
bundle.bundle()
run_lectures.update()
publish_traces.update()
"""
CONTENTS = """\
format: jb-book
root: book/index
chapters:
  - file: lectures/lecture
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with a book of two short pages, built once."""
    copy = tmp_path_factory.mktemp("a copy") / "of the project"
    shutil.copytree(
        ROOT, copy, ignore=shutil.ignore_patterns(*NOT_COPIED, ".*_cache", ".hypothesis")
    )
    (copy / "node_modules").symlink_to(NODE_MODULES)
    (copy / ".venv").symlink_to(VENV)
    (copy / "_build").mkdir()
    for built_once in (RANKS, VOCABULARIES, PYODIDE, models.MODELS, models.STATIC):
        (copy / "_build" / built_once.name).symlink_to(built_once)
    for bundled_again in (ASSETS, STATIC):  # by a changed style
        shutil.copytree(bundled_again, copy / "_build" / bundled_again.name)
    head, _, _ = (copy / "book" / "index.py").read_text("utf-8").partition("# %%")
    for page in [*(copy / "lectures").glob("*.py"), *(copy / "book").glob("*.py")]:
        page.unlink()
    (copy / "lectures" / "lecture.py").write_text(head + LECTURE, "utf-8")
    (copy / "book" / "index.py").write_text(head + INDEX, "utf-8")
    (copy / "book" / "_toc.yml").write_text(CONTENTS, "utf-8")
    built = build(copy)
    assert built.returncode == 0, built.stdout + built.stderr
    return copy


def build(project: Path) -> subprocess.CompletedProcess[str]:
    return run_python(project, "-m", "book.builder.build")


def run_python(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_page_has_references_a_download_and_search_entries(project: Path) -> None:
    site = project / "_build" / "html"
    page = (site / "lectures" / "lecture.html").read_text("utf-8")
    assert '<section id="references">\n<h2>References' in page
    assert re.search(r'class="label">.*>Sennrich et al., 2016</a>', page)
    assert re.search(
        r'<span class="bound"><span class="math [^"]*short">.*</span>,</span> and a source', page
    )
    assert '<a href="lecture.ipynb" download>' in page
    prose = json.loads((site / "lectures" / "lecture.ipynb").read_text("utf-8"))["cells"][-1][
        "source"
    ]
    assert "It has a number, 7, " in "".join(prose)
    assert "It is part of A book." in "".join(prose)
    index = (site / "_static" / "search_sections.js").read_text("utf-8")
    entries = json.loads(index.partition(" = ")[2].rstrip(";\n"))
    assert [(entry["href"], entry["title"]) for entry in entries] == [
        ("index.html", "A book"),
        ("lectures/lecture.html", "A lecture"),
        ("lectures/lecture.html", "References"),
    ]


def test_the_site_has_the_trained_model(project: Path) -> None:
    model = project / "_build" / "html" / "_static" / "widgets" / "models" / "small.js"
    assert model.read_text("utf-8").startswith("(globalThis.cs336Models")


def test_an_unchanged_site_is_not_built_again(project: Path) -> None:
    again = build(project)
    assert again.returncode == 0
    assert again.stdout.startswith("The site is up to date")
    assert "Building" not in again.stdout


def test_a_changed_style_runs_no_lecture(project: Path) -> None:
    view = project / "cs336_core" / "ui" / "ui.css"
    view.write_text(view.read_text("utf-8") + "\n", "utf-8")
    built = run_python(project, "-c", BEFORE_SPHINX)
    assert built.returncode == 0, built.stderr
    assert "Bundling widgets" in built.stdout
    changed = re.findall(r"(\d+) of \d+ had changed", built.stdout)
    assert set(changed) == {"0"}  # no lecture was executed or traced


# Sphinx and its extensions report all problems at once; a failing lecture ends the build.
BROKEN = {
    "pages": [
        ("book/index.py", "# {doc}`/lectures/nowhere`\n", "unknown document: '/lectures/nowhere'"),
        (
            "lectures/lecture.py",
            "# ![x](https://example.org/x.png)\n",
            "external asset in lectures/lecture.html",
        ),
        ("lectures/lecture.py", "# $\\undefined_command$\n", "Undefined control sequence"),
        ("lectures/lecture.py", "# {cite}`nobody1999`\n", "nobody1999"),
    ],
    "value": [
        ("lectures/lecture.py", "# {eval}`nothing`\n", "NameError: name 'nothing' is not defined")
    ],
    "code": [("lectures/lecture.py", "#\n# %%\n1 / 0\n", "ZeroDivisionError")],
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_page_fails_each_time(project: Path, kind: str) -> None:
    site = project / "_build" / "html"
    before = (site / "index.html").stat().st_mtime_ns
    intact = {name: (project / name).read_text("utf-8") for name, _, _ in BROKEN[kind]}
    for name, addition, _ in BROKEN[kind]:
        path = project / name
        path.write_text(f"{path.read_text('utf-8')}\n# %% [markdown]\n{addition}", "utf-8")
    try:
        for _ in range(2):
            failed = build(project)
            assert failed.returncode == 1
            for name, _, message in BROKEN[kind]:
                assert message in failed.stderr
                assert name.removesuffix(".py") in failed.stderr
            assert (site / "index.html").stat().st_mtime_ns == before
    finally:
        for name, text in intact.items():
            (project / name).write_text(text, "utf-8")
