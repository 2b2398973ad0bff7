"""Speed of the trace viewer: time per step, time to the first view, and size of its code.

    python -m benchmarks.viewer [--quick | --markdown]

One trace has 2,000 steps over 1,000 lines; like a lecture, some display text and some show lists of
numbers. The others are the lectures' own, the one with the most steps and the largest file: on the
site, from their first step to their last, without the rests in which live figures are drawn. The
time per step is the main thread's time for script, style, layout and paint, by the browser's own
TaskDuration before and after, with the next frame drawn. (It includes the 1 to 2 ms of the
measurement itself.) Measured the same way, the viewer of the course's 2025 lectures took 70 ms in
the median and 110 ms at the 95th percentile, 1 to 4 s to its first view, and 1.3 MB of script.
"""

from __future__ import annotations

import gzip
import json
import runpy
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks._browser import MainThread, serving
from benchmarks._report import Report, machine, main, median_range, table
from cs336_core._shared.built import STATIC
from cs336_core.trace import Trace, save, trace
from tools.shell.errors import UserError
from tools.shell.paths import HTML

VIEWER = STATIC / "viewer"
PAGES = 5
LECTURE_PAGES = 3
STEPS = 200  # measured per page
TOTAL_STEPS = 2000
MAX_STEP = 10.0  # milliseconds, at the 95th percentile
MAX_VIEW = 500.0  # milliseconds
MAX_SIZE = 150_000  # bytes, gzipped

FIRST_VIEW = """
let seen;
globalThis.firstView = new Promise((done) => { seen = done; });
new MutationObserver((changes, observer) => {
  if (!document.querySelector(".cs336-line.cs336-now")) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => seen(performance.now())));
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
STEP = """
async () => {
  const event = new KeyboardEvent("keydown", { key: "l", bubbles: true });
  document.querySelector(".cs336-source").dispatchEvent(event);
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}
"""


def program() -> str:
    """Return a program of 1,000 lines: forty functions that display text and compute lists."""
    lines = ["from cs336_core.trace import text", ""]
    for number in range(40):
        lines += [f"def work_{number}(items, n):", f'    """Work number {number}."""']
        for i in range(20):
            show = f'text("Step **{i}** of `work_{number}`: a sentence about what comes next.")'
            inspect = f"@inspect value_{i}" if i % 4 == 1 else f"line {i} of the work"
            compute = f"value_{i} = [n * {i} + item for item in items]  # {inspect}"
            lines.append(f"    {compute if i % 3 else show}")
        lines += ["    return value_1", ""]
    lines += ["def main():", "    items, counts = list(range(20)), {}", "    while True:"]
    for number in range(20):
        lines.append(f"        items = work_{number}(items, {number})[:20]  # @inspect items")
        lines.append(f'        counts["work_{number}"] = len(counts) + {number}  # @inspect counts')
    return "\n".join([*lines, ""])


def record(folder: Path) -> Trace:
    """Record the program."""
    path = folder / "program.py"
    path.write_text(program(), "utf-8")
    recorded = trace(runpy.run_path(str(path))["main"], max_steps=TOTAL_STEPS)
    lines = program().count("\n")
    if len(recorded) != TOTAL_STEPS or not 950 <= lines <= 1050:
        raise UserError(f"The trace has {len(recorded)} steps over {lines} lines.")
    return recorded


def largest_lectures() -> dict[str, int]:
    """Return the names of the lectures' largest traces, by steps and by bytes, with their steps."""
    files = [path for path in (HTML / "traces").glob("*.json") if "." not in path.stem]
    if not files:
        raise UserError("The lectures' traces are not built yet: run `make site`.")
    steps = {path: len(json.loads(path.read_text("utf-8"))["steps"]) for path in files}
    by_size = max(files, key=lambda path: path.stat().st_size)
    return {path.stem: steps[path] for path in (max(files, key=steps.__getitem__), by_size)}


def measure(
    browser: Browser, url: str, trace: str, first: int, steps: int
) -> tuple[float, list[float]]:
    """Return the time to the first view and the time of each step, in milliseconds."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(FIRST_VIEW)
    page.goto(f"{url}trace.html?trace=traces/{trace}.json&step={first}")
    view = page.evaluate("globalThis.firstView")
    main_thread = MainThread(page)
    page.wait_for_timeout(500)  # idle work after the first view does not count as a step
    times = []
    for _ in range(steps):
        before = main_thread.milliseconds()
        page.evaluate(STEP)
        times.append(main_thread.milliseconds() - before)
    last = int(page.get_by_role("spinbutton").input_value())
    page.close()
    if last != first + steps:
        raise UserError(f"After {steps} steps from {first} the viewer is at {last}.")
    return view, times


def statistics_of(pages: Iterable[list[float]]) -> Report:
    """Return the median and the 95th percentile of the times of the steps, per page."""
    times = list(pages)
    return {
        "medians_ms": [statistics.median(page) for page in times],
        "p95s_ms": [statistics.quantiles(page, n=20)[-1] for page in times],
    }


def run(quick: bool) -> Report:
    """Measure in fresh pages, in different parts of the trace."""
    if not (VIEWER / "trace.html").is_file():
        raise UserError("The viewer is not built yet: run `make site`.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(VIEWER, folder, dirs_exist_ok=True)
        (folder / "traces").mkdir()
        save(record(folder), folder / "traces" / "program.json")
        with serving(folder) as (browser, url):
            firsts = [i * (TOTAL_STEPS - STEPS) // PAGES for i in range(1 if quick else PAGES)]
            results = [measure(browser, url, "program", first, STEPS) for first in firsts]
            version = browser.version
    with serving(HTML) as (browser, url):
        lectures = [
            {"trace": name, "steps": steps}
            | statistics_of(
                measure(browser, url, name, 0, steps - 1)[1]
                for _ in range(1 if quick else LECTURE_PAGES)
            )
            for name, steps in largest_lectures().items()
        ]
    code = [VIEWER / "trace.html", *(VIEWER / "trace").glob("*.js"), VIEWER / "trace" / "page.css"]
    views, times = zip(*results, strict=True)
    return {
        "on": machine(chromium=version),
        "views_ms": views,
        **statistics_of(times),
        "lectures": lectures,
        "size": sum(len(gzip.compress(file.read_bytes(), 9, mtime=0)) for file in code),
    }


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    rows = [
        *step_rows(report),
        ["first view", median_range(report["views_ms"], "ms", 0), f"{MAX_VIEW:.0f} ms"],
        [
            "our code, gzipped",
            f"{report['size'] / 1000:.0f} KB",
            f"{MAX_SIZE // 1000} KB",
        ],
    ]
    shown = [table(["2,000 steps, 1,000 lines", "measured", "at most"], rows)]
    for lecture in report["lectures"]:
        head = [f"`{lecture['trace']}`, {lecture['steps']} steps", "measured", "at most"]
        shown.append(table(head, step_rows(lecture)))
    return "\n\n".join(shown)


def step_rows(measured: Report) -> list[list[str]]:
    """Return the rows about the time of a step."""
    return [
        ["step, median", median_range(measured["medians_ms"], "ms", 1), ""],
        ["step, 95th percentile", median_range(measured["p95s_ms"], "ms", 1), f"{MAX_STEP:.0f} ms"],
    ]


if __name__ == "__main__":
    sys.exit(main("viewer", run, tables))
