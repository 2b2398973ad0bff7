"""A lecture as page and as trace: links both ways, and a trace within the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from cs336_core.trace import load
from tests.site.conftest import LECTURES, OpenPage
from tests.site.figures import LAID_OUT

PAGE = "lectures/03_bpe.html"


def at(page: Page) -> int:
    return int(page.get_by_role("spinbutton").input_value())


@pytest.mark.parametrize("base", ["http", "file"])
def test_the_page_links_to_its_trace_and_back(
    html: Path, site: str, open_page: OpenPage, base: str
) -> None:
    page, watch = open_page((site if base == "http" else html.as_uri() + "/") + PAGE)
    page.get_by_role("link", name="Step through this lecture").click()
    expect(page.locator("h1")).to_have_text("Byte pair encoding")
    page.get_by_role("slider", name="Step").fill("3")
    expect(page.locator("[aria-current=step]")).to_contain_text("ids = list(text.encode")
    page.get_by_role("link", name="On the page", exact=True).click()
    expect(page).to_have_url(re.compile(r"/lectures/03_bpe\.html#line-\d+$"))
    line = page.locator(f"#{page.url.partition('#')[2]}")
    expect(line).to_be_in_viewport()
    expect(line).to_contain_text("the cat in the hat")
    assert watch.foreign(site if base == "http" else "file://") == []


def test_every_step_of_a_lecture_links_to_its_line_on_the_page(html: Path) -> None:
    for name in LECTURES:
        recorded = load(html / "traces" / f"{Path(name).stem}.json")
        page = (html / name).read_text("utf-8")
        (links,) = recorded.links.values()
        assert len(links) > 10
        for address in links.values():
            path, _, fragment = address.partition("#")
            assert path == name
            assert f'id="{fragment}"' in page
        first = min(links)
        for step in recorded:
            assert step.stack.frames()[0].line >= first


def test_each_cell_that_enters_a_function_links_to_its_first_step(
    site: str, open_page: OpenPage
) -> None:
    page, _ = open_page(site + PAGE)
    links = page.get_by_role("link", name=re.compile("^Step through the code"))
    expect(page.locator("div.cell", has=links)).to_contain_text(
        [
            "counts = count_pairs(ids)",
            "shorter = merge(ids, (116, 104), 256)",
            "params = train_bpe(text, num_merges=3)",
            'new_ids = encode("the hat", params)',
        ]
    )
    links.first.click()
    expect(page.locator("[aria-current=step]")).to_contain_text("import count_pairs")


def test_calls_of_the_package_are_stepped_into(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}trace.html?trace=traces/03_bpe.json")
    stack = page.get_by_role("navigation", name="Call stack")
    page.locator("[aria-current=step]").wait_for()
    for _ in range(12):
        page.keyboard.press("l")
    expect(stack).to_contain_text("count_pairs")
    page.keyboard.press("u")
    expect(stack).to_have_text(re.compile(r"^the program:\d+$"))


@pytest.fixture(scope="module")
def shared_figure(site: str, module_page: OpenPage) -> Locator:
    page, watch = module_page(site + PAGE)
    figure = page.locator('[data-widget="trace_viewer"]')
    figure.scroll_into_view_if_needed()
    expect(figure).to_have_attribute("data-ready", "true")
    assert watch.console == []
    return figure


@pytest.fixture
def figure(shared_figure: Locator) -> Locator:
    """A trace within a page, which only the last of its tests steps through."""
    shared_figure.page.bring_to_front()  # a page behind another draws a frame per second
    shared_figure.page.set_viewport_size({"width": 1280, "height": 900})
    shared_figure.scroll_into_view_if_needed()
    return shared_figure


def test_its_keys_do_nothing_elsewhere_on_the_page(figure: Locator) -> None:
    figure.page.locator("h1:visible").click()
    figure.page.keyboard.press("l")
    expect(figure.get_by_role("spinbutton")).to_have_value("6")


def test_within_a_page_it_fits_a_small_screen(figure: Locator) -> None:
    for width in (360, 768):
        figure.page.set_viewport_size({"width": width, "height": 740})
        figure.page.evaluate(LAID_OUT)
        box = figure.bounding_box()
        assert box is not None
        for button in figure.get_by_role("button").all():
            own = button.bounding_box()
            if own:
                assert own["x"] >= box["x"]
                assert own["x"] + own["width"] <= box["x"] + box["width"] + 1


def test_a_trace_within_a_page_is_stepped_through(figure: Locator) -> None:
    now = figure.locator("[aria-current=step]")
    expect(now).to_contain_text("ids = list(text.encode")
    expect(now).to_be_in_viewport()
    figure.get_by_role("button", name="One step forward").click()
    figure.get_by_role("button", name="One step forward").click()
    expect(figure.get_by_role("spinbutton")).to_have_value("8")
    figure.page.keyboard.press("u")  # its keys are its own: the focus is within
    expect(figure.get_by_role("spinbutton")).to_have_value("126")
    figure.page.wait_for_url("**training.step=126**")
    figure.page.reload()
    expect(figure.get_by_role("spinbutton")).to_have_value("126")


def test_without_javascript_its_steps_are_a_table(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(site + PAGE, java_script_enabled=False)
    table = page.locator('[data-widget="trace_viewer"] table')
    expect(table.locator("caption")).to_contain_text("the first 50 of 347")
    expect(table.locator("tbody tr").first).to_contain_text("def train_bpe")
