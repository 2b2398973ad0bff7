"""Attention heads in the page: the reader's sentence, the heads it finds, a link, the keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cs336_core.widgets import HeadExplorer
from tests.site.conftest import OpenPage
from tests.site.figures import Figure, outside, write_pages

pytestmark = pytest.mark.xdist_group("transformer_explorer")


class Heads(Figure):
    """The figure and its parts."""

    view = "head_explorer"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.text = self.root.get_by_role("textbox", name="Type a sentence")
        self.finder = self.root.get_by_role("group", name="Find the head that attends most to")
        self.tokens = self.root.get_by_role("option")


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with the figure."""
    folder = tmp_path_factory.mktemp("heads")
    write_pages(html, folder, {"heads": HeadExplorer()})
    return folder


def test_a_head_is_found_and_follows_the_sentence(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{served}heads.html")
    figure = Heads(page)
    expect(figure.status).to_contain_text(
        "Of all 16 heads, this one attends most to tokens that repeat an earlier one"
    )
    expect(figure.status).to_contain_text("“␣to” attends only to “␣Lucy”")  # as the lecture says
    figure.text.fill("When Leo and Lucy went to the market, Leo gave a ring to")
    expect(figure.status).to_contain_text("“␣to” attends most to “␣Leo”")
    figure.finder.get_by_role("button", name="capital letters").click()
    expect(figure.status).to_contain_text("attends most to tokens with a capital")
    page.wait_for_url(re.compile("target=capital"))
    figure.text.fill("where is anna")
    expect(figure.tokens.last).to_be_visible()
    capitals = figure.finder.get_by_role("button", name="capital letters")
    expect(capitals).to_have_attribute("aria-disabled", "true")
    figure.root.get_by_role("button", name="Head 3 of block 2").click()
    expect(figure.status).to_contain_text("Head 3 of block 2:")
    page.wait_for_url(re.compile("head=head-2-3"))
    assert watch.console == []


def test_a_token_is_pointed_at_and_selected_in_arcs_and_map(
    served: str, open_page: OpenPage
) -> None:
    page, watch = open_page(f"{served}heads.html")
    figure = Heads(page)
    figure.finder.get_by_role("button", name="the previous token").click()
    expect(figure.status).to_contain_text("“␣to” attends most to")
    n_arcs = figure.root.locator(".cs336-heads-arc").count()
    figure.tokens.nth(1).hover()
    expect(figure.status).to_contain_text("“␣Leo” attends")
    assert figure.root.locator(".cs336-heads-arc").count() <= 2 < n_arcs
    page.mouse.move(0, 0)
    expect(figure.status).to_contain_text("“␣to” attends")
    figure.tokens.last.press("Home")
    expect(figure.status).to_contain_text("“When” can attend only to itself")
    page.wait_for_url(re.compile("position=1"))
    figure.root.get_by_role("grid").get_by_role("gridcell").nth(14 * 3 + 1).click()
    expect(figure.tokens.nth(3)).to_have_attribute("aria-selected", "true")
    assert watch.console == []


def test_on_a_phone_the_tokens_are_a_list(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}heads.html", width=360, height=740)
    figure = Heads(page)
    tokens = figure.root.get_by_role("listbox", name="Position")
    expect(tokens).to_have_attribute("aria-orientation", "vertical")
    assert outside(figure.root) == []
