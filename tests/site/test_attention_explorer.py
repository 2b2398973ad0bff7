"""The attention explorer on a static page: cells, rows, masks, padding, temperature, heads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from cs336_core.widgets import AttentionExplorer
from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage
from tests.site.figures import Figure, outside, top_of, write_pages

TOKENS = ["The", " cat", " sat", " because", " it", " was", " tired"]
FEATURES = ["animal", "action", "pronoun", "other"]
X = torch.tensor(
    [
        [0.0, 0.0, 0.0, 1.0],
        [1.0, 0.0, 0.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 0.0, 1.0],
        [0.0, 0.0, 1.0, 0.0],
        [0.0, 1.0, 0.0, 0.5],
        [0.0, 0.5, 0.0, 1.0],
    ]
)


def sentence() -> AttentionExplorer:
    """A pronoun that looks for an animal: “it” finds “cat”."""
    w_query = torch.eye(4)
    w_query[2] = torch.tensor([6.0, 0.0, 0.0, -1.0])
    return AttentionExplorer(TOKENS, X @ w_query, X, X, features=FEATURES, key="a")


def large() -> AttentionExplorer:
    """The largest explorer there can be."""
    generator = torch.Generator().manual_seed(336)
    q, k, v = torch.randn(3, 8, 24, 16, generator=generator)
    tokens = [f" {word}" for word in ("token", "a", "<b>", "猫", "unbelievably", "of") * 4]
    return AttentionExplorer(tokens, 2 * q, 2 * k, v, head=3, key="a")


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pages of one explorer each, beside the files of the site."""
    folder = tmp_path_factory.mktemp("explorers")
    figures = {"cat": sentence(), "large": large()}
    write_pages(html, folder, figures)
    return folder


class Explorer(Figure):
    """The explorer as a reader finds it: by role and name."""

    view = "attention_explorer"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.grid = self.root.get_by_role("grid")
        self.score = self.root.get_by_role("group", name=re.compile("^How “"))
        self.output = self.root.get_by_role("group", name=re.compile("^The output of “"))

    def cell(self, row: int, column: int) -> Locator:
        return self.grid.locator(f'td[data-row="{row}"][data-column="{column}"]')

    def row(self, row: int) -> list[str]:
        cells = self.grid.locator(f'td[data-row="{row}"]')
        return cells.locator("span:first-child").all_inner_texts()

    def chosen(self) -> tuple[str | None, str | None]:
        cell = self.grid.get_by_role("gridcell", selected=True)
        expect(cell).to_have_count(1)
        return cell.get_attribute("data-row"), cell.get_attribute("data-column")

    def choose(self, name: str) -> None:
        self.root.get_by_role("radio", name=name, exact=True).check()

    def set(self, name: str, value: str) -> None:
        self.slider_of(name).fill(value)


@pytest.fixture
def explorer(served: str, shared_page: OpenPage) -> Iterator[Explorer]:
    page, watch = shared_page(f"{served}cat.html")
    yield Explorer(page)
    assert watch.console == []


def test_at_first_it_looks_at_cat(explorer: Explorer) -> None:
    assert explorer.chosen() == ("4", "1")
    assert explorer.row(4) == [".03", ".86", ".04", ".03", ".04", "0", "0"]
    expect(explorer.status).to_have_text(
        "Causal mask. “␣it” attends to “␣cat” with the score 3.00; the softmax turns it into "
        "the weight 0.86."
    )
    expect(explorer.root).to_contain_text("Point at a cell, or tap it")


