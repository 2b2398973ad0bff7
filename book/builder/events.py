"""Events that the process of a lecture reports to the builder: one line of JSON each.

The lines begin with a control character, which distinguishes them from the lecture's own output.
"""

from __future__ import annotations

import json
from typing import Any, TextIO

_MARK = "\x1e"  # ASCII's record separator


def send(file: TextIO, **event: Any) -> None:
    """Write an event."""
    print(f"\n{_MARK}{json.dumps(event)}", file=file, flush=True)


def receive(line: str) -> dict[str, Any] | None:
    r"""Return the event in a line, `None` if the line is something else.

    >>> receive('\x1e{"line": 3}'), receive("Warning: ...")
    ({'line': 3}, None)
    """
    if not line.startswith(_MARK):
        return None
    event: dict[str, Any] = json.loads(line.removeprefix(_MARK))
    return event
