"""Translates a notebook cell, with its magics, to Python line by line."""

from __future__ import annotations

from typing import Any

_MAX_TRANSFORMS = 500  # of one cell; IPython's own limit


def transform_cell(shell: Any, cell: str) -> str:
    r"""Return the Python that IPython runs for a cell, with every statement on its original line.

    Line magics and `!commands` become calls. IPython may join lines or drop empty ones; empty lines
    take their place here.
    """
    manager = shell.input_transformer_manager
    lines = [f"{line}\n" for line in cell.split("\n")]
    first = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    empty, lines = ["\n"] * first, lines[first:]
    for transform in [*manager.cleanup_transforms, *manager.line_transforms]:
        lines = _pad(lines, transform(lines))
    for _ in range(_MAX_TRANSFORMS):
        changed, new = manager.do_one_token_transform(lines)
        if not changed:
            break
        lines = _pad(lines, new)
    for transform in shell.input_transformers_post:
        lines = _pad(lines, transform(lines))
    return "".join([*empty, *lines])


def _pad(old: list[str], new: list[str]) -> list[str]:
    r"""Add an empty line for each line that is missing, after the lines that changed.

    >>> _pad(["a", "b1", "b2", "c"], ["a", "b", "c"])
    ['a', 'b', '\n', 'c']
    """
    missing = len(old) - len(new)
    if missing <= 0:
        return new
    unchanged = 0  # lines at the end
    while unchanged < len(new) and old[-1 - unchanged] == new[-1 - unchanged]:
        unchanged += 1
    end = len(new) - unchanged
    return [*new[:end], *["\n"] * missing, *new[end:]]
