"""The lectures of this site as text: what a tokenizer can learn from the page that it stands on."""

from __future__ import annotations

from pathlib import Path

from cs336_core._shared.paths import StrPath
from cs336_core.trace.lectures.cells import cells

# The course is installed in place (`-e .`), so they are found from any folder.
FOLDER = Path(__file__).resolve().parents[2] / "lectures"


def lectures(folder: StrPath = FOLDER) -> dict[str, str]:
    """Return the text of every lecture by its name, in order: code, and prose without its marks.

    Raises `FileNotFoundError` where there are none.
    """
    found = {
        path.stem: "\n\n".join(cell.text for cell in cells(path.read_text("utf-8")))
        for path in sorted(Path(folder).glob("[0-9][0-9]_*.py"))
    }
    if not found:
        raise FileNotFoundError(
            f"there are no lectures in {folder}: the course must be installed in place, as "
            "`make site` or `pip install -r requirements.txt` does it in the course's folder"
        )
    return found