def test_a_cell_shows_the_dot_product_being_formed(explorer: Explorer) -> None:
    panel = explorer.score
    expect(panel).to_have_accessible_name("How “␣it” scores “␣cat”")
    expect(panel.locator("tbody tr").first).to_have_text("animal6.00× 1.00= 6.00")
    expect(panel.locator("tfoot td")).to_have_text("6.00")
    steps = panel.locator("li")
    expect(steps.nth(0)).to_have_text("3.00 score: divided by √4 = 2.00")
    expect(steps.nth(1)).to_have_text("3.00 after the mask")
    expect(steps.nth(2)).to_contain_text("1.00 exp of the score minus 3.00")
    explorer.cell(4, 5).click()
    assert explorer.chosen() == ("4", "5")
    expect(steps.nth(1)).to_have_text("−∞ after the mask: “␣was” comes later.")
    expect(explorer.status).to_contain_text("“␣it” may not attend to “␣was”")
    expect(explorer.cell(4, 5)).to_have_accessible_name("0 masked")


def test_the_whole_figure_follows_the_pointer(explorer: Explorer) -> None:
    marked = explorer.grid.locator("td[data-shown]")
    explorer.cell(6, 2).hover()
    expect(explorer.score).to_have_accessible_name("How “␣tired” scores “␣sat”")
    expect(explorer.status).to_contain_text("“␣tired” attends to “␣sat”")
    expect(explorer.slider_of("Query")).to_have_value("7")
    expect(marked).to_have_count(1)
    expect(marked).to_have_attribute("data-column", "2")
    assert explorer.chosen() == ("4", "1")  # where the keyboard stays
    explorer.grid.get_by_role("rowheader", name="␣sat").hover()
    expect(explorer.output).to_have_accessible_name("The output of “␣sat”")
    explorer.status.hover()
    expect(explorer.score).to_have_accessible_name("How “␣it” scores “␣cat”")
    expect(marked).to_have_attribute("data-column", "1")
    expect(explorer.slider_of("Query")).to_have_value("5")


def test_a_row_shows_the_weights_as_they_mix_the_values(explorer: Explorer) -> None:
    explorer.grid.get_by_role("rowheader", name="␣because").click()
    assert explorer.chosen() == ("3", "1")
    panel = explorer.output
    expect(panel).to_have_accessible_name("The output of “␣because”")
    assert panel.locator("thead tr").nth(1).locator("th").all_inner_texts() == FEATURES
    weights = [float(cell) for cell in explorer.row(3)[:4]]
    shown = panel.locator("tbody tr td:nth-child(2)").all_inner_texts()
    assert [float(text) for text in shown[:4]] == weights
    output = [float(text) for text in panel.locator("tfoot td").all_inner_texts()]
    expected = [sum(weights[t] * float(X[t, i]) for t in range(4)) for i in range(4)]
    assert output == pytest.approx(expected, abs=0.02)


def test_scores_before_and_after_the_mask(explorer: Explorer) -> None:
    explorer.choose("Scores")
    assert explorer.row(4) == ["−0.5", "3.0", "0.0", "−0.5", "0.0", "−0.2", "−0.5"]
    explorer.choose("After the mask")
    assert explorer.row(4) == ["−0.5", "3.0", "0.0", "−0.5", "0.0", "−∞", "−∞"]
    legend = explorer.root.locator(".cs336-attention-legend")
    expect(legend).to_have_text("−0.503.00 masked")


def test_every_mask(explorer: Explorer) -> None:
    def masked(row: int) -> str:
        cells = explorer.grid.locator(f'td[data-row="{row}"]')
        return "".join("x" if "masked" in c.inner_text() else "." for c in cells.all())

    assert masked(2) == "...xxxx"
    explorer.choose("none")
    assert masked(2) == "......."
    explorer.choose("sliding window")
    explorer.set("Window", "2")
    assert masked(4) == "xxx..xx"
    explorer.choose("prefix")
    explorer.root.get_by_role("spinbutton", name="Prefix, as a number").fill("99")
    explorer.root.get_by_role("spinbutton", name="Prefix, as a number").press("Enter")
    assert masked(0) == "......."
    explorer.set("Prefix", "3")
    assert masked(0) == "...xxxx"
    explorer.set("Padding", "5")
    assert masked(0) == "..xxxxx"
    expect(explorer.status).to_contain_text("Prefix of 3. The last 5 tokens are padding.")


