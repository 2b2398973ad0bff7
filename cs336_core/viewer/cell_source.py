"""A notebook's cell as the Python that it stands for, line by line."""

from __future__ import annotations

from typing import Any

_MOST_CHANGES = 500  # of one cell; IPython's own bound


def transformed(shell: Any, cell: str) -> str:
    r"""Return the Python that IPython makes of a cell, with every statement on its line.

    Line magics and `!commands` become calls. IPython may make one line of several, or take empty
    ones away; here, empty lines stand for those.
    """
    manager = shell.input_transformer_manager
    lines = [f"{line}\n" for line in cell.split("\n")]
    first = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    empty, lines = ["\n"] * first, lines[first:]
    for transform in [*manager.cleanup_transforms, *manager.line_transforms]:
        lines = _as_long_as(lines, transform(lines))
    for _ in range(_MOST_CHANGES):
        changed, new = manager.do_one_token_transform(lines)
        if not changed:
            break
        lines = _as_long_as(lines, new)
    for transform in shell.input_transformers_post:
        lines = _as_long_as(lines, transform(lines))
    return "".join([*empty, *lines])


def _as_long_as(old: list[str], new: list[str]) -> list[str]:
    r"""Add empty lines after those that changed, for those that are gone.

    >>> _as_long_as(["a", "b1", "b2", "c"], ["a", "b", "c"])
    ['a', 'b', '\n', 'c']
    """
    missing = len(old) - len(new)
    if missing <= 0:
        return new
    same = 0  # lines at the end that did not change
    while same < len(new) and old[-1 - same] == new[-1 - same]:
        same += 1
    end = len(new) - same
    return [*new[:end], *["\n"] * missing, *new[end:]]
