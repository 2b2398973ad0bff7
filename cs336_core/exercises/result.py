"""The result of checking a reader's function."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, repr=False)
class Result:
    """Whether a function passed, and if not, the first call that it got wrong.

    Attributes:
        passed: whether it passed every call.
        message: what happened, in a sentence.
        note: a sentence that helps with the failing call, or "".
        call: the failing call as code, or "" if no call failed.
        printed: what the function printed during that call.
        lead: how many statements of the reader's code run before a call below it, if the code was
            given: the step at which a trace of both comes to the call.

    """

    passed: bool
    message: str
    note: str = ""
    call: str = ""
    printed: str = ""
    lead: int = 0

    def __repr__(self) -> str:
        """Return the sentences, which a notebook shows."""
        return f"{self.message} {self.note}".rstrip()

    def to_json(self) -> dict[str, Any]:
        """Return the attributes by their names."""
        return asdict(self)
