"""The compact time machine on a static page, driven by mouse, keyboard and touch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cs336_core.widgets import BPETimeMachine
from tests.site.conftest import OpenPage
from tests.site.figures import Figure, top_of, write_pages

HAT = "the cat in the hat"
PAGE = "hat.html"
LECTURE = "lectures/03_bpe.html"
STEP_3 = [258, 99, 97, 116, 32, 105, 110, 32, 258, 104, 97, 116]


class Stepper(Figure):
    """The first time machine of a page, as a reader finds it: by role and name."""

    view = "bpe_time_machine"

    def __init__(self, page: Page) -> None:
        super().__init__(page, page.locator(f'[data-widget="{self.view}"]').first)
        self.slider = self.root.get_by_role("slider", name="Merges")
        self.number = self.root.get_by_role("spinbutton")
        self.stage = self.root.locator(".cs336-machine-stage > :not(.cs336-machine-placeholder)")

    def ids(self) -> list[int]:
        return [int(text) for text in self.stage.locator(".cs336-token-id").all_inner_texts()]

    def at(self, step: int) -> None:
        expect(self.slider).to_have_value(str(step))
        expect(self.number).to_have_value(str(step))


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the page of a compact time machine, beside the files of the site."""
    folder = tmp_path_factory.mktemp("compact")
    figure = BPETimeMachine(HAT, 12, compact=True, key="hat")
    write_pages(html, folder, {"hat": figure})
    return folder


@pytest.fixture
def stepper(served: str, shared_page: OpenPage) -> Iterator[Stepper]:
    page, watch = shared_page(served + PAGE)
    yield Stepper(page)
    assert watch.console == []


def test_the_slider_steps_through_the_merges(stepper: Stepper) -> None:
    assert stepper.ids() == list(HAT.encode())
    stepper.slider.fill("3")
    stepper.at(3)
    assert stepper.ids() == STEP_3
    expect(stepper.status).to_contain_text("“the” + “␣” became “the␣”, id 258. 12 tokens, 1.50")
    expect(stepper.root.get_by_role("group", name="Vocabulary: 259 tokens")).to_be_visible()
    expect(stepper.root.get_by_role("radio")).to_have_count(0)
    expect(stepper.root.get_by_role("textbox")).to_have_count(1)
    first_pair = stepper.root.locator(".cs336-bars li").first
    assert first_pair.inner_text().split() == ["a", "t", "2×", "merges", "next"]


def test_the_merges_of_typed_text_are_shown_at_once(stepper: Stepper) -> None:
    box = stepper.root.get_by_role("textbox", name="Try your name, or any text")
    box.fill("banana banana")
    expect(stepper.status).to_contain_text("id 2")
    ids = stepper.ids()
    assert max(ids) >= 256
    assert len(ids) < len("banana banana") / 2
    box.fill("")
    expect(stepper.root.get_by_text("There is nothing to learn from: type a text.")).to_be_visible()
    assert stepper.ids() == ids


def test_ties_are_marked(stepper: Stepper) -> None:
    notes = stepper.root.locator(".cs336-bars .cs336-bar-note").all_inner_texts()
    assert notes[:5] == ["merges next", "tied", "tied", "tied", ""]
    assert stepper.stage.locator(".cs336-half-left").count() == 2


def test_by_keyboard_alone(stepper: Stepper) -> None:
    stepper.slider.focus()
    press = stepper.page.keyboard.press
    press("ArrowRight")
    press("ArrowRight")
    stepper.at(2)
    press("ArrowLeft")
    stepper.at(1)
    press("End")
    stepper.at(12)
    press("Home")
    stepper.at(0)
    press("Tab")
    expect(stepper.number).to_be_focused()
    press("ControlOrMeta+a")
    stepper.page.keyboard.type("3")
    press("Enter")
    stepper.at(3)
    assert stepper.ids() == STEP_3


def test_buttons_and_their_ends(stepper: Stepper) -> None:
    expect(stepper.button("One step back")).to_have_attribute("aria-disabled", "true")
    stepper.button("One step back").click(force=True)  # aria-disabled: nothing happens
    stepper.at(0)
    stepper.button("One step forward").click()
    stepper.at(1)
    stepper.button("To the end").click()
    stepper.at(12)
    expect(stepper.button("One step forward")).to_have_attribute("aria-disabled", "true")
    stepper.button("One step back").click()
    stepper.at(11)
    stepper.button("To the start").click()
    stepper.at(0)
    stepper.slider.fill("5")
    stepper.button("Reset").click()
    stepper.at(0)


