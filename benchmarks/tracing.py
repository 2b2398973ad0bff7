"""How fast programs are recorded, and how large their files are, against edtrace.

    python -m benchmarks.tracing [--quick | --markdown]

edtrace is the tracer of the course's lectures. Both record the same program, which differs in its
import line only, and both have to see the same lines and the same values. Files are compared as
each writes them, before compression, and compressed.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks._report import Report, faster, in_turn, machine, main, spread, table, told
from cs336_core.trace import Step, Trace, loads
from tools.shell.errors import UserError, run_main

REPEATS = 5
FASTER = 5  # times as many steps a second as edtrace
SMALLER = 20  # times as small a file
OURS, THEIRS = "ours", "edtrace"  # also what `_trace_once.py` calls them


def measure(quick: bool) -> Report:
    """Record the program with both."""
    seconds: dict[str, list[float]] = {OURS: [], THEIRS: []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_programs(folder)
        for _, who in in_turn(list(seconds), 1 if quick else REPEATS):
            command = [sys.executable, "-m", "benchmarks._trace_once", who, str(folder)]
            run = subprocess.run(command, capture_output=True, text=True, check=True)
            seconds[who].append(float(run.stdout))
        files = {who: (folder / f"{who}.json").read_bytes() for who in seconds}
    traces = {who: loads(file.decode(), who) for who, file in files.items()}
    check(traces[OURS], traces[THEIRS])
    return {
        "on": machine("edtrace"),
        "steps": len(traces[OURS]),
        "seconds": seconds,
        "sizes": {who: len(file) for who, file in files.items()},
        "zipped": {who: len(gzip.compress(file, 9, mtime=0)) for who, file in files.items()},
    }


def write_programs(folder: Path) -> None:
    """Write the program twice: as it is, and with the import line of edtrace."""
    source = Path(__file__).with_name("_traced_program.py").read_text("utf-8")
    theirs = source.replace("from cs336_core.trace import", "from edtrace import")
    (folder / "program_for_us.py").write_text(source, "utf-8")
    (folder / "program_for_edtrace.py").write_text(theirs, "utf-8")


def check(ours: Trace, theirs: Trace) -> None:
    """Raise `UserError` where the two did not see the same."""
    for i, (mine, other) in enumerate(zip(ours, theirs, strict=False)):
        if seen(mine) != seen(other):
            raise UserError(f"Step {i} differs: {seen(mine)} and {seen(other)}.")
    if len(ours) != len(theirs):
        raise UserError(f"Of the same program there are {len(ours)} and {len(theirs)} steps.")


def seen(step: Step) -> object:
    """Return where a step is and what it shows."""
    return [(frame.line, frame.function) for frame in step.stack.frames()], step.env.keys()


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
    sys.exit(run_main(lambda: main("tracing", measure, tables)))
