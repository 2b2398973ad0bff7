"""The rotary dial on a static page: positions, the shift of both, the base, custom vectors."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from cs336_core.widgets import RotaryDial
from tests.site.conftest import OpenPage
from tests.site.figures import Figure, outside, write_pages


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pages of one dial each, beside the files of the site."""
    folder = tmp_path_factory.mktemp("dials")
    dials = {
        "four": RotaryDial(key="r"),
        "one": RotaryDial([1, 0], [1, 0], query_position=7, key_position=4, positions=256, key="r"),
    }
    write_pages(html, folder, dials)
    return folder


class Dial(Figure):
    """The rotary dial of a page, as a reader finds it: by role and name."""

    view = "rotary_dial"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.both = self.root.get_by_role("slider", name="Shift both")
        self.query = self.root.get_by_role("slider", name="Query at position")
        self.key = self.root.get_by_role("slider", name="Key at position")
        self.score = self.root.locator(".cs336-figure-number")

    def dials(self) -> Locator:
        return self.root.locator(".cs336-rotary-dial")

    def write(self, name: str, text: str) -> None:
        box = self.root.get_by_role("textbox", name=name)
        if not box.is_visible():
            self.root.get_by_text("The query and the key themselves").click()
        box.fill(text)


@pytest.fixture
def dial(served: str, shared_page: OpenPage) -> Iterator[Dial]:
    page, watch = shared_page(f"{served}four.html")
    yield Dial(page)
    assert watch.console == []


def test_the_score_stays_when_both_move(dial: Dial) -> None:
    score = dial.score.inner_text()
    facts = dial.dials().locator("p").all_inner_texts()
    assert f"{sum(RotaryDial().products):.2f}" == score
    first = dial.dials().first.get_by_role("img").get_attribute("aria-label")
    dial.both.fill("100")
    expect(dial.query).to_have_value("103")
    expect(dial.key).to_have_value("100")
    expect(dial.score).to_have_text(score)
    assert dial.dials().locator("p").all_inner_texts() == facts
    assert dial.dials().first.get_by_role("img").get_attribute("aria-label") != first
    expect(dial.status).to_contain_text("the distance is the same, and so is the score")


def test_the_score_changes_when_one_moves(dial: Dial) -> None:
    score = dial.score.inner_text()
    for position in (12, 13, 40, 9):
        dial.query.fill(str(position))
        expected = sum(RotaryDial(query_position=position).products)
        expect(dial.score).to_have_text(f"{expected:z.2f}".replace("-", "−"))
    expect(dial.status).to_contain_text("Query at position 9, key at 9: the same position.")
    assert dial.score.inner_text() != score
    dial.key.fill("20")
    expect(dial.status).to_contain_text("the query is 11 before the key")


def test_both_stay_within_the_positions(dial: Dial) -> None:
    dial.query.fill("127")
    expect(dial.both).to_have_attribute("max", "9")
    dial.button("To the start").click()
    expect(dial.query).to_have_value("118")
    expect(dial.key).to_have_value("0")
    number = dial.root.get_by_role("spinbutton", name="Query at position, as a number")
    number.fill("999")
    number.press("Enter")
    expect(number).to_have_value("127")
    expect(dial.root).to_contain_text("The maximum is 127.")
    number.fill("")
    number.press("Enter")
    expect(number).to_have_value("127")


def test_play_moves_both_on(served: str, open_with_clock: OpenPage) -> None:
    page, _ = open_with_clock(f"{served}four.html")
    dial = Dial(page)
    page.clock.pause_at(60_000)
    dial.button("Play").click()
    page.clock.run_for(1000)
    expect(dial.query).not_to_have_value("12")
    box = dial.box("Shift both")
    box.fill("100")
    page.clock.run_for(2000)
    expect(box).to_have_value("100")
    box.press("Enter")
    expect(dial.key).to_have_value("100")
    dial.button("Play").click()
    page.clock.run_for(1000)
    expect(dial.key).not_to_have_value("100")
    dial.button("Pause").click()
    position = int(dial.query.input_value())
    page.clock.run_for(5000)
    expect(dial.query).to_have_value(str(position))
    expect(dial.key).to_have_value(str(position - 3))


def test_a_number_entered_while_it_plays_is_not_played_over(
    served: str, open_with_clock: OpenPage
) -> None:
    page, _ = open_with_clock(f"{served}four.html")
    dial = Dial(page)
    page.clock.pause_at(60_000)
    dial.button("Play").click()
    dial.box("Shift both").fill("100")
    while dial.key.input_value() == "9":
        page.clock.run_for(5)
    page.clock.run_for(294)  # the next step is due before the next frame
    dial.box("Shift both").press("Enter")
    page.clock.run_for(1000)
    expect(dial.key).to_have_value("100")


