"""The FlashAttention stepper on a static page: tiles, memory, traffic, rows, settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from cs336_core.widgets import FlashStepper
from tests.site.conftest import OpenPage
from tests.site.figures import LAID_OUT, Figure, outside, top_of, write_pages


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pages of one stepper each, beside the files of the site."""
    folder = tmp_path_factory.mktemp("flash")
    steppers = {
        "plain": FlashStepper(key="f"),
        "causal": FlashStepper(causal=True, query_tile=4, key_tile=3, step=4, key="f"),
    }
    write_pages(html, folder, steppers)
    return folder


class Stepper(Figure):
    """The stepper as a reader finds it: by role and name."""

    view = "flash_stepper"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.slider = self.slider_of("Tiles")
        self.causal = self.root.get_by_role("checkbox")
        self.rows = self.root.get_by_role("group", name="The queries of this tile")
        self.worked = self.root.get_by_role("group", name="step by step")
        self.memory = self.root.get_by_role("group", name="In SRAM:")
        self.traffic = self.root.get_by_role("group", name="Numbers moved")

    def counts(self) -> list[str]:
        return self.traffic.locator(".cs336-bar-count").all_inner_texts()

    def drawn(self, look: str) -> Locator:
        return self.root.locator(f".cs336-flash-grid .cs336-flash-{look}")


@pytest.fixture
def stepper(served: str, shared_page: OpenPage) -> Iterator[Stepper]:
    page, watch = shared_page(f"{served}plain.html")
    yield Stepper(page)
    assert watch.console == []


def test_the_slider_steps_through_the_tiles(stepper: Stepper) -> None:
    expect(stepper.status).to_have_text("Nothing has been read yet: 16 tiles of scores to go.")
    assert stepper.counts() == ["0", "656", "1,280"]
    stepper.slider.fill("1")
    expect(stepper.status).to_contain_text("Tile 1 of 16: read queries 1–\u20604")
    expect(stepper.memory).to_have_accessible_name("In SRAM: 88 numbers")
    expect(stepper.memory.locator("tr").first).to_contain_text("Q 1–\u20604")
    expect(stepper.drawn("now")).to_have_count(1 + 3 + 5)
    expect(stepper.root).to_contain_text("SRAM: 88 of 96")
    stepper.slider.fill("2")
    expect(stepper.status).to_contain_text("keep queries 1–\u20604, read keys and values 5–\u20608")
    expect(stepper.memory.locator("tr").first).to_contain_text("stays")
    assert stepper.counts()[0] == "80"
    stepper.slider.fill("4")
    expect(stepper.status).to_contain_text("divide the outputs by the sums and write them to HBM")
    stepper.button("To the end").click()
    expect(stepper.status).to_contain_text("Done: 656 numbers moved, 1,280 in plain attention.")
    assert stepper.counts()[0] == "656"
    expect(stepper.drawn("written")).to_have_count(4)
    expect(stepper.drawn("waiting")).to_have_count(3 + 3 + 3)


def test_a_row_keeps_its_maximum_and_sum(stepper: Stepper) -> None:
    steps = FlashStepper().steps
    for number in (1, 2, 3):
        stepper.slider.fill(str(number))
        step = steps[number - 1]
        for row in range(4):
            shown = stepper.rows.locator("tbody tr").nth(row).locator("td").all_inner_texts()
            highest, total = step.highest[row].item(), step.total[row].item()
            assert shown[0] == str(row + 1)
            assert shown[1].replace("−", "-") == f"{highest:z.2f}"
            assert shown[3] == f"{total:.2f}"
    stepper.rows.get_by_role("button", name="3", exact=True).click()
    expect(stepper.worked).to_have_accessible_name("Query 3, step by step")
    result = (steps[2].output[2] / steps[2].total[2]).tolist()
    expected = ", ".join(f"{number:z.2f}" for number in result).replace("-", "−")
    expect(stepper.worked.locator("dd").last).to_have_text(f"({expected})")


def test_a_higher_score_scales_the_sum_down(stepper: Stepper) -> None:
    steps = FlashStepper().steps
    rescaled = (steps[1].highest > steps[0].highest).flatten().tolist()
    assert any(rescaled)
    stepper.slider.fill("2")
    row = rescaled.index(True)
    factor = (steps[0].highest[row] - steps[1].highest[row]).exp().item()
    stepper.rows.get_by_role("button", name=str(row + 1), exact=True).click()
    expect(stepper.worked).to_contain_text(f") = {factor:.2f}")
    expect(stepper.rows.locator(".cs336-flash-rescaled")).to_have_count(sum(rescaled))
    n = sum(rescaled)
    sentence = f"{n} rows found a higher score" if n > 1 else "1 row found a higher score"
    expect(stepper.status).to_contain_text(sentence)


def test_causal_tiles_are_skipped(stepper: Stepper) -> None:
    stepper.causal.check()
    expect(stepper.status).to_contain_text("10 tiles of scores to go. The causal mask hides 6 more")
    expect(stepper.drawn("skipped")).to_have_count(6)
    stepper.slider.fill("1")
    expect(stepper.root.locator(".cs336-flash-grid .cs336-flash-masked")).to_have_count(6)
    expect(stepper.worked).to_contain_text("masked, masked, masked")
    stepper.button("To the end").click()
    expect(stepper.status).to_contain_text("Tile 10 of 10")


