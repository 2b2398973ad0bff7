"""How fast a lecture page is, against the bars that every page has to clear.

    python -m benchmarks.interaction [--quick | --markdown]

First contentful paint of the page as served from this machine, and the main thread's time for one
step of its figure (script, style, layout and paint: the browser's own TaskDuration before and
after), each in fresh pages.
"""

from __future__ import annotations

import os
import sys
import threading

from playwright.sync_api import Browser, sync_playwright

from benchmarks._report import Report, machine, main, spread, table, told
from tools import browser as chromium
from tools import ports
from tools.entry import guarded
from tools.paths import HTML
from tools.serve import Server

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
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")

    def task_seconds() -> float:
        metrics = client.send("Performance.getMetrics")["metrics"]
        return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))

    before = task_seconds()
    slider.evaluate(STEPS)
    spent = (task_seconds() - before) * 1000 / 12
    page.close()
    return paint, spent


def run(quick: bool) -> Report:
    """Measure in fresh pages."""
    program = chromium.find(os.environ) or chromium.ensure()

    with Server(HTML, ports.listening(0)) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=program, args=chromium.LAUNCH_ARGS)
        repeats = 1 if quick else REPEATS
        measured = [measure(browser, server.url + PAGE) for _ in range(repeats)]
        version = browser.version
        browser.close()
        server.shutdown()
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