def test_the_base_can_be_changed(dial: Dial) -> None:
    dial.button("100").click()
    expect(dial.button("100")).to_have_attribute("aria-pressed", "true")
    expected = sum(RotaryDial(theta=100).products)
    expect(dial.score).to_have_text(f"{expected:z.2f}".replace("-", "−"))
    expect(dial.dials().nth(1)).to_contain_text("18.1° per position")
    number = dial.root.get_by_role("spinbutton", name="Base θ")
    number.fill("1")
    number.press("Enter")
    expect(dial.dials().nth(3)).to_contain_text("57.3° per position")


def test_the_readers_own_vectors(dial: Dial) -> None:
    dial.write("Entries of the query", "1 0 0")
    expect(dial.root).to_contain_text("The query has 3 numbers")
    expect(dial.dials()).to_have_count(4)  # of the last query that could be read
    dial.write("Entries of the query", "1 0")
    expect(dial.root).to_contain_text("has 2 numbers and the key 8")
    dial.write("Entries of the key", "2 0")
    expect(dial.dials()).to_have_count(1)
    expect(dial.score).to_have_text(f"{2 * math.cos(3):.2f}".replace("-", "−"))
    dial.write("Entries of the key", "<b>x</b> 0")
    expect(dial.root).to_contain_text("“<b>x</b>” in the key is not a number")
    assert dial.root.locator(".cs336-rotary-vectors b").count() == 0
    dial.button("query = key").click()
    expect(dial.dials()).to_have_count(4)
    dial.button("Reset").click()
    expect(dial.score).to_have_text(f"{sum(RotaryDial().products):.2f}")


def test_the_curve_can_be_dragged(dial: Dial) -> None:
    plot = dial.root.get_by_role("img", name="The score for every distance")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    mouse, middle = dial.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] / 2, middle)
    mouse.down()
    expect(dial.status).to_contain_text("Query at position 9, key at 9")
    mouse.move(box["x"] + box["width"], middle)
    mouse.up()
    expect(dial.status).to_contain_text("Query at position 127, key at 0")


def test_by_keyboard_alone(dial: Dial) -> None:
    press = dial.page.keyboard.press
    dial.both.focus()
    press("ArrowRight")
    expect(dial.query).to_have_value("13")
    dial.key.focus()
    press("End")
    expect(dial.key).to_have_value("127")
    dial.root.locator("summary").focus()
    press("Enter")
    press("Tab")
    press("Enter")
    expect(dial.button("query = key")).to_have_attribute("aria-pressed", "true")
    assert dial.page.evaluate("document.activeElement.matches(':focus-visible')")


def test_the_address_holds_the_settings(dial: Dial) -> None:
    page = dial.page
    dial.write("Entries of the query", "1 0 1 0 1 0 1 0")
    dial.button("500,000").click()
    dial.query.fill("30")
    page.wait_for_url("**r.query_position=30**")
    score = dial.score.inner_text()
    page.reload()
    again = Dial(page)
    expect(again.query).to_have_value("30")
    expect(again.score).to_have_text(score)
    again.button("Reset").click()
    page.wait_for_url(lambda url: "?" not in url)


def test_the_data_and_the_picture_can_be_saved(dial: Dial) -> None:
    saved = dial.saved()
    assert json.loads(saved["rotary.json"])["score"] == pytest.approx(sum(RotaryDial().products))
    assert saved["rotary.csv"].splitlines()[0] == "distance,pair_1,pair_2,pair_3,pair_4,score"
    assert len(saved["rotary.csv"].splitlines()) == 256
    assert saved["rotary.svg"].count('<g transform="translate') == 4
    assert "undefined" not in saved["rotary.svg"]
    assert "NaN" not in saved["rotary.svg"]


def test_touch_on_a_phone(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(
        f"{served}four.html", width=360, height=740, has_touch=True, is_mobile=True
    )
    dial = Dial(page)
    dial.button("One step forward").tap()
    expect(dial.query).to_have_value("13")
    dial.root.locator("summary").tap()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert dial.smallest("button, summary, input") >= 36
    page.set_viewport_size({"width": 320, "height": 740})
    assert outside(dial.root) == []
    assert watch.console == []


def test_dials_turn_only_where_motion_is_welcome(served: str, open_page: OpenPage) -> None:
    for motion, moves in (("no-preference", True), ("reduce", False)):
        page, _ = open_page(f"{served}four.html", reduced_motion=motion)
        dial = Dial(page)
        dial.button("One step forward").click()
        turned = dial.root.locator(".cs336-rotary-turned").first
        lasts = turned.evaluate("e => parseFloat(getComputedStyle(e).transitionDuration)")
        assert (lasts > 0) is moves
