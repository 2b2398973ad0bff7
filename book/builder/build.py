"""Builds the site: bundles, runs of the lectures, their traces, the book; strictly, all or nothing.

    python -m book.builder.build

The book is built beside the site that is being served, and replaces it only when it is complete. A
stamp with a digest of all sources identifies a current site, which is not built again. A failed
build leaves no stamp, so the next one tries again and fails again.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from book.builder.bundle import bundle
from book.builder.cache import digest, is_current, mark_current
from tools.shell.console import run_step, step
from tools.shell.errors import run_main
from tools.shell.paths import (
    BUILD,
    CONSTRAINTS,
    HTML,
    LOGS,
    PACKAGE_LOCK,
    REQUIREMENTS,
    REQUIREMENTS_TEXTS,
    ROOT,
)

SOURCES = ("book", "cs336_core", "lectures", "tools")
FILES = (ROOT / "_config.yml", PACKAGE_LOCK, CONSTRAINTS, REQUIREMENTS, REQUIREMENTS_TEXTS)
STAGING = BUILD / "book"

# Not by its script, whose first line cannot contain every folder name. Our module goes first, since
# it makes the import of nbformat faster.
JUPYTER_BOOK = """\
import book.builder.notebooks
from jupyter_book.cli.main import main
main()
"""


def sources() -> Iterator[Path]:
    """Yield every source file of the site, in a fixed order."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            generated = {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
            if path.is_file() and not generated and path.suffix != ".ipynb":
                yield path
    yield from FILES


def inputs() -> list[Path | str]:
    """Return everything that the site depends on: Python, the names and contents of its sources."""
    parts: list[Path | str] = [sys.version]
    for path in sources():
        parts += [path.relative_to(ROOT).as_posix(), path]
    return parts


def problems(output: str) -> str | None:
    """Return Sphinx's warnings and errors, one per line, or `None` if there are none."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output).replace(f"{ROOT}/", "")
    found = re.findall(r"^.*\b(?:WARNING|ERROR|CRITICAL): .*$", plain, re.MULTILINE)
    if not found:
        return None
    lines = "\n".join(f"  {line}" for line in dict.fromkeys(found))
    return f"The book does not build cleanly; fix these and run again:\n{lines}"


def build_book() -> Path:
    """Build the book strictly and return the folder of its pages."""
    shutil.rmtree(STAGING, ignore_errors=True)
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", "."]
    options = ["--all", "-W", "-n", "--keep-going", "--toc", "book/_toc.yml"]
    run_step(
        "Building the book",
        [*command, *options, "--path-output", STAGING],
        log=LOGS / "book.log",
        cwd=ROOT,
        explain=problems,
    )
    return STAGING / "_build" / "html"


def swap_in(html: Path) -> None:
    """Replace the old site with a complete one."""
    old = BUILD / "html.old"
    shutil.rmtree(old, ignore_errors=True)
    if HTML.exists():
        HTML.rename(old)
    html.rename(HTML)
    shutil.rmtree(old, ignore_errors=True)


def main() -> int:
    """Build the site unless it is current."""
    built_from = digest(inputs())
    if is_current(HTML, built_from):
        with step("The site is up to date"):
            return 0
    # Imported here, since it takes seconds and an unchanged site does not need it.
    from book.builder import publish_traces, run_lectures  # noqa: PLC0415

    bundle()
    run_lectures.update()
    publish_traces.update()
    html = build_book()
    mark_current(html, built_from)
    swap_in(html)
    return 0


if __name__ == "__main__":
    sys.exit(run_main(main))
