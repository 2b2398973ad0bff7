"""Runs inside a lecture's kernel and sees which of the project's files the lecture read.

The executor injects this file's source before a lecture's first cell (the kernel cannot import
`tools`), and asks for `report` after its last. The files are what a cached result depends on.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

_opened: set[str] = set()


def _see(event: str, args: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(args[0], str | bytes):
        _opened.add(os.fsdecode(args[0]))


def value(result: object) -> str:
    """Return how a computed value is written in a sentence; raise `TypeError` where it is unclear.

    >>> value(50257), value("1.50")
    ('50,257', '1.50')
    """
    if isinstance(result, bool | float) or not isinstance(result, int | str):
        raise TypeError(
            f"{result!r} is a {type(result).__name__}; in a sentence write an int or a str, "
            'such as f"{ratio:.2f}"'
        )
    return f"{result:,}" if isinstance(result, int) else result


def report(root: str) -> str:
    """Return, as JSON, the files below `root` that were opened or imported, relative to it."""
    imported = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    paths = {os.path.realpath(path) for path in _opened | imported if isinstance(path, str)}
    below = os.path.realpath(root) + os.sep
    return json.dumps(sorted(path[len(below) :] for path in paths if path.startswith(below)))


sys.addaudithook(_see)
