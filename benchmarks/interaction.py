"""How fast lecture pages and their figures are, against the bars that all have to clear.

    python -m benchmarks.interaction [--quick | --markdown]

First contentful paint of each lecture as served from this machine, and the main thread's time for a
step of each figure at its heaviest (script, style, layout and paint: the browser's own TaskDuration
before and after), each in fresh pages.
"""

from __future__ import annotations

import random
import sys

from playwright.sync_api import Browser

from benchmarks._browser import MainThread, serving, showing
from benchmarks._report import Report, machine, main, spread, table, told
from cs336_core.ui.course_widget import CourseWidget
from cs336_core.widgets import (
    AttentionExplorer,
    BPETimeMachine,
    FlashStepper,
    FlopsExplorer,
    Roofline,
    RotaryDial,
    TrainingCalculator,
)
from tools.shell.errors import run_main
from tools.shell.paths import HTML, ROOT

LECTURES = [f"lectures/{path.stem}.html" for path in sorted((ROOT / "lectures").glob("*.py"))]
REPEATS = 7
STEPS = 12
PAINT_BAR = 1000.0  # milliseconds
STEP_BAR = 16.0  # milliseconds: one frame

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


def figures() -> list[tuple[str, CourseWidget, str]]:
    """Return figures at their heaviest: what each shows, itself, and the slider that is moved.

    The playground, the time machine and the trace viewer have benchmarks of their own.
    """
    rng = random.Random(336)
    q, k, v = ([[rng.gauss(0, 2) for _ in range(16)] for _ in range(24)] for _ in range(3))
    return [
        (
            "BPE time machine, compact, 12 merges",
            BPETimeMachine("the cat in the hat", 12, compact=True),
            "Merges",
        ),
        ("attention explorer, 24 tokens", AttentionExplorer([" it"] * 24, q, k, v), "Temperature"),
        ("FlashAttention stepper, tiles of 1 by 1", FlashStepper(tile=(1, 1)), "Tiles"),
        ("rotary dial, 256 places", RotaryDial(places=256), "Query at place"),
        ("FLOPs explorer, GPT-3", FlopsExplorer("gpt3-175b"), "Layers"),
        ("FLOPs explorer, DeepSeek-V3", FlopsExplorer("deepseek-v3"), "Layers"),
        ("roofline, DeepSeek-V3", Roofline("deepseek-v3"), "Tokens of each"),
        ("training calculator, DeepSeek-V3", TrainingCalculator("deepseek-v3"), "Machines"),
    ]


def paint(browser: Browser, url: str) -> float:
    """Return first contentful paint in milliseconds."""
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


def step(browser: Browser, url: str, name: str) -> float:
    """Return what a step of a figure's slider costs the main thread, in milliseconds."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url)
    slider = page.get_by_role("slider", name=name).element_handle()  # the search costs more
    slider.scroll_into_view_if_needed()
    slider.evaluate(MOVE, STEPS)  # warm
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
            rows.append({"name": f"{page}, first paint", "bar_ms": PAINT_BAR, "values_ms": values})
    for name, figure, slider in figures():
        with showing(figure) as (browser, url):
            values = [step(browser, url, slider) for _ in repeats]
            rows.append({"name": f"{name}, a step", "bar_ms": STEP_BAR, "values_ms": values})
    return {"on": machine(chromium=version), "rows": rows}


def tables(report: Report) -> str:
    """Return the report for readers."""
    lines = [
        [row["name"], spread(row["values_ms"], "ms", 1), f"{row['bar_ms']:.0f} ms"]
        for row in report["rows"]
    ]
    return f"{told(report)}\n\n{table(['what', 'time', 'at most'], lines)}"


if __name__ == "__main__":
    sys.exit(run_main(lambda: main("interaction", run, tables)))
