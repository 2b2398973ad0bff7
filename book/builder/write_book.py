"""Writes the pages of the book with Jupyter Book, strictly; its program for one build.

    python -m book.builder.write_book STAGING [PAGE ...]

Pages are named if the book in the folder STAGING needs only these to be read again, such as
"lectures/03_bpe"; see book/sphinx_ext/incremental.py.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Collection
from pathlib import Path

from jupyter_book.sphinx import build_sphinx  # type: ignore[import-untyped]


def write_book(root: Path, staging: Path, changed: Collection[str] = ()) -> bool:
    """Write the book of the project at `root`; return whether there was no problem.

    Problems are printed to standard error. If pages have `changed` since the book in `staging` was
    written, only these and those that depend on them are written.
    """
    html = staging / "html"
    # Sphinx copies these every time, and pages have digests of those that were there before.
    shutil.rmtree(html / "_static", ignore_errors=True)
    failed = build_sphinx(
        root,
        html,
        noconfig=True,
        path_config=root / "_config.yml",
        confoverrides={
            "external_toc_path": str(root / "book" / "_toc.yml"),
            "latex_individualpages": False,
            "nitpicky": True,
            "changed_pages": sorted(changed),
        },
        warningiserror=True,
        keep_going=True,
    )
    return not failed


if __name__ == "__main__":
    sys.exit(0 if write_book(Path.cwd(), Path(sys.argv[1]), sys.argv[2:]) else 1)
