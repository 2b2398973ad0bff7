"""Builds the site: bundles, runs of the lectures, their traces, the book; strictly, all or nothing.

    python -m book.builder.build

The book is built beside the site that is being served, and replaces it only when it is complete. A
stamp with a digest of all sources identifies a current site, which is not built again. A failed
build leaves no stamp, so the next one tries again and fails again.

The book has a stamp too, with a digest of each page. If only pages have changed, only these are
read again; any other change, in a title or in an extension, builds the whole book. So does a
failure, since a page that is not read reports no problem.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from book.builder import models
from book.builder.bundle import bundle
from book.builder.cache import digest, is_current, mark_current
from book.builder.documents import page_name, pages
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
from tools.shell.stamps import read_stamp, remove_stamp, write_stamp

SOURCES = ("book", "cs336_core", "lectures", "tools")
FILES = (ROOT / "_config.yml", PACKAGE_LOCK, CONSTRAINTS, REQUIREMENTS, REQUIREMENTS_TEXTS)
STAGING = BUILD / "book"
PAGES = STAGING / "html"


def sources(root: Path) -> Iterator[Path]:
    """Yield every source file of the site of the project at `root`, in a fixed order."""
    for folder in SOURCES:
        for path in sorted((root / folder).rglob("*")):
            generated = {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
            if path.is_file() and not generated and path.suffix != ".ipynb":
                yield path
    yield from (root / path.relative_to(ROOT) for path in FILES)


def inputs(root: Path = ROOT) -> dict[str, str]:
    """Return digests of what the site depends on: each page, and under "" everything else.

    Everything else is Python, the names of all sources, and their contents.
    """
    page_files = {path: page_name(path, root) for path in pages(root)}
    others: list[Path | str] = [sys.version]
    for path in sources(root):
        others.append(path.relative_to(root).as_posix())
        if path not in page_files:
            others.append(path)
    return {"": digest(others)} | {name: digest([path]) for path, name in page_files.items()}


def changed_pages(before: Mapping[str, str], now: Mapping[str, str]) -> list[str] | None:
    """Return the pages that have changed, `None` if anything else has.

    The arguments are what `inputs` returns, empty if there is no book.

    >>> changed_pages({"": "a", "book/index": "b"}, {"": "a", "book/index": "c"})
    ['book/index']
    """
    if before.keys() != now.keys() or before[""] != now[""]:
        return None
    return [name for name in now if before[name] != now[name]]


def problems(output: str) -> str | None:
    """Return Sphinx's warnings and errors, one per line, or `None` if there are none."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output).replace(f"{ROOT}/", "")
    found = re.findall(r"^.*\b(?:WARNING|ERROR|CRITICAL): .*$", plain, re.MULTILINE)
    if not found:
        return None
    lines = "\n".join(f"  {line}" for line in dict.fromkeys(found))
    return f"The book does not build cleanly; fix these and run again:\n{lines}"


def build_book(built_from: dict[str, str]) -> None:
    """Build the book strictly, or bring it up to date."""
    changed = changed_pages(read_stamp(STAGING), built_from)
    if changed is None:
        shutil.rmtree(STAGING, ignore_errors=True)
    remove_stamp(STAGING)
    run_step(
        "Building the book",
        [sys.executable, "-m", "book.builder.write_book", STAGING, *(changed or [])],
        log=LOGS / "book.log",
        cwd=ROOT,
        explain=problems,
    )
    write_stamp(STAGING, built_from)


def replace_site(built_from: str) -> None:
    """Replace the old site with a copy of the book, which is complete, and of the small model."""
    new, old = BUILD / "html.new", BUILD / "html.old"
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(PAGES, new)
    shutil.copytree(models.STATIC, new / "_static", dirs_exist_ok=True)
    mark_current(new, built_from)
    if HTML.exists():
        HTML.rename(old)
    new.rename(HTML)
    shutil.rmtree(old, ignore_errors=True)


def main() -> int:
    """Build the site unless it is current."""
    built_from = inputs()
    whole = digest([json.dumps(built_from)])
    if is_current(HTML, whole):
        with step("The site is up to date"):
            return 0
    # Imported here, since it takes seconds and an unchanged site does not need it.
    from book.builder import publish_traces, run_lectures  # noqa: PLC0415  (see above)

    with models.training():
        bundle()
        run_lectures.update()
        publish_traces.update()
        build_book(built_from)  # which uses one core, and the training another
    replace_site(whole)
    return 0


if __name__ == "__main__":
    sys.exit(run_main(main))
