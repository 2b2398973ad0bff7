"""How fast a lecture page is, against the bars that every page has to clear.

    make bench

First contentful paint of the page as served from this machine, and the main thread's time for one
step of its figure (script, style, layout and paint: the browser's own TaskDuration before and
after), each in fresh pages. Prints the medians with their spread, and writes them to
_build/bench/interaction.json.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import threading

from playwright.sync_api import Browser, sync_playwright

from tools import browser as chromium
from tools import ports
from tools.paths import BUILD, HTML
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


def main() -> None:
    """Measure, print, write."""
    program = chromium.find(os.environ) or chromium.ensure()

    with Server(HTML, ports.listening(0)) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=program, args=chromium.LAUNCH_ARGS)
        measured = [measure(browser, server.url + PAGE) for _ in range(REPEATS)]
        version = browser.version
        browser.close()
        server.shutdown()
    rows = {
        "first contentful paint": (PAINT_BAR, [paint for paint, _ in measured]),
        "main thread, a step": (STEP_BAR, [spent for _, spent in measured]),
    }
    print(f"{PAGE}, Chromium {version}, {os.cpu_count()} cores, {REPEATS} fresh pages")
    report = []
    for name, (bar, values) in rows.items():
        median, low, high = statistics.median(values), min(values), max(values)
        print(f"  {name:24} {median:7.1f} ms ({low:.1f} to {high:.1f}), the bar {bar:.0f} ms")
        report.append({"name": name, "bar_ms": bar, "median_ms": median, "values_ms": values})
    out = BUILD / "bench" / "interaction.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    machine = {"machine": platform.machine(), "cores": os.cpu_count(), "chromium": version}
    out.write_text(json.dumps({**machine, "rows": report}, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
