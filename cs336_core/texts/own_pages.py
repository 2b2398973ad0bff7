"""A lecture of this site as text, on which a tokenizer can be trained."""

from __future__ import annotations

from pathlib import Path

from cs336_core._shared.built import PACKAGE
from cs336_core._shared.paths import StrPath
from cs336_core.trace.lectures.cells import cells

# Beside the package, since the course is installed in place (`-e .`).
FOLDER = PACKAGE.parent / "lectures"


def lecture_text(name: str, folder: StrPath = FOLDER) -> str:
    """Return the text of a lecture such as "02_tokenization": code, and prose without its marks.

    Raises `FileNotFoundError` if there is no such lecture.
    """
    path = Path(folder) / f"{name}.py"
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} does not exist: the course must be installed in place, as `make site` or "
            "`pip install -r requirements.txt` in the course's folder does"
        )
    return "\n\n".join(cell.text for cell in cells(path.read_text("utf-8")))
