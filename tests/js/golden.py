"""Golden files: what Python computes, and the JavaScript must compute as well.

python -m tests.js.golden    rewrites tests/js/golden/*.json

A function `golden_NAME` of a module `golden_*.py` beside this one returns the cases of NAME.json.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PREFIX = "golden_"

Cases = Callable[[], list[dict[str, Any]]]


def golden_files() -> dict[Path, Cases]:
    """Return every golden file with the function that computes its cases."""
    modules = [import_module(f"tests.js.{path.stem}") for path in sorted(HERE.glob("golden_*.py"))]
    return {
        HERE / "golden" / f"{name.removeprefix(PREFIX)}.json": value
        for module in modules
        for name, value in vars(module).items()
        if name.startswith(PREFIX) and callable(value)
    }


def text(cases: list[dict[str, Any]]) -> str:
    """Return the text of a golden file, one case per line."""
    lines = ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases)
    return f"[\n{lines}\n]\n"


if __name__ == "__main__":
    for path, cases in golden_files().items():
        path.write_text(text(cases()), "utf-8")
