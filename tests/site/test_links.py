"""Links to figures: they open at the figure they name, with what was set in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cs336_core.widgets import BPETimeMachine
from tests.site.conftest import OpenPage
from tests.site.figures import LAID_OUT, Figure, top_of, write_pages

# Two figures of one kind without keys of their own, far apart, on a page that still moves once it
# is loaded.
LATE = """<script>
addEventListener("load", () => setTimeout(() => {
  document.querySelector("h1").style.paddingBottom = "900px";
}, 300));
</script>"""
AT_THE_TOP = """(id) => {
  const { top } = document.getElementById(id).getBoundingClientRect();
  return 0 <= top && top < 100;
}"""
FAR_BELOW = "(id) => document.getElementById(id).getBoundingClientRect().top > 300"
FAR = '<p style="height: 3000px">…</p>'
HEADING = '<h2 id="bpe-time-machine">A heading may have the id of a figure</h2>'


class Machine(Figure):
    """One of the two time machines, by its id."""

    view = "bpe_time_machine"

    def __init__(self, page: Page, name: str) -> None:
        super().__init__(page, page.locator(f'[data-widget="{self.view}"][id="{name}"]'))
        self.slider = self.slider_of("Merges")


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page of two figures."""
    folder = tmp_path_factory.mktemp("links")
    figure = BPETimeMachine("the cat in the hat", num_merges=4, compact=True)
    write_pages(html, folder, {"one": figure})
    page = (folder / "one.html").read_text("utf-8")
    one = figure.static_html()
    two = page.replace(one, FAR + one + FAR + one + FAR + LATE)
    (folder / "two.html").write_text(two, "utf-8")
    (folder / "heading.html").write_text(two.replace("<main>", f"<main>{HEADING}"), "utf-8")
    return folder


def test_a_link_opens_at_its_figure(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(
        f"{served}two.html?bpe-time-machine.step=1&bpe-time-machine-2.step=3#bpe-time-machine-2"
    )
    figure = Machine(page, "bpe-time-machine-2")
    page.wait_for_function("document.querySelector('h1').style.paddingBottom !== ''")
    page.wait_for_function(AT_THE_TOP, arg="bpe-time-machine-2")
    expect(figure.root).to_have_attribute("data-arrived", "true")
    expect(figure.root.locator(":focus")).to_have_attribute("role", "group")
    expect(figure.slider).to_have_value("3")
    expect(Machine(page, "bpe-time-machine").slider).to_have_value("1")
    page.keyboard.press("Tab")  # goes on from there
    expect(figure.root.locator(":focus")).to_be_visible()
    page.keyboard.press("Tab")  # out of the text box, where PageUp moves within the text
    page.keyboard.press("PageUp")  # the reader moves on, and is not brought back
    page.wait_for_function(FAR_BELOW, arg="bpe-time-machine-2")  # the page scrolls smoothly
    page.evaluate("document.querySelector('h1').style.paddingBottom = '1200px'")
    page.evaluate(LAID_OUT)
    assert top_of(figure.root) > 300
    assert watch.console == []


def test_what_is_set_after_that_stays_with_its_figure(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}two.html", permissions=["clipboard-read", "clipboard-write"])
    first, second = Machine(page, "bpe-time-machine"), Machine(page, "bpe-time-machine-2")
    first.slider.fill("2")
    second.slider.fill("4")
    state = "bpe-time-machine.step=2&bpe-time-machine-2.step=4"
    page.wait_for_url(f"**/two.html?{state}")
    assert first.copied_link() == f"{served}two.html?{state}#bpe-time-machine"
    assert second.copied_link() == f"{served}two.html?{state}#bpe-time-machine-2"
    page.evaluate("location.hash = 'bpe-time-machine'")
    expect(first.root).to_have_attribute("data-arrived", "true")
    page.reload()
    expect(Machine(page, "bpe-time-machine").root).not_to_have_attribute("data-arrived", "true")


def test_a_heading_keeps_its_id(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}heading.html?bpe-time-machine.step=2#bpe-time-machine")
    expect(Machine(page, "bpe-time-machine-2").slider).to_have_value("2")
    expect(page.locator("[data-arrived]")).to_have_count(0)
    assert top_of(page.get_by_role("heading", level=2)) >= 0
