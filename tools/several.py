"""Several programs in a row: all run, whatever fails, and the last line says how they ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial

from tools.environment import environment
from tools.paths import ROOT
from tools.processes import hand_over
from tools.text import duration

Task = Callable[[], int]  # returns an exit status


def program(*command: str, env: Mapping[str, str] | None = None) -> Task:
    """Make a task of a program that talks to the reader itself."""
    return partial(hand_over, command, env=env or environment(), cwd=ROOT)


def run_all(tasks: Mapping[str, Task]) -> int:
    """Do every task under its name; return 1 if any failed."""
    start = time.monotonic()
    codes = {}
    for name, task in tasks.items():
        print(f"\n{name}", flush=True)
        codes[name] = task()
    print(f"\n{summary(codes)} ({duration(time.monotonic() - start)})", flush=True)
    return 1 if any(codes.values()) else 0


def summary(codes: Mapping[str, int]) -> str:
    """Say what passed and what did not.

    >>> summary({"format": 0, "types": 1})
    'FAILED: types. Passed: format.'
    """
    failed = [name for name, code in codes.items() if code]
    passed = [name for name, code in codes.items() if not code]
    parts = [f"FAILED: {', '.join(failed)}."] if failed else []
    if passed:
        parts.append(f"{'All passed' if not failed else 'Passed'}: {', '.join(passed)}.")
    return " ".join(parts)
