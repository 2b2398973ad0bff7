"""Time per step of the BPE time machine, on the longest text that it accepts.

    python -m benchmarks.time_machine [--quick | --markdown]

A text of 4,000 bytes with 1,000 merges, as a whole and split into words with GPT-2's pattern. The
time per step of the slider is the main thread's time for script, style, layout and paint, by the
browser's own TaskDuration before and after, with the next frame drawn. (It includes the 1 to 2 ms
of the measurement itself.) A drag moves 25 steps at a time, which adds as many tokens.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Iterable

from playwright.sync_api import Browser

from benchmarks._browser import MainThread, showing
from benchmarks._report import Report, machine, main, median_range, table
from cs336_core.widgets import BPETimeMachine
from cs336_core.widgets.bpe_time_machine.widget import LONGEST_TEXT, MAX_MERGES, Pretokenization
from tools.shell.errors import UserError

PAGES = 5
STEPS = 100  # measured in a page
DRAG = 25  # steps at a time
MAX_STEP = 16.0  # milliseconds: one frame
CASES: dict[Pretokenization, str] = {"none": "whole text", "gpt2": "words"}

STEP = """
async (slider, to) => {
  slider.value = to;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}
"""


def text() -> str:
    """Return random words of a few syllables with Zipf's frequencies, the same each time."""
    rng = random.Random(336)
    syllables = [c + v for c in "bcdfghklmnprstw" for v in ("a", "e", "i", "o", "u", "en", "er")]
    words = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(400)]
    frequencies = [1 / rank for rank in range(1, len(words) + 1)]
    return " ".join(rng.choices(words, frequencies, k=LONGEST_TEXT))[:LONGEST_TEXT]


def measure(browser: Browser, url: str, steps: Iterable[int]) -> list[float]:
    """Return the time that moving to each of the steps takes, in milliseconds."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(url)
    slider = page.get_by_role("slider").element_handle()  # finding it takes longer than a step
    main_thread = MainThread(page)
    first, *others = steps
    slider.evaluate(STEP, first)
    page.wait_for_timeout(500)  # idle work after the first view does not count as a step
    costs = []
    for step in others:
        before = main_thread.milliseconds()
        slider.evaluate(STEP, step)
        costs.append(main_thread.milliseconds() - before)
        if slider.input_value() != str(step):
            raise UserError(f"The slider should be at {step} and is at {slider.input_value()}.")
    page.close()
    return costs


def run(quick: bool) -> Report:
    """Measure in fresh pages, at different parts of the run."""
    pages = 1 if quick else PAGES
    rows = []
    for pretokenization, case in CASES.items():
        figure = BPETimeMachine(text(), MAX_MERGES, pretokenization=pretokenization)
        last = len(figure.merges)
        with showing(figure) as (browser, url):
            version = browser.version
            firsts = [page * (last - STEPS) // pages for page in range(pages)]
            kinds = {
                "a step": [range(first, first + STEPS + 1) for first in firsts],
                "a drag": [range(page, last, DRAG) for page in range(pages)],
            }
            for kind, all_steps in kinds.items():
                costs = [measure(browser, url, steps) for steps in all_steps]
                rows.append(
                    {
                        "name": f"{kind}, {case}",
                        "medians_ms": [statistics.median(page) for page in costs],
                        "p95s_ms": [statistics.quantiles(page, n=20)[-1] for page in costs],
                    }
                )
    return {"on": machine(chromium=version), "rows": rows}


def tables(report: Report) -> str:
    """Return the Markdown tables of a report."""
    rows = [
        [
            row["name"],
            median_range(row["medians_ms"], "ms", 1),
            median_range(row["p95s_ms"], "ms", 1),
            f"{MAX_STEP:.0f} ms",
        ]
        for row in report["rows"]
    ]
    head = ["4,000 bytes, 1,000 merges", "median", "95th percentile", "at most"]
    return table(head, rows)


if __name__ == "__main__":
    sys.exit(main("time_machine", run, tables))
