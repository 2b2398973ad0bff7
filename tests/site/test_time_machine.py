"""The BPE time machine on a static page: own text, switches, origins, predictions, encoding."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from cs336_core.tokenization import encode, train_bpe
from cs336_core.widgets import BPETimeMachine
from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage
from tests.site.figures import Figure, top_of, write_pages

HAT = "the cat in the hat"
STEP_3 = [258, 99, 97, 116, 32, 105, 110, 32, 258, 104, 97, 116]
HOSTILE = "<img src=x onerror=alert(1)> \u202eabc\u202c \x01\x7f é猫🐈 <b>&amp;"
# The halves that slide are there for a moment only.
COUNT_HALVES = """() => {
  globalThis.mostHalves = 0;
  new MutationObserver(() => {
    const halves = document.querySelectorAll(".cs336-machine-stage .cs336-machine-half").length;
    globalThis.mostHalves = Math.max(globalThis.mostHalves, halves);
  }).observe(document.body, { childList: true, subtree: true });
}"""
LONG = " ".join(f"{n} bytes make {n + 1} tokens," for n in range(150))[:3990]


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pages of one time machine each, beside the files of the site."""
    folder = tmp_path_factory.mktemp("machines")
    machines = {"hat": BPETimeMachine(HAT, 12, key="m"), "long": BPETimeMachine(LONG, 300, key="m")}
    write_pages(html, folder, machines)
    return folder


class Machine(Figure):
    """The time machine of a page, as a reader finds it: by role and name."""

    view = "bpe_time_machine"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.slider = self.root.get_by_role("slider")
        self.text = self.root.get_by_role("textbox", name=re.compile("^The (text|words)"))
        self.settings = self.root.locator(".cs336-machine-settings")
        self.new_text = self.root.get_by_role("textbox", name="A new text")
        self.stage = self.root.get_by_role("group", name="text as")
        self.pairs = self.root.get_by_role("group", name="Most frequent pairs").first
        self.origin = self.root.get_by_role("group", name="was formed").first

    def open_settings(self) -> None:
        if self.settings.get_attribute("open") is None:
            self.root.get_by_text("Text and settings").click()

    def write(self, text: str) -> None:
        self.open_settings()
        self.text.fill(text)

    def choose(self, name: str) -> None:
        self.open_settings()
        self.root.get_by_role("radio", name=name, exact=True).check()

    def shown(self) -> Locator:
        return self.stage.locator("> :not(.cs336-machine-placeholder) [data-id]")

    def ids(self) -> list[int]:
        return [int(chip.get_attribute("data-id") or "") for chip in self.shown().all()]

    def next_pair(self) -> list[str]:
        row = self.pairs.locator(".cs336-now")
        return row.locator(".cs336-token-text").all_inner_texts()


@pytest.fixture
def machine(served: str, shared_page: OpenPage) -> Iterator[Machine]:
    page, watch = shared_page(f"{served}hat.html")
    yield Machine(page)
    assert watch.console == []


def test_the_slider_steps_through_the_merges(machine: Machine) -> None:
    assert machine.ids() == list(HAT.encode())
    machine.slider.fill("3")
    expect(machine.status).to_contain_text("“the” + “␣” became “the␣”, id 258. 12 tokens, 1.50")
    expect(machine.status).to_contain_text("2 pairs were tied at 2×; the one seen first won.")
    assert machine.ids() == STEP_3
    assert machine.next_pair() == ["a", "t"]
    expect(machine.root.get_by_role("group", name="Vocabulary: 259 tokens")).to_be_visible()


def test_every_tied_pair_is_marked(machine: Machine) -> None:
    notes = machine.pairs.locator(".cs336-bar-note").all_inner_texts()
    assert notes[:5] == ["merges next", "tied", "tied", "tied", ""]
    expect(machine.pairs).to_contain_text("4 pairs are tied at 2×. The one seen first merges.")


def test_the_tie_break_can_be_switched(machine: Machine) -> None:
    machine.open_settings()
    machine.button("low, lower, widest, newest").click()
    expect(machine.root.locator(".cs336-machine-count")).to_have_text(["5×", "2×", "3×", "6×"] * 2)
    assert machine.next_pair() == ["e", "s"]
    machine.choose("the greatest bytes")
    assert machine.next_pair() == ["s", "t"]
    machine.slider.fill("12")
    expect(machine.status).to_contain_text("“lowe” + “r” became “lower”")


def test_with_gpt2s_cuts_the_space_after_the_is_not_merged(machine: Machine) -> None:
    machine.slider.fill("2")
    assert machine.next_pair() == ["the", "␣"]
    machine.choose("as GPT-2 does")
    assert machine.next_pair() != ["the", "␣"]
    forbidden = machine.root.locator(".cs336-machine-forbidden")
    expect(forbidden).to_contain_text("are adjacent 2×, but a word boundary separates them")
    assert forbidden.locator(".cs336-token-text").all_inner_texts() == ["the", "␣"]
    assert machine.stage.locator(".cs336-machine-word-start:visible").count() == 4