def test_a_row_with_nothing_to_attend_to_is_zeros(explorer: Explorer) -> None:
    explorer.choose("sliding window")
    explorer.set("Window", "1")
    explorer.set("Padding", "2")
    assert explorer.row(6) == ["0"] * 7
    expect(explorer.status).to_contain_text("“␣was”, “␣tired” have nothing to attend to: zeros.")
    explorer.cell(6, 6).click()
    expect(explorer.status).to_contain_text("All weights of “␣tired” are 0, and so is its output.")
    expect(explorer.output).to_contain_text("Nothing to attend to: the output is all zeros.")
    assert explorer.output.locator("tfoot td").all_inner_texts() == ["0.00"] * 4
    expect(explorer.score.locator("li").last).to_contain_text(
        "0.00 weight: 0, since there is nothing"
    )
    name = "␣tired ∅ nothing to attend to: zeros"
    expect(explorer.grid.get_by_role("rowheader").last).to_have_accessible_name(name)


def test_temperature_and_scale(explorer: Explorer) -> None:
    before = float(explorer.row(4)[1])
    explorer.set("Temperature", "3")
    warm = float(explorer.row(4)[1])
    explorer.root.get_by_role("spinbutton", name="Temperature, as a number").fill("0.25")
    explorer.root.get_by_role("spinbutton", name="Temperature, as a number").press("Enter")
    cold = explorer.row(4)[1]
    assert warm < before
    assert cold == "1"
    expect(explorer.status).to_contain_text("Temperature 0.25.")
    explorer.choose("no")
    expect(explorer.score.locator("li").first).to_contain_text("24.00 score: not divided by √4")


def test_a_number_that_is_typed_stays_until_it_is_entered(explorer: Explorer) -> None:
    box = explorer.box("Temperature")
    box.fill("2.5")
    for row in (6, 5):  # what the pointer shows is drawn anew
        explorer.cell(row, 2).hover()
    expect(box).to_have_value("2.5")
    expect(explorer.status).not_to_contain_text("Temperature")
    box.press("Enter")
    expect(explorer.status).to_contain_text("Temperature 2.5.")
    box.fill("99")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(explorer.root).to_contain_text("Enter a number from 0.1 to 5.")
    box.press("Tab")
    expect(box).to_have_value("5")
    expect(explorer.root).to_contain_text("The maximum is 5.")
    box.fill("3")
    box.press("Escape")
    expect(box).to_have_value("5")
    box.press("ArrowDown")
    expect(explorer.status).to_contain_text("Temperature 4.")


def test_by_keyboard_alone(explorer: Explorer) -> None:
    press = explorer.page.keyboard.press
    explorer.cell(4, 1).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft"):
        press(key)
    assert explorer.chosen() == ("5", "2")
    expect(explorer.cell(5, 2)).to_be_focused()
    assert explorer.page.evaluate("document.activeElement.matches(':focus-visible')")
    press("End")
    press("ArrowRight")  # already in the last column
    press("PageDown")
    assert explorer.chosen() == ("6", "6")
    press("Home")
    press("PageUp")
    press("ArrowUp")
    assert explorer.chosen() == ("0", "0")
    expect(explorer.score).to_have_accessible_name("How “The” scores “The”")
    press("Control+End")
    assert explorer.chosen() == ("6", "6")
    expect(explorer.cell(6, 6)).to_be_focused()
    press("Control+Home")
    assert explorer.chosen() == ("0", "0")
    press("Shift+Tab")
    press("ArrowLeft")  # the switch above: one stop of the Tab key
    expect(explorer.root.get_by_role("radio", name="After the mask")).to_be_checked()
    press("Tab")
    expect(explorer.cell(0, 0)).to_be_focused()


def test_the_rows_can_be_played(explorer: Explorer) -> None:
    explorer.set("Query", "6")
    expect(explorer.root).to_contain_text("of 7")  # counted from 1
    explorer.button("Play").click()
    expect(explorer.root.get_by_role("slider", name="Query")).to_have_value("7")
    explorer.button("To the start").click()
    assert explorer.chosen() == ("0", "1")


