"""What a trace draws once the reader stays at a step: live figures, large values in full."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from cs336_core.trace import dumps, load, trace
from tests.site.conftest import OpenPage
from tests.site.figures import LAID_OUT
from tests.site.test_reading_a_trace import TRACE, at, current, step_that_shows

DIAL = {"query": "1, 0", "key_vector": "1, 0", "query_position": 3}
FRAME = {"path": "a.py", "function_name": "f"}
MOMENT = 300  # milliseconds, longer than a reader stays before the figures of a step are drawn


def stop_the_clock(page: Page) -> None:
    """Let no more time pass in the page, so that however slow the machine, steps are quick."""
    page.clock.pause_at(datetime.datetime.now() + datetime.timedelta(hours=1))


def dial(page: Page) -> Locator:
    return page.get_by_role("group", name="Rotary positions")


def test_quick_steps_mount_no_figure(html: Path, site: str, open_page: OpenPage) -> None:
    step = step_that_shows(load(html / "traces" / "05_transformer.json"), "rotary_dial")
    page, watch = open_page("about:blank")
    page.clock.install()
    page.goto(site + TRACE.format(name="05_transformer", step=0))
    current(page).wait_for()
    stop_the_clock(page)
    page.get_by_role("slider", name="Step", exact=True).fill(str(step - 2))
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(at(page)).to_have_value(str(step))
    expect(current(page).get_by_text("An interactive figure.")).to_be_in_viewport()
    page.wait_for_timeout(MOMENT)
    assert not any("rotary_dial" in url for url in watch.requests)
    page.clock.resume()
    expect(dial(page)).to_be_in_viewport()
    assert watch.console == []


@pytest.mark.parametrize("step", [1, 2])
def test_a_figure_that_is_mounted_late_leaves_the_current_line_where_it_is(
    site: str, open_page: OpenPage, step: int
) -> None:
    """Whether the figure stands on that line or above it."""
    shown: list[dict[str, Any]] = [
        {"type": "markdown", "data": "Before."},
        {"type": "widget", "data": {"view": "rotary_dial", "key": "a", "state": DIAL}},
        {"type": "markdown", "data": "After."},
    ]
    steps = [
        {"stack": [{**FRAME, "line_number": 2 + i}], "env": {}, "renderings": [rendering]}
        for i, rendering in enumerate(shown)
    ]
    source = "def f():\n" + "    show()\n" * 80
    program = {"files": {"a.py": source}, "hidden_line_numbers": {}, "steps": steps}
    page, watch = open_page("about:blank")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/late.json", lambda route: route.fulfill(json=program))
    page.route("**/widgets/rotary_dial.js", hold)
    with page.expect_request("**/widgets/rotary_dial.js"):
        page.goto(f"{site}trace.html?trace=late.json&step={step}")
    line = current(page)
    page.evaluate(LAID_OUT)
    before = line.bounding_box()
    held[0].continue_()
    expect(dial(page)).to_be_attached()
    page.evaluate(LAID_OUT)
    after = line.bounding_box()
    assert before is not None
    assert after is not None
    assert after["y"] == pytest.approx(before["y"], abs=1)  # a pixel of rounding
    expect(line).to_be_in_viewport()
    assert watch.console == []


def compute_table() -> None:
    """Compute a table in tables."""
    table = [
        {
            "name": f"row {i}",
            "parts": [[f"entry {i}.{j}.{k} of {'x' * 9}" for k in range(6)] for j in range(6)],
        }
        for i in range(6)
    ]
    print(len(table))


def test_a_large_value_is_drawn_in_full_at_rest(site: str, open_page: OpenPage) -> None:
    recorded = json.loads(dumps(trace(compute_table, inspect_all=True)))
    page, watch = open_page("about:blank")
    page.clock.install()
    page.route("**/table.json", lambda route: route.fulfill(json=recorded))
    page.goto(f"{site}trace.html?trace=table.json&step=0")
    current(page).wait_for()
    stop_the_clock(page)
    page.keyboard.press("End")
    side = page.get_by_role("region", name="Variables and output")
    entries = side.locator("code", has_text="entry")
    expect(entries.filter(has_text="entry 0.0.0").first).to_be_in_viewport()
    assert entries.count() < 6**3
    page.clock.resume()
    expect(side.locator("code.cs336-line-value", has_text="'entry")).to_have_count(6**3)
    assert watch.console == []
