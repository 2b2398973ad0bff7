"""Whether the code that asks is traced, with either hook."""

from __future__ import annotations

import sys
from typing import Any

_monitoring: Any = getattr(sys, "monitoring", None)  # missing before Python 3.12


def is_traced() -> bool:
    """Whether some tool follows the calls of this thread."""
    return sys.gettrace() is not None or any(_monitoring.get_events(tool) for tool in tools())


def tools() -> list[int]:
    """Return the ids of `sys.monitoring` that are in use."""
    ids = range(6) if _monitoring else ()
    return [tool for tool in ids if _monitoring.get_tool(tool) is not None]
