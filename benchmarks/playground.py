"""How long the playground's page is unresponsive after a megabyte is pasted.

    python -m benchmarks.playground [--quick | --markdown]

Pastes a megabyte of words, some of them Chinese, with five tokenizers selected. Reports the main
thread's long tasks until everything visible is drawn: by the browser's definition, tasks of 50 ms
or more, during which a page does not respond.
"""

from __future__ import annotations

import sys

from playwright.sync_api import Browser

from benchmarks._browser import showing
from benchmarks._report import Report, machine, main, median_range, table
from cs336_core.widgets import Playground

REPEATS = 7
MAX_TASK = 50.0  # milliseconds
TOKENIZERS = ["bytes", "words", "gpt2", "cl100k", "o200k"]
DRAWN = 1000  # tokens per tokenizer
TIMEOUT = 120_000  # milliseconds

PASTE = """
(area) => {
  globalThis.long = [];
  globalThis.observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) long.push(duration);
  });
  observer.observe({ entryTypes: ["longtask"] });
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", "the cat in the hat, 猫. ".repeat(40_000));
  area.setSelectionRange(0, area.value.length);
  const how = { clipboardData, bubbles: true, cancelable: true };
  area.dispatchEvent(new ClipboardEvent("paste", how));
}
"""
ALL_DRAWN = "(n) => document.querySelectorAll('.cs336-piece').length === n"
ALL_COUNTED = "() => document.querySelector('.cs336-status').textContent.includes('o200k')"


def measure(browser: Browser, url: str) -> list[float]:
    """Return the duration of each long task, in milliseconds."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url)
    page.wait_for_function(ALL_COUNTED, timeout=TIMEOUT)  # the vocabularies are loaded
    page.wait_for_timeout(500)
    page.get_by_role("textbox").evaluate(PASTE)
    page.wait_for_function(ALL_DRAWN, arg=DRAWN * len(TOKENIZERS), timeout=TIMEOUT)
    page.wait_for_timeout(500)
    long: list[float] = page.evaluate("long")
    page.close()
    return long


def run(quick: bool) -> Report:
    """Measure in fresh pages."""
    with showing(Playground("hello", TOKENIZERS)) as (browser, url):
        tasks = [measure(browser, url) for _ in range(1 if quick else REPEATS)]
        version = browser.version
    return {
        "on": machine(chromium=version),
        "long_tasks": [len(durations) for durations in tasks],
        "longest_ms": [max(durations, default=0.0) for durations in tasks],
    }


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    rows = [
        ["long tasks", median_range(report["long_tasks"], "tasks", 0), "none"],
        ["the longest", median_range(report["longest_ms"], "ms", 0), f"{MAX_TASK:.0f} ms"],
    ]
    return table(["1 MB, five tokenizers", "measured", "at most"], rows)


if __name__ == "__main__":
    sys.exit(main("playground", run, tables))
