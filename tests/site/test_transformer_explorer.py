"""The Transformer in the page: what it predicts, what removing parts does, what fails to load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cs336_core.widgets import TransformerExplorer
from tests.site.conftest import OpenPage
from tests.site.figures import Figure, write_pages

pytestmark = pytest.mark.xdist_group("transformer_explorer")


class Explorer(Figure):
    """The figure and its parts."""

    view = "transformer_explorer"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.text = self.root.get_by_role("textbox", name="Type a sentence")
        self.next = self.root.get_by_role("group", name="Next token after")
        self.removal = self.root.get_by_role("group", name="Remove parts")


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with the figure."""
    folder = tmp_path_factory.mktemp("explorer")
    write_pages(html, folder, {"explorer": TransformerExplorer()})
    return folder


def test_it_reads_what_is_typed_and_a_click_appends_a_token(
    served: str, open_page: OpenPage
) -> None:
    page, watch = open_page(f"{served}explorer.html")
    figure = Explorer(page)
    expect(figure.status).to_contain_text("the model expects “␣Leo”")
    figure.text.fill("When Leo and Lucy went to the market, Leo gave a ring to")
    expect(figure.status).to_contain_text("the model expects “␣Lucy”")
    figure.next.get_by_role("button", name="␣Lucy").click()
    expect(figure.text).to_have_value(re.compile("gave a ring to Lucy$"))
    expect(figure.status).to_contain_text("After “␣Lucy”")
    tokens = figure.root.get_by_role("option")
    tokens.last.press("Home")
    expect(tokens.first).to_have_attribute("aria-selected", "true")
    expect(figure.status).to_contain_text("After “When”")
    figure.text.fill("é" * 201)
    expect(figure.root.get_by_role("alert")).to_contain_text("402 bytes, at most 400")
    assert watch.console == []
    assert [url for url in watch.requests if "/models/" in url] == [
        f"{served}_static/widgets/models/small.js"
    ]


def test_a_removed_part_changes_the_prediction_and_comes_back(
    served: str, open_page: OpenPage
) -> None:
    page, watch = open_page(f"{served}explorer.html")
    figure = Explorer(page)
    positions = figure.removal.get_by_role("button", name="positions")
    expect(positions).not_to_contain_text("…")  # the effect of each part has been computed
    positions.click()
    expect(figure.status).to_contain_text("Without positions, the probability of “␣Leo” goes from")
    head = figure.root.get_by_role("button", name="Head 1 of block 2", exact=True).first
    head.click()
    side = figure.root.get_by_role("group", name="Head 1 of block 2")
    side.get_by_role("button", name="Remove it").click()
    page.wait_for_url(re.compile("removed=positions%2Chead-2-1|removed=head-2-1%2Cpositions"))
    side.get_by_role("button", name="Put it back").click()
    positions.click()
    expect(figure.status).not_to_contain_text("Without")
    assert watch.console == []


def test_a_model_that_cannot_be_loaded_is_explained(served: str, open_page: OpenPage) -> None:
    page, _ = open_page("about:blank")
    page.route("**/models/small.js", lambda route: route.abort())
    page.goto(f"{served}explorer.html")
    figure = Explorer(page)
    expect(figure.root).to_contain_text("The model could not be loaded")


def test_in_a_box_that_scrolls_the_model_loads_before_the_figure_is_seen(
    pages: Path, served: str, open_page: OpenPage
) -> None:
    text = (pages / "explorer.html").read_text("utf-8")
    box = '<div style="height: 300px; overflow: auto"><p style="height: 600px"></p>'
    text = text.replace('<div class="cs336-widget"', f'{box}<div class="cs336-widget"')
    (pages / "scrolls.html").write_text(text.replace("</main>", "</div></main>"), "utf-8")
    page, _ = open_page(f"{served}scrolls.html")
    expect(Explorer(page).status).to_contain_text("the model expects")


@pytest.mark.parametrize("width", [360, 700, 1280])
def test_the_figure_is_as_high_while_the_model_loads(
    served: str, open_page: OpenPage, width: int
) -> None:
    page, _ = open_page("about:blank", width=width)
    root = page.locator(f'[data-widget="{Explorer.view}"]')
    heights = []
    for held_back, shown in (
        ("models/small.js", root.get_by_text("Loading the model")),
        (None, root.get_by_role("group", name="Remove parts").get_by_text("%").first),
    ):
        page.unroute_all()
        if held_back:
            page.route(f"**/{held_back}", lambda _: None)  # it never arrives
        page.goto(f"{served}explorer.html", wait_until="commit")
        expect(shown).to_be_visible()
        page.evaluate("document.fonts.ready.then(() => {})")
        heights.append(root.evaluate("(figure) => figure.getBoundingClientRect().height"))
    assert max(heights) - min(heights) < 50, heights
