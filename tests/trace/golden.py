"""The steps of the programs in `programs/features.py`, as text that a person can check.

    python -m tests.trace.golden

writes them anew to `steps/`; then look at what changed.
"""

from __future__ import annotations

import json
from pathlib import Path

from cs336_core.trace import CLEARED, Trace, trace
from tests.trace.programs import features

FOLDER = Path(__file__).with_name("steps")
MAX_STEPS = 25
PROGRAMS = [
    "calls",
    "comprehensions",
    "decorated",
    "exceptions",
    "forever",
    "generators",
    "loops",
    "methods",
    "recursion",
    "uncaught",
]


def steps(name: str) -> str:
    """Return the steps of a program, a line each: deeper calls further to the right."""
    recorded = trace(getattr(features, name), max_steps=MAX_STEPS)
    return "\n".join([*told(recorded), f"({recorded.ending})"]) + "\n"


def told(recorded: Trace) -> list[str]:
    """Return what each step is and shows."""
    lines = {path: source.split("\n") for path, source in recorded.files.items()}
    told = []
    for step in recorded:
        stack = step.place.stack()
        code = lines[stack[-1].path][stack[-1].line - 1].strip()
        parts = ["    " * (len(stack) - 1) + f"{stack[-1].function}: {code}"]
        for name, value in step.env.items():
            parts.append(f"{name} = {'CLEARED' if value is CLEARED else json.dumps(value)}")
        parts += [f"{each.type} {each.data}" for each in step.renderings]
        parts += [repr(line) for line in (step.stdout.splitlines() + step.stderr.splitlines()[-1:])]
        told.append("  |  ".join(parts))
    return told


if __name__ == "__main__":
    for name in PROGRAMS:
        (FOLDER / f"{name}.txt").write_text(steps(name), "utf-8")
