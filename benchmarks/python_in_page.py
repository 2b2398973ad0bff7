"""How long a program in the page takes from pressing Run to its first output, and what it loads.

    python -m benchmarks.python_in_page [--quick | --markdown]

Presses Run on a page with a playground, three times. The first run is cold: the page loads Python
from a server on this machine and starts it. The others are warm: each gets a fresh Python, which
the page has prepared since the last one. The bytes are those of the loaded files as a server sends
them, gzipped.
"""

from __future__ import annotations

import gzip
import sys
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from benchmarks._browser import showing
from benchmarks._report import Report, machine, main, median_range, table
from cs336_core.widgets import PythonPlayground
from tools.shell.paths import HTML

REPEATS = 7
MAX_COLD, MAX_WARM = 4.0, 0.3  # seconds
MAX_LOADED = 7.0  # MB
PROGRAM = "print('first output')"
TIMEOUT = 120_000  # milliseconds

# Resolves with the seconds until the output is in the page.
RUN = """() => new Promise((done) => {
  const root = document.querySelector(".cs336-python");
  const start = performance.now();
  const observer = new MutationObserver(() => {
    if (!root.querySelector(".cs336-python-stdout")) return;
    observer.disconnect();
    done((performance.now() - start) / 1000);
  });
  observer.observe(root, { subtree: true, childList: true, characterData: true });
  root.querySelector(".cs336-play").click();
})"""
READY = "document.querySelector('.cs336-status').textContent.startsWith('Finished')"


def measure(browser: Browser, url: str) -> tuple[float, list[float], int]:
    """Return the seconds of a cold run and of two warm ones, and the gzipped bytes loaded."""
    context = browser.new_context()  # with nothing cached
    page = context.new_page()
    page.set_default_timeout(TIMEOUT)
    loaded: list[str] = []
    page.goto(url, wait_until="networkidle")
    page.on("request", lambda request: loaded.append(request.url))
    cold = seconds(page)
    warm = [seconds(page) for _ in range(2)]
    context.close()
    files = {urlsplit(address).path for address in loaded if address.startswith(url)}
    size = sum(len(gzip.compress((HTML / file.lstrip("/")).read_bytes())) for file in files)
    return cold, warm, size


def seconds(page: Page) -> float:
    """Run the program; return how long its output took, once another Python is prepared."""
    duration: float = page.evaluate(RUN)
    page.wait_for_function(READY)
    page.wait_for_timeout(2000)
    return duration


def run(quick: bool) -> Report:
    """Measure in fresh pages."""
    with showing(PythonPlayground(PROGRAM)) as (browser, url):
        runs = [measure(browser, url) for _ in range(1 if quick else REPEATS)]
        version = browser.version
    return {
        "on": machine(chromium=version),
        "cold_s": [cold for cold, _, _ in runs],
        "warm_s": [seconds for _, warm, _ in runs for seconds in warm],
        "loaded_mb": [size / 1e6 for _, _, size in runs],
    }


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    rows = [
        ["first run of a page", median_range(report["cold_s"], "s"), f"{MAX_COLD:.0f} s"],
        ["every later run", median_range(report["warm_s"], "s"), f"{MAX_WARM} s"],
        [
            "loaded by the first run",
            median_range(report["loaded_mb"], "MB"),
            f"{MAX_LOADED:.0f} MB",
        ],
    ]
    head = ["from Run to the first output", "measured", "at most"]
    return table(head, rows)


if __name__ == "__main__":
    sys.exit(main("python_in_page", run, tables))
