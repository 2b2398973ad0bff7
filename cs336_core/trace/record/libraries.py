"""Which files belong to Python and to installed packages, rather than to the program."""

from __future__ import annotations

import sysconfig
from functools import cache
from pathlib import Path
from typing import Final

_FOLDERS: Final = tuple(
    Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")
)
_PACKAGES: Final = {"site-packages", "dist-packages"}


@cache
def is_library(filename: str) -> bool:
    """Whether code with this `co_filename` belongs to Python or to an installed package."""
    if filename.startswith("<frozen "):
        return True
    path = Path(filename)
    return bool(_PACKAGES & set(path.parts)) or any(map(path.is_relative_to, _FOLDERS))
