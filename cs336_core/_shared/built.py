"""The folders of built files: the views' bundles, the trace viewer's page and the rank files.

A checkout has them in `_build`; a wheel has them inside the package, in `_built`.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
IN_WHEEL = PACKAGE / "_built"
BUILT = IN_WHEEL if IN_WHEEL.is_dir() else PACKAGE.parent / "_build"

STATIC = BUILT / "static"
RANKS = BUILT / "ranks"