@pytest.mark.parametrize(("typed", "step"), [("99", 12), ("-3", 0), ("2.6", 3), ("", 4)])
def test_the_number_box_keeps_within_the_merges(stepper: Stepper, typed: str, step: int) -> None:
    stepper.slider.fill("4")
    stepper.number.fill(typed)
    stepper.number.press("Enter")
    stepper.at(step)


def test_playing_goes_to_the_end_and_can_be_paused(served: str, open_with_clock: OpenPage) -> None:
    page, _ = open_with_clock(served + PAGE)
    stepper = Stepper(page)
    page.clock.pause_at(60_000)
    stepper.button("Play").click()
    page.clock.run_for(2500)
    stepper.at(2)
    stepper.button("Pause").click()
    page.clock.run_for(5000)
    stepper.at(2)
    stepper.button("Play").click()
    for _ in range(14):
        page.clock.run_for(1200)
    stepper.at(12)
    expect(stepper.button("Play")).to_be_visible()
    stepper.button("Play").click()  # from the start again
    stepper.at(0)
    page.clock.run_for(1200)
    stepper.at(1)


def test_the_step_is_in_the_address(stepper: Stepper) -> None:
    page = stepper.page
    entries = page.evaluate("history.length")
    stepper.slider.fill("3")
    page.wait_for_url("**/*?hat.step=3")
    assert page.evaluate("history.length") == entries
    page.reload()
    again = Stepper(page)
    again.at(3)
    again.button("Reset").click()
    again.at(0)
    page.wait_for_url(lambda url: "hat.step" not in url)


@pytest.mark.parametrize(
    ("query", "step"),
    [
        ("hat.step=99", 12),
        ("hat.step=-1", 0),
        ("step=3", 0),
        ("hat.part=encoding&hat.step=3", 3),
        ("hat.compact=false", 0),
    ],
)
def test_any_address_can_be_opened(served: str, open_page: OpenPage, query: str, step: int) -> None:
    page, watch = open_page(f"{served}{PAGE}?{query}")
    stepper = Stepper(page)
    stepper.at(step)
    expect(stepper.root).to_contain_text("Bytes per token")
    expect(stepper.root.get_by_role("radio")).to_have_count(0)
    assert watch.console == []


def test_copy_link(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(served + PAGE, permissions=["clipboard-read", "clipboard-write"])
    stepper = Stepper(page)
    stepper.slider.fill("2")
    assert stepper.copied_link() == f"{served}{PAGE}?hat.step=2#hat"
    expect(stepper.button("Copy link")).to_be_visible()  # again, after two seconds


def test_where_copying_is_refused_the_link_is_shown(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(served + PAGE)
    stepper = Stepper(page)
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    stepper.button("Copy link").click()
    by_hand = stepper.root.get_by_role("textbox", name="did not allow copying")
    expect(by_hand).to_have_value(f"{served}{PAGE}#hat")


def test_the_data_and_the_picture_can_be_saved(stepper: Stepper) -> None:
    stepper.slider.fill("3")
    saved = stepper.saved()
    data = json.loads(saved["bpe-time-machine.json"])
    assert data["merges"][2]["token"] == "the "
    assert "encoding" not in data
    first_merge = saved["bpe-time-machine.csv"].splitlines()[1]
    assert first_merge == "1,116,104,256,t,h,th,74,68,74 68,2,4,16,1.125"
    assert saved["bpe-time-machine.svg"].startswith("<svg xmlns")
    assert saved["bpe-time-machine.svg"].count("<rect") == 13
    assert "#d3e5f8" in saved["bpe-time-machine.svg"]


def test_two_figures_of_a_page_do_not_disturb_each_other(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}{LECTURE}?hat.step=3&words.step=7")
    Stepper(page).at(3)
    other = page.locator('[data-key="words"]')
    other.scroll_into_view_if_needed()
    slider = other.get_by_role("slider")
    expect(slider).to_have_value("7")
    slider.fill("8")
    Stepper(page).at(3)
    page.wait_for_url("**/*?hat.step=3&words.step=8")


def test_the_controls_stay_where_they_are(stepper: Stepper) -> None:
    tops = set()
    for step in range(13):
        stepper.slider.fill(str(step))
        tops.add(top_of(stepper.root.locator(".cs336-transport")))
    assert len(tops) == 1


def test_touch_on_a_phone(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(served + PAGE, width=360, height=740, has_touch=True, is_mobile=True)
    stepper = Stepper(page)
    stepper.button("One step forward").tap()
    stepper.at(1)
    assert stepper.smallest("button") >= 36
    assert page.evaluate("visualViewport.width") == 360
