"""Checks the code without running it: format, lint, types; for Python and for JavaScript."""

from __future__ import annotations

from tools.paths import NODE_MODULES
from tools.several import program, run_all


def run() -> int:
    """Run every check; return 1 if any failed."""
    return run_all(
        {
            "format (ruff format)": program("ruff", "format", "--check", "."),
            "lint (ruff check)": program("ruff", "check", "."),
            "Python types (mypy)": program("mypy"),
            "JavaScript types (tsc)": program(
                str(NODE_MODULES / ".bin" / "tsc"), "--noEmit", "--project", "."
            ),
        }
    )