def test_the_readers_own_text(machine: Machine) -> None:
    text = "abracadabra, abracadabra"
    machine.write(text)
    expect(machine.stage).to_have_accessible_name(f"The text as {len(text)} tokens")
    machine.button("To the end").click()
    *_, last = train_bpe(text, 12).vocab.values()
    expect(machine.status).to_contain_text(f"became “{last.decode().replace(' ', '␣')}”")
    machine.button("Reset").click()
    expect(machine.text).to_have_value(HAT)
    assert machine.ids() == list(HAT.encode())


def test_counted_words_can_be_typed(machine: Machine) -> None:
    machine.open_settings()
    machine.choose("counted words")
    assert machine.text.input_value().splitlines() == [
        "the 1",
        " cat 1",
        " in 1",
        " the 1",
        " hat 1",
    ]
    machine.write("aab 3\nb 4")
    expect(machine.root.locator(".cs336-machine-count")).to_have_text(["3×", "4×"] * 2)
    machine.write("aab 3\nb")
    expect(machine.root).to_contain_text("Line 2, “b”, is not a word, a space and its count")
    expect(machine.text).to_have_attribute("aria-invalid", "true")
    assert machine.shown().count() == 4  # the last text that can be read


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "There is nothing to learn from"),
        ("x" * 4001, "has 4,001 bytes"),
        ("猫" * 99999, "has 299,997 bytes"),
    ],
)
def test_a_text_that_cannot_be_trained_on_is_refused(
    machine: Machine, typed: str, sentence: str
) -> None:
    machine.write(typed)
    expect(machine.root.locator(".cs336-error")).to_contain_text(sentence)
    machine.page.wait_for_timeout(500)
    assert machine.ids() == list(HAT.encode())


def test_hostile_text_stays_text(machine: Machine) -> None:
    machine.write(HOSTILE)
    size = len(HOSTILE.encode())
    expect(machine.stage).to_have_accessible_name(f"The text as {size} tokens")
    machine.choose("as GPT-2 does")
    machine.button("To the end").click()
    machine.shown().first.click()
    machine.choose("Encoding a new text")
    machine.new_text.fill(HOSTILE)
    expect(machine.root).to_contain_text("U+0001")
    assert machine.root.locator("img, b").count() == 0


def test_a_click_on_a_token_shows_its_merges(machine: Machine) -> None:
    expect(machine.origin).to_contain_text("Click on any token")
    machine.slider.fill("3")
    expect(machine.origin).to_have_accessible_name("How “the␣” was formed")
    tree = machine.origin.get_by_role("group", name="Merge tree of “the␣”")
    ids = [int(chip.get_attribute("data-id") or "") for chip in tree.locator("[data-id]").all()]
    assert ids == [258, 257, 256, 116, 104, 101, 32]
    merges = ["“t” + “h” became “th”", "“th” + “e” became “the”", "“the” + “␣” became “the␣”"]
    expect(machine.origin.locator(".cs336-machine-merges li")).to_have_text(
        [f"Merge {n}: {sentence}" for n, sentence in enumerate(merges, start=1)]
    )
    machine.shown().nth(1).click()
    expect(machine.origin).to_contain_text("“c” is the single byte 99")
    expect(machine.origin).to_be_in_viewport(ratio=1)
    vocabulary = machine.root.get_by_role("group", name="Vocabulary")
    vocabulary.locator('[data-id="256"]').first.click()
    expect(machine.origin).to_contain_text("It does not occur by itself in the text now.")
    machine.origin.get_by_role("button", name="Go to merge 1").click()
    expect(machine.slider).to_have_value("1")
    expect(machine.origin).to_contain_text("It occurs 2× in the text now.")
    machine.origin.get_by_role("button", name="Follow the newest token").click()
    machine.slider.fill("2")
    expect(machine.origin).to_have_accessible_name("How “the” was formed")


def test_a_long_token_shows_its_beginning(machine: Machine) -> None:
    machine.write("abcdefghij" * 40)
    expect(machine.stage).to_have_accessible_name("The text as 400 tokens")
    machine.slider.fill("12")  # nine merges make ten letters one, three double them
    beginning = "abcdefghij" * 4 + "abcdefgh…"
    expect(machine.shown().first.locator(".cs336-token-text")).to_have_text(beginning)
    expect(machine.status).to_contain_text(f"became “{beginning}”, id 267")
    expect(machine.origin).to_contain_text("Its tree has 80 leaves")
    with machine.page.expect_download() as download:
        machine.root.get_by_role("button", name="as CSV").click()
    assert "abcdefghij" * 8 in Path(download.value.path()).read_text("utf-8")
    machine.slider.fill("11")
    expect(machine.shown().first.locator(".cs336-token-text")).to_have_text("abcdefghij" * 4)


