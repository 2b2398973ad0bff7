"""The steps of the programs in `programs/features.py`, as text that a person can review.

    python -m tests.trace.golden

rewrites them in `steps/`; review the difference.
"""

from __future__ import annotations

import json
from pathlib import Path

from cs336_core.trace import Trace
from cs336_core.trace.json_values import Json
from cs336_core.trace.model import Cleared, Event, Raised, Returned, Yielded
from cs336_core.trace.record.function import sources_of
from cs336_core.trace.record.hook import Hook
from cs336_core.trace.record.recorder import HOOKS, Recorder
from tests.trace.programs import features

FOLDER = Path(__file__).with_name("steps")
MAX_STEPS = 40
PROGRAMS = [
    "calls",
    "classes",
    "comprehensions",
    "coroutines",
    "decorated",
    "exceptions",
    "forever",
    "generators",
    "loops",
    "methods",
    "nested",
    "one_line_loops",
    "recursion",
    "reraised",
    "stepped_over",
    "thrown",
    "uncaught",
]


def steps(name: str, hook: type[Hook] = HOOKS[0]) -> str:
    """Return the steps of a program, one per line: its call, indented by depth, and changes."""
    program = getattr(features, name)
    recorded = Recorder(sources_of([program]), MAX_STEPS, hooks=[hook]).run(program)
    return "\n".join([*describe(recorded), f"({recorded.ending})"]) + "\n"


def describe(recorded: Trace) -> list[str]:
    """Return what each step runs and shows."""
    lines = {path: source.split("\n") for path, source in recorded.files.items()}
    described = []
    for step in recorded:
        stack = step.stack.frames()
        code = lines[stack[-1].path][stack[-1].line - 1].strip()
        parts = [f"{step.call} {'    ' * (len(stack) - 1)}{stack[-1].function}: {code}"]
        parts += [f"{name} = {written(value)}" for name, value in step.env.items()]
        for call, changes in step.outer.items():
            parts += [f"{call}:{name} = {written(value)}" for name, value in changes.items()]
        parts += describe_event(step.event)
        if step.same is not None:
            parts.append(f"same {' '.join('='.join(names) for names in step.same)}")
        parts += [f"{rendering.type} {rendering.data}" for rendering in step.renderings]
        parts += [repr(line) for line in (step.stdout.splitlines() + step.stderr.splitlines()[-1:])]
        described.append("  |  ".join(parts))
    return described


def describe_event(event: Event | None) -> list[str]:
    """Return how a statement ended its call, or failed."""
    match event:
        case Returned(value):
            return [f"returns {written(value)}"]
        case Yielded(value):
            return [f"yields {written(value)}"]
        case Raised(kind, message):
            return [f"raises {kind}: {message}"]
    return []


def written(value: Json | Cleared) -> str:
    """Return a value on one line."""
    return "CLEARED" if isinstance(value, Cleared) else json.dumps(value)


if __name__ == "__main__":
    for name in PROGRAMS:
        (FOLDER / f"{name}.txt").write_text(steps(name), "utf-8")
