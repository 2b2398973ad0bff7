"""Speed of the lecture pages and their figures, against the targets that all must meet.

    python -m benchmarks.interaction [--quick | --markdown]

First contentful paint of each lecture as served from this machine, and the main thread's time for a
step of each widget's first slider in its example, the heaviest state (script, style, layout and
paint: the browser's own TaskDuration before and after), each in fresh pages. A widget without a
slider, such as the playground, has a benchmark of its own.
"""

from __future__ import annotations

import sys

from playwright.sync_api import Browser

from benchmarks._browser import MainThread, serving, showing
from benchmarks._report import Report, machine, main, median_range, table
from cs336_core.widgets import widget_classes
from tools.shell.paths import HTML, ROOT

LECTURES = [f"lectures/{path.stem}.html" for path in sorted((ROOT / "lectures").glob("*.py"))]
REPEATS = 7
STEPS = 12
MAX_PAINT = 1000.0  # milliseconds
MAX_STEP = 16.0  # milliseconds: one frame

MOVE = """
async (slider, steps) => {
  const [least, size] = [Number(slider.min), Number(slider.step) || 1];
  for (let to = 1; to <= steps; to++) {
    slider.value = least + to * size;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }
}
"""


def paint(browser: Browser, url: str) -> float:
    """Return the time to first contentful paint in milliseconds."""
    page = browser.new_page()
    page.goto(url, wait_until="load")
    milliseconds: float = page.evaluate(
        """() => new Promise((done) => new PerformanceObserver((list) => {
          const entry = list.getEntriesByName("first-contentful-paint")[0];
          if (entry) done(entry.startTime);
        }).observe({ type: "paint", buffered: true }))"""
    )
    page.close()
    return milliseconds


def step(browser: Browser, url: str) -> float | None:
    """Return the main thread's time per step of a figure's first slider, in milliseconds."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url)
    page.locator("[data-ready=true]").wait_for()
    sliders = page.locator(
        "input[type=range]"
    ).element_handles()  # finding it takes longer than a step
    if not sliders:
        page.close()
        return None
    slider = sliders[0]
    slider.scroll_into_view_if_needed()
    slider.evaluate(MOVE, STEPS)  # warm-up
    main_thread = MainThread(page)
    before = main_thread.milliseconds()
    slider.evaluate(MOVE, STEPS)
    spent = (main_thread.milliseconds() - before) / STEPS
    page.close()
    return spent


def run(quick: bool) -> Report:
    """Measure in fresh pages."""
    repeats = range(1 if quick else REPEATS)
    rows = []
    with serving(HTML) as (browser, url):
        version = browser.version
        for page in LECTURES:
            values = [paint(browser, url + page) for _ in repeats]
            rows.append({"name": f"{page}, first paint", "max_ms": MAX_PAINT, "values_ms": values})
    for cls in widget_classes().values():
        with showing(cls.example()) as (browser, url):
            costs = [step(browser, url) for _ in repeats]
        values = [cost for cost in costs if cost is not None]
        if values:
            name = f"{cls.__name__}, a step"
            rows.append({"name": name, "max_ms": MAX_STEP, "values_ms": values})
    return {"on": machine(chromium=version), "rows": rows}


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    lines = [
        [row["name"], median_range(row["values_ms"], "ms", 1), f"{row['max_ms']:.0f} ms"]
        for row in report["rows"]
    ]
    return table(["what", "time", "at most"], lines)


if __name__ == "__main__":
    sys.exit(main("interaction", run, tables))
