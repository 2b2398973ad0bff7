"""How fast a lecture page is, against the bars that every page has to clear.

    python -m benchmarks.interaction [--quick | --markdown]

First contentful paint of the page as served from this machine, and the main thread's time for one
step of its figure (script, style, layout and paint: the browser's own TaskDuration before and
after), each in fresh pages.
"""

from __future__ import annotations

import sys

from playwright.sync_api import Browser

from benchmarks._browser import MainThread, serving
from benchmarks._report import Report, machine, main, spread, table, told
from tools.entry import guarded
from tools.paths import HTML

PAGE = "lectures/03_bpe.html"
REPEATS = 7
PAINT_BAR = 1000.0  # milliseconds
STEP_BAR = 16.0  # milliseconds: one frame

STEPS = """
async (slider) => {
  const step = async (to) => {
    slider.value = to;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  };
  for (let to = 1; to <= 12; to++) await step(to);
}
"""


def measure(browser: Browser, url: str) -> tuple[float, float]:
    """Return first contentful paint and the main thread's time a step, in milliseconds."""
    page = browser.new_page()
    page.goto(url, wait_until="load")
    paint: float = page.evaluate(
        """() => new Promise((done) => new PerformanceObserver((list) => {
          const entry = list.getEntriesByName("first-contentful-paint")[0];
          if (entry) done(entry.startTime);
        }).observe({ type: "paint", buffered: true }))"""
    )
    figure = page.locator("[data-widget]").first
    figure.scroll_into_view_if_needed()
    slider = figure.get_by_role("slider")
    slider.evaluate(STEPS)  # warm
    main_thread = MainThread(page)
    before = main_thread.milliseconds()
    slider.evaluate(STEPS)
    spent = (main_thread.milliseconds() - before) / 12
    page.close()
    return paint, spent


def run(quick: bool) -> Report:
    """Measure in fresh pages."""
    with serving(HTML) as (browser, url):
        measured = [measure(browser, url + PAGE) for _ in range(1 if quick else REPEATS)]
        version = browser.version
    paints, steps = zip(*measured, strict=True)
    rows = [
        {"name": "first contentful paint", "bar_ms": PAINT_BAR, "values_ms": paints},
        {"name": "main thread, a step", "bar_ms": STEP_BAR, "values_ms": steps},
    ]
    return {"on": machine(chromium=version), "rows": rows}


def tables(report: Report) -> str:
    """Return the report for readers."""
    lines = [
        [row["name"], spread(row["values_ms"], "ms", 1), f"{row['bar_ms']:.0f} ms"]
        for row in report["rows"]
    ]
    return f"{told(report)}\n\n{table([PAGE, 'time', 'at most'], lines)}"


if __name__ == "__main__":
    sys.exit(guarded(lambda: main("interaction", run, tables)))
