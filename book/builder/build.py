"""Builds the site: bundles, executed lectures, their traces, the book; strictly, all or nothing.

    python -m book.builder.build

The book is built beside the site that is being served and takes its place only when it is
complete. A stamp with a hash of everything that went in lets an unchanged site be; there is no
stamp after a failure, so the next try builds again and fails again.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from book.builder.bundle import bundle
from book.builder.cache import digest, environment
from tools.shell.console import run_step, step
from tools.shell.errors import run_main
from tools.shell.paths import BUILD, HTML, LOGS, ROOT

SOURCES = ("book", "cs336_core", "lectures", "tools")
FILES = (
    *("_config.yml", "package-lock.json", "constraints.txt"),
    *("requirements.txt", "requirements-texts.txt"),
)
STAMP = HTML / ".stamp"
STAGING = BUILD / "book"


def sources() -> Iterator[Path]:
    """Yield every file that the site is made of, in a fixed order."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            made = {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
            if path.is_file() and not made and path.suffix != ".ipynb":
                yield path
    yield from (ROOT / name for name in FILES)


def fingerprint() -> str:
    """Return a hash of everything that goes into the site."""
    total = hashlib.sha256(environment().encode())
    for path in sources():
        total.update(f"{path.relative_to(ROOT)}\0{digest(path)}\n".encode())
    return total.hexdigest()


def is_current(wanted: str) -> bool:
    """Whether the built site was made of just this."""
    return STAMP.is_file() and STAMP.read_text("utf-8") == wanted


def problems(output: str) -> str | None:
    """Return what Sphinx complains of, a line each, or None where there is nothing of the kind."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output).replace(f"{ROOT}/", "")
    found = re.findall(r"^.*\b(?:WARNING|ERROR|CRITICAL): .*$", plain, re.MULTILINE)
    if not found:
        return None
    lines = "\n".join(f"  {line}" for line in dict.fromkeys(found))
    return f"The book does not build cleanly; mend these and run again:\n{lines}"


def build_book() -> Path:
    """Build the book strictly and return the folder of its pages."""
    shutil.rmtree(STAGING, ignore_errors=True)
    # Called by module and not by its script, whose first line cannot hold every folder's name.
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", "."]
    options = ["--all", "-W", "-n", "--keep-going", "--toc", "book/_toc.yml"]
    run_step(
        "Building the book",
        [*command, *options, "--path-output", STAGING],
        log=LOGS / "book.log",
        cwd=ROOT,
        explain=problems,
    )
    return STAGING / "_build" / "html"


def take_place(html: Path, wanted: str) -> None:
    """Put a complete site where the old one was."""
    (html / STAMP.name).write_text(wanted, "utf-8")
    old = BUILD / "html.old"
    shutil.rmtree(old, ignore_errors=True)
    if HTML.exists():
        HTML.rename(old)
    html.rename(HTML)
    shutil.rmtree(old, ignore_errors=True)


def main() -> int:
    """Build the site unless it is current."""
    wanted = fingerprint()
    if is_current(wanted):
        with step("The site is up to date"):
            return 0
    # Imported here, since it takes seconds and an unchanged site needs none of it.
    from book.builder import publish_traces, run_lectures  # noqa: PLC0415

    bundle()
    run_lectures.bring_up_to_date()
    publish_traces.bring_up_to_date()
    html = build_book()
    take_place(html, wanted)
    return 0


if __name__ == "__main__":
    sys.exit(run_main(main))