def test_of_a_long_vocabulary_the_newest_are_listed(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}long.html?m.step=100")
    machine = Machine(page)
    vocabulary = machine.root.get_by_role("group", name="Vocabulary: 356 tokens")
    rows = vocabulary.locator("li").filter(has=page.locator("[data-id]"))
    expect(rows).to_have_count(8)
    machine.slider.fill("101")
    vocabulary = machine.root.get_by_role("group", name="Vocabulary: 357 tokens")
    vocabulary.get_by_role("button", name="Show 93 more").click()
    expect(vocabulary.locator("li").filter(has=page.locator("[data-id]"))).to_have_count(101)


def test_by_keyboard_alone(machine: Machine) -> None:
    press = machine.page.keyboard.press
    machine.stage.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "Enter"):
        press(key)
    expect(machine.origin).to_contain_text("“h” is the single byte 104")
    press("End")
    press("Enter")
    expect(machine.origin).to_contain_text("“t” is the single byte 116")
    machine.slider.focus()
    press("ArrowRight")
    expect(machine.slider).to_have_value("1")
    machine.open_settings()
    machine.root.get_by_role("radio", name="the first seen").focus()
    press("ArrowRight")
    expect(machine.root.get_by_role("radio", name="the greatest bytes")).to_be_checked()
    assert machine.page.evaluate("document.activeElement.matches(':focus-visible')")


def test_the_address_holds_the_settings(machine: Machine) -> None:
    page = machine.page
    machine.write("aab aab <b>")
    expect(machine.stage).to_have_accessible_name("The text as 11 tokens")
    machine.choose("the greatest bytes")
    machine.choose("as GPT-2 does")
    machine.slider.fill("2")
    page.wait_for_url("**m.step=2**")
    ids = machine.ids()
    page.reload()
    again = Machine(page)
    again.open_settings()
    expect(again.text).to_have_value("aab aab <b>")
    expect(again.slider).to_have_value("2")
    assert again.ids() == ids
    again.button("Reset").click()
    page.wait_for_url(lambda url: "?" not in url)


def test_a_long_text_is_not_in_the_link(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}hat.html", permissions=["clipboard-read", "clipboard-write"])
    machine = Machine(page)
    machine.write("long " * 500)
    expect(machine.stage).to_have_accessible_name("The text as 2,500 tokens")
    machine.slider.fill("2")
    machine.button("Copy link").click()
    expect(machine.root).to_contain_text("The text is too long for a link")
    assert page.evaluate("navigator.clipboard.readText()") == f"{served}hat.html?m.step=2#m"


