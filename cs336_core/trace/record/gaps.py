"""Gaps: the parts of a program's run that its trace lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_TRACER_REPLACED: Final = (
    "the trace may stop before the program does: something in it, such as a debugger, has called "
    "sys.settrace(), a library came to Python's recursion limit, or it went on after Ctrl-C"
)
_RECURSION_LIMIT: Final = (
    "calls came close to Python's recursion limit, where tracing is not possible: the trace lacks "
    "the deepest ones"
)
_EVERYTHING_AFTER: Final = " and everything after them"
_OTHER_THREADS: Final = "the trace lacks what the program did in other threads"


@dataclass
class Gaps:
    """The reasons why a trace may lack a part of the program's run.

    Attributes:
        lost: Python stopped calling the recorder before the program ended.
        recursion_limit: a call was too deep to be recorded.
        other_threads: code that is stepped into ran in another thread.

    """

    lost: bool = False
    recursion_limit: bool = False
    other_threads: bool = False

    def describe(self) -> str:
        """Return a sentence, empty if nothing is missing.

        >>> Gaps(other_threads=True).describe()
        'the trace lacks what the program did in other threads'
        """
        missing = []
        if self.recursion_limit:
            missing.append(_RECURSION_LIMIT + (_EVERYTHING_AFTER if self.lost else ""))
        elif self.lost:
            missing.append(_TRACER_REPLACED)
        if self.other_threads:
            missing.append(_OTHER_THREADS)
        return "; ".join(missing)
