"""Shared parts of benchmarks: alternating rounds, medians with ranges, tables, files.

python -m benchmarks.NAME               measures, writes _build/bench/NAME.json, prints tables
python -m benchmarks.NAME --quick       measures once, writes nothing
python -m benchmarks.NAME --markdown    prints the tables of the last full run
"""

from __future__ import annotations

import argparse
import gc
import importlib.metadata
import json
import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tools.shell.errors import UserError, run_main
from tools.shell.paths import BUILD

T = TypeVar("T")
Report = dict[str, Any]  # the content of the JSON file
FOLDER = BUILD / "bench"


def main(name: str, measure: Callable[[bool], Report], tables: Callable[[Report], str]) -> int:
    """Run a benchmark and return its exit status.

    `measure` takes whether to be quick and returns the report, which is saved unless it was quick.
    `tables` formats it in Markdown; a line about the machine is printed above.
    """
    return run_main(lambda: _run(name, measure, tables))


def _run(name: str, measure: Callable[[bool], Report], tables: Callable[[Report], str]) -> int:
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}")
    parser.add_argument("--quick", action="store_true", help="measure once and write nothing")
    parser.add_argument("--markdown", action="store_true", help="print the last full run's tables")
    args = parser.parse_args()
    path = FOLDER / f"{name}.json"
    if args.markdown:
        if not path.is_file():
            raise UserError(f"{path} does not exist yet; run `python -m benchmarks.{name}`.")
        report = json.loads(path.read_text("utf-8"))
    else:
        report = measure(args.quick)
        if not args.quick:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(setup_line(report), tables(report), sep="\n\n")
    return 0


def machine(*packages: str, **more: str) -> Report:
    """Return the machine and software of a measurement, with the versions of `packages`."""
    versions = {package: importlib.metadata.version(package) for package in packages}
    return {
        "machine": platform.machine(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **versions,
        **more,
    }


def processor() -> str:
    """Return the name of the processor, or its architecture if the system does not report it."""
    try:
        found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor()


def setup_line(report: Report) -> str:
    """Describe the machine and software of a measurement in one line.

    >>> setup_line({"on": {"processor": "A", "cores": 2, "machine": "x86_64", "numpy": "2.4.6"}})
    'A, 2 cores, x86_64, numpy 2.4.6'
    """
    named = {"processor": "{}", "cores": "{} cores", "machine": "{}"}
    on = report["on"]
    parts = [form.format(on[name]) for name, form in named.items()]
    return ", ".join(parts + [f"{name} {on[name]}" for name in on if name not in named])


def in_turn(contenders: Sequence[T], repeats: int) -> Iterator[tuple[int, T]]:
    """Yield (round, contender) pairs; every round starts with another contender.

    If the machine slows down for a while, it slows all of them down.
    """
    for repeat in range(repeats):
        first = repeat % len(contenders)
        for contender in (*contenders[first:], *contenders[:first]):
            yield repeat, contender


def timed(call: Callable[..., T], *arguments: object) -> tuple[float, T]:
    """Return how many seconds `call(*arguments)` took, and its result."""
    gc.collect()  # exclude garbage from earlier calls
    start = time.perf_counter()
    result = call(*arguments)
    return time.perf_counter() - start, result


def median_range(values: Sequence[float], unit: str, digits: int = 2) -> str:
    """Format the median and the range.

    >>> median_range([3.0, 1.0, 2.0], "s")
    '2.00 s (1.00 to 3.00)'
    """
    low, high = min(values), max(values)
    median = f"{statistics.median(values):.{digits}f} {unit}"
    return median if len(values) == 1 else f"{median} ({low:.{digits}f} to {high:.{digits}f})"


def speedup(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Format how many times faster `ours` is than `theirs`, by the medians.

    >>> speedup([2.0, 1.0, 9.0], [8.0, 8.0, 8.0])
    '4.0x'
    """
    ratio = statistics.median(theirs) / statistics.median(ours)
    return f"{ratio:.2f}x" if ratio < 2 else f"{ratio:.1f}x"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return an aligned Markdown table; all columns but the first are right-aligned.

    >>> print(table(["corpus", "time"], [["ten", "1.5 s"]]))
    | corpus |  time |
    |:-------|------:|
    | ten    | 1.5 s |
    """
    lines = [list(head), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    texts = [
        " | ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    rule = "|".join(
        "-" * (width + 1) + ":" if column else ":" + "-" * (width + 1)
        for column, width in enumerate(widths)
    )
    return "\n".join([f"| {texts[0]} |", f"|{rule}|", *(f"| {text} |" for text in texts[1:])])
