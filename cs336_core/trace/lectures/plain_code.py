"""Code as readers see it: without the comments that control a trace."""

from __future__ import annotations

import re

from cs336_core.trace.record.directives import NAMES, comments

_DIRECTIVE = re.compile(rf"#\s*(?:{'|'.join(NAMES)})\b")


def without_directives(code: str) -> str:
    r"""Return code without the comments that control what a trace shows.

    >>> without_directives("x = 1  # @inspect x\nprint('# @hide')")
    "x = 1\nprint('# @hide')"
    """
    lines = code.split("\n")
    for number, comment in comments(code):
        if _DIRECTIVE.match(comment):
            lines[number - 1] = lines[number - 1].removesuffix(comment).rstrip()
    return "\n".join(lines)
