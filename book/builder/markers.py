"""Checks the markers of a lecture's cells."""

from __future__ import annotations

import re

from cs336_core.trace.lectures.cells import cells
from tools.shell.errors import UserError

# Markers that Jupytext reads and we do not, or that it reads as another kind of cell.
_OTHER_MARKER = re.compile(r"#%%|# %%\s*\[(?!markdown\])")


def check_cells(name: str, text: str) -> None:
    """Raise `UserError` where JupyterLab (by Jupytext) would read different cells than we do."""
    first = next((cell.first for cell in cells(text)), None)
    for number, line in enumerate(text.splitlines(), start=1):
        ahead = first is None or number < first
        if _OTHER_MARKER.match(line) or (ahead and line.strip() and not line.startswith("#")):
            raise UserError(
                f"{name}:{number}: this line is not part of a cell; begin each cell with '# %%' or "
                "'# %% [markdown]'"
            )
