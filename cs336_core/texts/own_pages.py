"""The lectures of this site as text, on which a tokenizer can be trained."""

from __future__ import annotations

from pathlib import Path

from cs336_core._shared.built import PACKAGE
from cs336_core._shared.paths import StrPath
from cs336_core.trace.lectures.cells import cells

# Beside the package, since the course is installed in place (`-e .`).
FOLDER = PACKAGE.parent / "lectures"


def lecture_texts(folder: StrPath = FOLDER) -> dict[str, str]:
    """Return name -> text of every lecture, in order: code, and prose without comment marks.

    Raises `FileNotFoundError` if the folder has no lectures.
    """
    found = {
        path.stem: "\n\n".join(cell.text for cell in cells(path.read_text("utf-8")))
        for path in sorted(Path(folder).glob("[0-9][0-9]_*.py"))
    }
    if not found:
        raise FileNotFoundError(
            f"there are no lectures in {folder}: the course must be installed in place, as "
            "`make site` or `pip install -r requirements.txt` in the course's folder does"
        )
    return found
