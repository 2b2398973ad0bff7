"""How fast programs are recorded, and how large their files are, against edtrace.

    python -m benchmarks.tracing [--quick | --markdown]

edtrace is the tracer of the course's lectures. Both record the same program, which differs in its
import line only, and both have to see the same lines and the same values. Files are compared as
each writes them, before compression, and compressed.
"""

from __future__ import annotations

import gzip
import importlib
import io
import json
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import _traced_program
from benchmarks._report import Report, faster, in_turn, machine, main, spread, table, timed, told
from cs336_core.trace import Trace, dumps, loads, trace
from tools.console import Trouble
from tools.entry import guarded

REPEATS = 5
FASTER = 5  # times as many steps a second as edtrace
SMALLER = 20  # times as small a file
OURS, THEIRS = "ours", "edtrace"


def measure(quick: bool) -> Report:
    """Record the program with both."""
    execute = importlib.import_module("edtrace.execute").execute
    seconds: dict[str, list[float]] = {OURS: [], THEIRS: []}
    files: dict[str, str] = {}
    steps = 0
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = modules(Path(folder))
        calls: dict[str, Callable[[], Any]] = {
            OURS: lambda: trace(ours.main),
            THEIRS: lambda: quietly(lambda: execute(theirs.__name__, False)),
        }
        for _, who in in_turn(list(calls), 1 if quick else REPEATS):
            took, result = timed(calls[who])
            seconds[who].append(took)
            steps = len(result.steps)
            files[who] = (
                dumps(result)
                if isinstance(result, Trace)
                else json.dumps(asdict(result), indent=2)  # as edtrace writes it
            )
    check(*(loads(files[who], who) for who in (OURS, THEIRS)))
    sizes = {who: len(file.encode()) for who, file in files.items()}
    zipped = {who: len(gzip.compress(file.encode(), 9, mtime=0)) for who, file in files.items()}
    return {
        "on": machine("edtrace"),
        "steps": steps,
        "seconds": seconds,
        "sizes": sizes,
        "zipped": zipped,
    }


def modules(folder: Path) -> tuple[ModuleType, ModuleType]:
    """Return the program twice, for us and for edtrace."""
    source = Path(_traced_program.__file__).read_text("utf-8")
    theirs = source.replace("from cs336_core.trace import", "from edtrace import")
    found = []
    sys.path.insert(0, str(folder))
    for name, text in (("program_for_us", source), ("program_for_edtrace", theirs)):
        (folder / f"{name}.py").write_text(text, "utf-8")
        found.append(importlib.import_module(name))
    return found[0], found[1]


def quietly(call: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Call without the line that edtrace prints at every step."""
    with redirect_stdout(io.StringIO()):
        return call()


def check(ours: Trace, theirs: Trace) -> None:
    """Raise `Trouble` where the two did not see the same."""
    for i, (mine, other) in enumerate(zip(ours, theirs, strict=False)):
        if seen(mine) != seen(other):
            raise Trouble(f"Step {i} differs: {seen(mine)} and {seen(other)}.")
    if len(ours) != len(theirs):
        raise Trouble(f"Of the same program there are {len(ours)} and {len(theirs)} steps.")


def seen(step: Any) -> object:  # noqa: ANN401
    """Return where a step is and what it shows."""
    return [(frame.line, frame.function) for frame in step.place.stack()], step.env.keys()


def tables(report: Report) -> str:
    """Return the report for readers."""
    steps, seconds = report["steps"], report["seconds"]
    ours, theirs = ([s / steps * 1e6 for s in seconds[who]] for who in (OURS, THEIRS))
    sizes, zipped = report["sizes"], report["zipped"]

    def size(found: dict[str, int]) -> list[str]:
        times = found[THEIRS] / found[OURS]
        return [f"{found[OURS] / 1000:.1f} kB", f"{found[THEIRS] / 1000:.1f} kB", f"{times:.1f}x"]

    rows = [
        [
            "time a step",
            spread(ours, "µs", 1),
            spread(theirs, "µs", 1),
            faster(ours, theirs),
            f"{FASTER}x",
        ],
        ["file", *size(sizes), f"{SMALLER}x"],
        ["file, gzipped", *size(zipped), ""],
    ]
    head = [f"{steps} steps", OURS, THEIRS, "better by", "at least"]
    return f"{told(report)}\n\n{table(head, rows)}"


if __name__ == "__main__":
    sys.exit(guarded(lambda: main("tracing", measure, tables)))