def test_low_tiles_move_more_than_plain_attention(stepper: Stepper) -> None:
    stepper.slider_of("Queries per tile").fill("1")
    assert stepper.counts() == ["0", "2,192", "1,280"]
    expect(stepper.traffic).to_contain_text("More queries per tile move fewer numbers.")
    stepper.slider_of("Queries per tile").fill("16")
    assert stepper.counts() == ["0", "272", "1,280"]
    expect(stepper.traffic).not_to_contain_text("move fewer")


def test_a_larger_sram_holds_larger_tiles(stepper: Stepper) -> None:
    stepper.slider_of("SRAM capacity").fill("320")
    expect(stepper.slider_of("Queries per tile")).to_have_value("11")
    expect(stepper.slider_of("Keys per tile")).to_have_value("11")
    assert stepper.counts() == ["0", "400", "1,280"]
    stepper.type("SRAM capacity", "20")
    assert stepper.counts() == ["0", "2,192", "1,280"]
    stepper.slider_of("Keys per tile").fill("2")  # fast memory grows with the tile
    expect(stepper.box("SRAM capacity")).to_have_value("28")


def test_the_sequence_can_be_shorter(stepper: Stepper) -> None:
    stepper.slider.fill("16")
    stepper.slider_of("Sequence length").fill("6")
    expect(stepper.slider).to_have_value("4")
    expect(stepper.status).to_contain_text("Tile 4 of 4: keep queries 5–\u20606")
    number = stepper.root.get_by_role("spinbutton", name="Keys per tile, as a number")
    number.fill("99")
    number.press("Enter")
    expect(number).to_have_value("6")  # the sequence has no more
    expect(stepper.slider).to_have_value("2")


def test_play_and_pause(served: str, open_with_clock: OpenPage) -> None:
    page, _ = open_with_clock(f"{served}plain.html")
    stepper = Stepper(page)
    page.clock.pause_at(60_000)
    stepper.button("Play").click()
    page.clock.run_for(2000)
    expect(stepper.slider).not_to_have_value("0")
    stepper.button("Pause").click()
    step = stepper.slider.input_value()
    stepper.page.clock.run_for(5000)
    expect(stepper.slider).to_have_value(step)


def test_by_keyboard_alone(stepper: Stepper) -> None:
    press = stepper.page.keyboard.press
    stepper.slider.focus()
    press("ArrowRight")
    press("ArrowRight")
    expect(stepper.slider).to_have_value("2")
    stepper.causal.focus()
    press("Space")
    expect(stepper.causal).to_be_checked()
    stepper.rows.get_by_role("button").nth(1).focus()
    press("Enter")
    expect(stepper.rows.get_by_role("button").nth(1)).to_have_attribute("aria-pressed", "true")
    assert stepper.page.evaluate("document.activeElement.matches(':focus-visible')")


def test_the_address_holds_the_settings(stepper: Stepper) -> None:
    page = stepper.page
    stepper.causal.check()
    stepper.slider_of("Queries per tile").fill("8")
    stepper.slider.fill("3")
    page.wait_for_url("**f.step=3**")
    sentence = stepper.status.inner_text()
    page.reload()
    again = Stepper(page)
    expect(again.status).to_have_text(sentence)
    expect(again.causal).to_be_checked()
    again.button("Reset").click()
    page.wait_for_url(lambda url: "?" not in url)
    expect(again.slider).to_have_value("0")


def test_the_data_and_the_picture_can_be_saved(stepper: Stepper) -> None:
    stepper.slider.fill("2")
    saved = stepper.saved()
    output = [step.output / step.total for step in FlashStepper().steps if step.tile.is_last]
    first = json.loads(saved["flash-attention.json"])["output"][0]
    assert first == pytest.approx(output[0][0].tolist())
    assert saved["flash-attention.csv"].splitlines()[1] == "1,0,3,0,3,48,0,48,0"
    drawn = 2 + 16 + 4 * 4 + 5  # frames, scores, Q, K, V and O, the tile in SRAM
    assert saved["flash-attention.svg"].count("<rect") == 1 + drawn + 4
    assert "undefined" not in saved["flash-attention.svg"]


def test_touch_on_a_phone(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(
        f"{served}causal.html", width=360, height=740, has_touch=True, is_mobile=True
    )
    stepper = Stepper(page)
    stepper.button("One step forward").tap()
    expect(stepper.slider).to_have_value("5")
    stepper.rows.get_by_role("button").nth(2).tap()
    expect(stepper.rows.get_by_role("button").nth(2)).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert stepper.smallest("button, input:not([type=checkbox]), label:has(input)") >= 36
    page.set_viewport_size({"width": 320, "height": 740})
    assert outside(stepper.root) == []
    assert watch.console == []


def test_the_controls_stay_where_they_are(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}causal.html")
    stepper = Stepper(page)
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(LAID_OUT)
        tops = set()
        for step in range(11):
            stepper.slider.fill(str(step))
            parts = (stepper.root.locator(part) for part in (".cs336-transport", ".cs336-toolbar"))
            tops.add(tuple(top_of(part) for part in parts))
        assert len(tops) == 1


def test_tiles_may_be_of_one_query_and_one_key(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}plain.html?f.query_tile=1&f.key_tile=1")
    stepper = Stepper(page)
    expect(stepper.slider).to_have_attribute("max", "256")
    stepper.slider.press("End")
    expect(stepper.status).to_contain_text("Done: ")