def test_the_address_holds_the_settings(explorer: Explorer) -> None:
    page = explorer.page
    explorer.choose("Scores")
    explorer.choose("sliding window")
    explorer.set("Window", "2")
    explorer.set("Temperature", "0.5")
    explorer.choose("no")
    explorer.cell(6, 2).click()
    page.wait_for_url("**a.column=2**")
    cells = [explorer.row(row) for row in range(7)]
    page.reload()
    again = Explorer(page)
    assert again.chosen() == ("6", "2")
    assert [again.row(row) for row in range(7)] == cells
    again.button("Reset").click()
    page.wait_for_url(lambda url: "?" not in url)
    assert again.chosen() == ("4", "1")
    expect(again.root.get_by_role("radio", name="causal")).to_be_checked()


def test_the_data_and_the_picture_can_be_saved(explorer: Explorer) -> None:
    saved = explorer.saved()
    head = json.loads(saved["attention.json"])["heads"][0]
    weights = torch.tensor(head["weights"], dtype=torch.float64)
    expected = torch.tensor(sentence().weights[0], dtype=torch.float64)
    torch.testing.assert_close(weights, expected)
    assert saved["attention.csv"].splitlines()[30].startswith("0,4,1, it, cat,6,3,true,0.8")
    assert saved["attention.svg"].count("<rect") == 50


def test_heads(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{served}large.html")
    explorer = Explorer(page)
    figure = large()
    for head in (3, 7):
        explorer.choose(str(head + 1))
        expect(explorer.status).to_contain_text(f"Head {head + 1}. Causal mask.")
        shown = [float(text) for text in explorer.row(23)]
        assert shown == pytest.approx(figure.weights[head][23], abs=0.0051)
    assert watch.console == []


def test_touch_on_a_phone(served: str, open_page: OpenPage) -> None:
    for name in ("cat", "large"):
        page, watch = open_page(
            f"{served}{name}.html", width=360, height=740, has_touch=True, is_mobile=True
        )
        explorer = Explorer(page)
        expect(explorer.grid.get_by_role("gridcell", selected=True)).to_be_in_viewport()
        explorer.cell(3, 2).tap()
        assert explorer.chosen() == ("3", "2")
        explorer.root.locator("label", has_text="sliding window").tap()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert explorer.smallest("button, .cs336-options, input[type=number]") >= 36
        assert explorer.smallest("td[role=gridcell]") >= 24
        page.set_viewport_size({"width": 320, "height": 740})
        assert outside(explorer.root) == []
        assert watch.console == []


def test_cells_show_numbers_that_fit(served: str, open_page: OpenPage) -> None:
    for name, width, fits in (("cat", 360, True), ("large", 1280, True), ("large", 600, False)):
        page, _ = open_page(f"{served}{name}.html?a.stage=scores", width=width)
        explorer = Explorer(page)
        seen = explorer.grid.locator("td[role=gridcell] > span:first-child").evaluate_all(
            "spans => spans.every((s) => getComputedStyle(s).clipPath === 'none')"
        )
        assert seen == fits
        wide = explorer.grid.locator("td[role=gridcell]").evaluate_all(
            "cells => cells.every((c) => c.scrollWidth <= c.clientWidth)"
        )
        assert wide or not fits


@pytest.mark.parametrize("name", ["cat", "large"])
def test_axe_finds_no_violation_with_a_mask(served: str, open_page: OpenPage, name: str) -> None:
    query = "a.stage=masked&a.mask=window&a.padding=3"
    page, _ = open_page(f"{served}{name}.html?{query}", reduced_motion="reduce")
    Explorer(page)
    assert violations_in_both_themes(page) == []


def test_the_controls_stay_where_they_are(explorer: Explorer) -> None:
    tops = set()
    for row, column in ((4, 1), (0, 6), (6, 3)):
        explorer.cell(row, column).click()
        tops.add(top_of(explorer.root.locator(".cs336-attention-settings")))
    assert len(tops) == 1