def test_predict_then_see(machine: Machine) -> None:
    page = machine.page
    machine.button("Predict each merge").click()
    question = machine.root.get_by_role("group", name="Which pair merges next?")
    guesses = question.locator(".cs336-machine-guesses button")
    expect(guesses).to_have_count(5)
    assert machine.stage.locator(".cs336-half-left:visible").count() == 0
    guesses.filter(has_text="a").filter(has_text="t").click()  # tied, and seen later
    sentence = "Both occur 2×, and “t” + “h” was seen first."
    expect(machine.status).to_have_text(sentence)
    expect(machine.root).to_contain_text("0 of 1 right")
    expect(machine.button("Merge it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(machine.slider).to_have_value("1")
    expect(guesses.first).to_be_focused()
    question.get_by_role("button", name="th e", exact=True).click()
    expect(machine.status).to_have_text("Right: “th” + “e”, 2×.")
    expect(machine.root).to_contain_text("1 of 2 right")
    machine.slider.fill("5")  # stepping does not need a guess
    machine.slider.fill("1")
    expect(machine.pairs).to_contain_text("Right: “th” + “e”, 2×.")
    page.reload()
    again = Machine(page)
    expect(again.root).to_contain_text("1 of 2 right")
    expect(again.pairs).to_be_visible()
    again.button("Clear the score").click()
    expect(again.root).not_to_contain_text("of 2 right")
    page.reload()
    expect(Machine(page).root).not_to_contain_text("of 2 right")


def test_the_link_holds_the_token_the_page_and_the_prediction(
    served: str, open_page: OpenPage
) -> None:
    page, _ = open_page(f"{served}long.html", permissions=["clipboard-read", "clipboard-write"])
    machine = Machine(page)
    machine.slider.fill("40")
    machine.button("Next part").click()
    machine.shown().first.click()
    title = machine.origin.locator(".cs336-panel-title").inner_text()
    machine.button("Predict each merge").click()
    copied, _ = open_page(machine.copied_link())
    again = Machine(copied)
    expect(again.root).to_contain_text(f"Bytes 241 to 480 of {len(LONG):,}")
    expect(again.origin.locator(".cs336-panel-title")).to_have_text(title)
    expect(again.root.get_by_role("group", name="Which pair merges next?")).to_be_visible()


@pytest.mark.parametrize("name", ["hat", "long"])
def test_all_of_it_fits_one_screen(served: str, open_page: OpenPage, name: str) -> None:
    page, _ = open_page("about:blank", width=1280, height=800)
    for part in ("training", "encoding"):
        page.goto(f"{served}{name}.html?m.step=12&m.part={part}")
        page.add_style_tag(content="main { max-width: 704px }")
        box = Machine(page).root.bounding_box()
        assert box is not None
        assert box["height"] <= 728


def test_halves_slide_together_and_never_delay_a_step(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}hat.html")
    machine = Machine(page)
    page.evaluate(COUNT_HALVES)
    machine.button("One step forward").click()
    page.wait_for_function("globalThis.mostHalves === 2")  # “h”, twice
    machine.button("One step forward").click()
    expect(machine.slider).to_have_value("2")
    expect(machine.stage.locator(".cs336-machine-half")).to_have_count(0)  # the motion is over
    assert machine.ids()[:2] == [257, 32]


def test_nothing_slides_for_those_who_want_no_motion(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}hat.html", reduced_motion="reduce")
    machine = Machine(page)
    machine.button("One step forward").click()
    expect(machine.slider).to_have_value("1")
    assert page.evaluate("document.getAnimations().length") == 0
    assert machine.stage.locator(".cs336-machine-half").count() == 0


def test_the_merges_encode_a_new_text(machine: Machine) -> None:
    machine.choose("Encoding a new text")
    machine.new_text.fill("the hat")
    expect(machine.status).to_contain_text("7 bytes. 4 of the 12 learned merges apply to this text")
    machine.slider.fill("3")
    expect(machine.status).to_contain_text("merge 3 joined “the” + “␣” into “the␣”, id 258")
    machine.button("To the end").click()
    ids = encode("the hat", train_bpe(HAT, 12))
    assert machine.ids() == ids
    expect(machine.root.locator(".cs336-machine-ids-list")).to_have_text(" ".join(map(str, ids)))
    expect(machine.status).to_contain_text("Done: ")
    machine.choose("as GPT-2 does")
    machine.new_text.fill("")
    expect(machine.status).to_contain_text("0 bytes, and none")


def test_the_data_and_the_picture_can_be_saved(machine: Machine) -> None:
    machine.slider.fill("3")
    saved = machine.saved()
    assert json.loads(saved["bpe-time-machine.json"])["merges"][2]["token"] == "the "
    first_merge = saved["bpe-time-machine.csv"].splitlines()[1]
    assert first_merge == "1,116,104,256,t,h,th,74,68,74 68,2,4,16,1.125"
    assert saved["bpe-time-machine.svg"].count("<rect") == 13


def test_touch_on_a_phone(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(
        f"{served}hat.html", width=360, height=740, has_touch=True, is_mobile=True
    )
    machine = Machine(page)
    machine.button("One step forward").tap()
    expect(machine.slider).to_have_value("1")
    machine.shown().first.tap()
    expect(machine.origin).to_have_accessible_name("How “th” was formed")
    for part in ("Encoding a new text", "Training"):
        machine.root.locator("label", has_text=part).tap()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert machine.smallest("button:not([data-id]), .cs336-options") >= 36
    assert watch.console == []


@pytest.mark.parametrize("name", ["hat", "long"])
@pytest.mark.parametrize("query", ["m.step=3", "m.step=3&m.pretokenization=gpt2&m.part=encoding"])
def test_axe_finds_no_violation(served: str, open_page: OpenPage, name: str, query: str) -> None:
    page, _ = open_page(f"{served}{name}.html?{query}", reduced_motion="reduce")
    Machine(page)
    assert violations_in_both_themes(page) == []


def test_a_long_text_is_shown_in_parts(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}long.html")
    machine = Machine(page)
    assert machine.shown().count() == 240
    machine.slider.fill("300")
    machine.button("Next part").click()
    expect(machine.root).to_contain_text(f"Bytes 241 to 480 of {len(LONG):,}")
    machine.slider.fill("150")
    expect(machine.root).to_contain_text(f"Bytes 241 to 480 of {len(LONG):,}")
    expect(machine.button("Next part")).to_have_attribute("aria-disabled", "false")
    machine.button("Previous part").click()
    expect(machine.button("Previous part")).to_have_attribute("aria-disabled", "true")


def test_the_controls_stay_where_they_are(machine: Machine) -> None:
    tops = set()
    for step in range(13):
        machine.slider.fill(str(step))
        tops.add(top_of(machine.root.locator(".cs336-transport")))
    assert len(tops) == 1
