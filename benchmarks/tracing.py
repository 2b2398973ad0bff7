"""How fast programs are recorded, and how large the trace files are, against edtrace.

    python -m benchmarks.tracing [--quick | --markdown]

edtrace is the tracer of the course's lectures. Both record the same program, apart from its import
line, and must record the same lines and variables. File sizes are compared with and without gzip.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks._report import Report, in_turn, machine, main, median_range, speedup, table
from cs336_core.trace import Step, Trace, loads
from tools.shell.errors import UserError

REPEATS = 5
FASTER = 5  # times as many steps per second as edtrace
SMALLER = 20  # times smaller files
OURS, THEIRS = "ours", "edtrace"  # `_trace_once.py` uses the same names


def measure(quick: bool) -> Report:
    """Record the program with both tracers."""
    seconds: dict[str, list[float]] = {OURS: [], THEIRS: []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_programs(folder)
        for _, tracer in in_turn(list(seconds), 1 if quick else REPEATS):
            command = [sys.executable, "-m", "benchmarks._trace_once", tracer, str(folder)]
            run = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds[tracer].append(float(run.stdout))
        files = {tracer: (folder / f"{tracer}.json").read_bytes() for tracer in seconds}
    traces = {tracer: loads(file.decode(), tracer) for tracer, file in files.items()}
    check(traces[OURS], traces[THEIRS])
    return {
        "on": machine("edtrace"),
        "steps": len(traces[OURS]),
        "seconds": seconds,
        "sizes": {tracer: len(file) for tracer, file in files.items()},
        "zipped": {tracer: len(gzip.compress(file, 9, mtime=0)) for tracer, file in files.items()},
    }


def write_programs(folder: Path) -> None:
    """Write the program twice: unchanged, and with edtrace's import line."""
    source = Path(__file__).with_name("_traced_program.py").read_text("utf-8")
    theirs = source.replace("from cs336_core.trace import", "from edtrace import")
    (folder / "program_for_us.py").write_text(source, "utf-8")
    (folder / "program_for_edtrace.py").write_text(theirs, "utf-8")


def check(ours: Trace, theirs: Trace) -> None:
    """Raise `UserError` if the two traces differ."""
    for i, (mine, other) in enumerate(zip(ours, theirs, strict=False)):
        if summary(mine) != summary(other):
            raise UserError(f"Step {i} differs: {summary(mine)} and {summary(other)}.")
    if len(ours) != len(theirs):
        raise UserError(f"The same program has {len(ours)} and {len(theirs)} steps.")


def summary(step: Step) -> object:
    """Return the call stack of a step and the names of its variables."""
    return [(frame.line, frame.function) for frame in step.stack.frames()], step.env.keys()


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    steps, seconds = report["steps"], report["seconds"]
    ours, theirs = ([s / steps * 1e6 for s in seconds[tracer]] for tracer in (OURS, THEIRS))
    sizes, zipped = report["sizes"], report["zipped"]

    def size(bytes_of: dict[str, int]) -> list[str]:
        ratio = bytes_of[THEIRS] / bytes_of[OURS]
        return [
            *(f"{bytes_of[tracer] / 1000:.1f} kB" for tracer in (OURS, THEIRS)),
            f"{ratio:.1f}x",
        ]

    rows = [
        [
            "time per step",
            median_range(ours, "µs", 1),
            median_range(theirs, "µs", 1),
            speedup(ours, theirs),
            f"{FASTER}x",
        ],
        ["file", *size(sizes), f"{SMALLER}x"],
        ["file, gzipped", *size(zipped), ""],
    ]
    head = [f"{steps} steps", OURS, THEIRS, "better by", "at least"]
    return table(head, rows)


if __name__ == "__main__":
    sys.exit(main("tracing", measure, tables))
