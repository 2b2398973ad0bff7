"""The playground on a static page: highlights; the reader's own text, long text, hostile text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from cs336_core._shared import built
from cs336_core.tokenization import BPEParams, BPETokenizer, load, load_encoding
from cs336_core.tokenization.formats.packed import pack
from cs336_core.tokenization.pretokenization.patterns import GPT2
from cs336_core.widgets import Playground
from cs336_core.widgets.playground.widget import VOCABULARIES
from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage
from tests.site.figures import Figure, write_pages

PATIENT = 30_000  # milliseconds, for what loads a vocabulary
TEXT = "Hello, 🌍! 你好!"
HOSTILE = "<img src=x onerror=alert(1)> \u202eabc\u202c \x01\x7f é猫🐈 <b>&amp; שלום"
TRAINED = BPETokenizer(BPEParams.trained([(b"l", b"l"), (b"ll", b"o")], pattern=GPT2))
PASTE = """(area, text) => {
  area.setSelectionRange(0, area.value.length);
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const how = { clipboardData, bubbles: true, cancelable: true };
  area.dispatchEvent(new ClipboardEvent("paste", how));
}"""


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pages of one playground each, beside the files of the site."""
    folder = tmp_path_factory.mktemp("playgrounds")
    tokenizers = ["bits", "bytes", "characters", "words", *VOCABULARIES, "trained"]
    playgrounds = {
        "two": Playground(TEXT, ["gpt2", "o200k"], key="p"),
        "all": Playground("né 12 🐈", tokenizers, TRAINED, key="p"),
    }
    write_pages(html, folder, playgrounds)
    return folder


class PlaygroundFigure(Figure):
    """A playground, as a reader finds it: by role and name."""

    view = "playground"

    def __init__(self, page: Page, root: Locator | None = None) -> None:
        super().__init__(page, root)
        self.text = self.root.get_by_role("textbox", name="Text")
        self.detail = self.root.locator(".cs336-detail")

    def panel(self, name: str) -> Locator:
        return self.root.get_by_role("group", name=name, exact=True)

    def tokens(self, name: str) -> Locator:
        return self.panel(name).get_by_role("listitem").and_(self.page.locator(".cs336-piece"))

    def ids(self, name: str) -> list[int]:
        shown = self.panel(name).locator(".cs336-ids span").all_inner_texts()
        return [int(text) for text in shown]

    def lit(self, name: str) -> Locator:
        return self.panel(name).locator(".cs336-piece.cs336-lit")


@pytest.fixture
def two(served: str, shared_page: OpenPage) -> Iterator[PlaygroundFigure]:
    page, watch = shared_page(f"{served}two.html")
    figure = PlaygroundFigure(page)
    expect(figure.status).to_contain_text("GPT-2: 12 tokens. o200k: 8 tokens.", timeout=PATIENT)
    yield figure
    assert watch.console == []
    assert watch.foreign(served) == []


def test_ids_are_those_of_python(two: PlaygroundFigure) -> None:
    for name, label in (("gpt2", "GPT-2"), ("o200k", "o200k")):
        expected = load_encoding(VOCABULARIES[name]).encode(TEXT)
        assert two.ids(label) == expected
    expect(two.status).to_contain_text("20 bytes, 13 characters.")
    two.text.fill("hello hello")
    expect(two.status).to_contain_text("characters. GPT-2: 2 tokens. o200k: 2 tokens.")
    assert two.ids("o200k") == [24912, 40617]
    assert two.tokens("o200k").all_inner_texts() == ["hello", "␣hello"]


def test_every_tokenizer_can_be_chosen(two: PlaygroundFigure) -> None:
    two.text.fill("né 12")
    two.button("GPT-2").click()
    two.button("o200k").click()
    expect(two.root.get_by_text("No tokenizer is chosen.")).to_be_visible()
    for name, ids in {
        "Bits": [int(bit) for byte in "né 12".encode() for bit in f"{byte:08b}"],
        "Bytes": list("né 12".encode()),
        "Characters": [ord(character) for character in "né 12"],
        "Words": [1, 2, 3],
        "cl100k": load_encoding("cl100k_base").encode("né 12"),
        "Llama 3": load(VOCABULARIES["llama3"]).encode("né 12"),
    }.items():
        two.button(name).click()
        expect(two.button(name)).to_have_attribute("aria-pressed", "true")
        expect(two.panel(name).locator(".cs336-ids span")).to_have_count(len(ids), timeout=PATIENT)
        assert two.ids(name) == ids
        two.button(name).click()
        expect(two.panel(name)).to_have_count(0)


def test_a_vocabulary_is_loaded_when_it_is_first_used(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{served}two.html?p.tokenizers=bytes")
    figure = PlaygroundFigure(page)
    expect(figure.status).to_contain_text("Bytes: 20 tokens.")
    assert not [url for url in watch.requests if "vocabularies" in url]
    figure.button("cl100k").click()
    expect(figure.status).to_contain_text("cl100k:", timeout=PATIENT)
    loaded = [url for url in watch.requests if "vocabularies" in url]
    assert loaded == [f"{served}_static/widgets/vocabularies/cl100k.js"]


def test_a_vocabulary_that_fails_to_load_is_reported(served: str, open_page: OpenPage) -> None:
    page, _ = open_page("about:blank")
    page.route("**/vocabularies/o200k.js", lambda route: route.abort())
    page.goto(f"{served}two.html")
    figure = PlaygroundFigure(page)
    expect(figure.panel("o200k")).to_contain_text("The vocabulary could not be loaded.")
    expect(figure.tokens("GPT-2")).to_have_count(12)
    page.unroute("**/vocabularies/o200k.js")
    figure.text.fill("hello")
    expect(figure.panel("o200k").locator(".cs336-ids")).to_have_text("24912")


def test_a_token_highlights_what_belongs_to_it(two: PlaygroundFigure) -> None:
    two.tokens("o200k").nth(2).hover()
    expect(two.lit("o200k")).to_have_text(["20 F0 9F 8C"], use_inner_text=True)
    expect(two.lit("GPT-2")).to_have_text(["20 F0 9F", "8C"], use_inner_text=True)
    ids = two.panel("GPT-2").locator(".cs336-ids .cs336-lit").all_inner_texts()
    assert ids == ["12520", "234"]
    expect(two.root.locator("mark")).to_have_text(" 🌍")
    expect(two.detail).to_have_text(
        "“20 F0 9F 8C” in o200k: token 3 of 8, id 130321, bytes 20 F0 9F 8C."
    )
    faint = two.tokens("o200k").first
    assert float(faint.evaluate("e => getComputedStyle(e).opacity")) < 0.5
    two.panel("GPT-2").locator(".cs336-ids span").first.hover()
    expect(two.lit("o200k")).to_have_text(["Hello"], use_inner_text=True)
    two.page.mouse.move(1, 1)
    expect(two.root.locator(".cs336-lit")).to_have_count(0)


def test_selected_text_highlights_its_tokens(two: PlaygroundFigure) -> None:
    two.text.focus()
    two.text.evaluate("e => e.setSelectionRange(0, 3)")
    two.page.keyboard.press("Shift+ArrowRight")
    expect(two.lit("GPT-2")).to_have_text(["Hello"], use_inner_text=True)
    expect(two.lit("o200k")).to_have_text(["Hello"], use_inner_text=True)
    selected = "Selected text. GPT-2: 1 token. o200k: 1 token."
    expect(two.root.locator(".cs336-detail")).to_have_text(selected)
    two.page.keyboard.press("ArrowRight")
    expect(two.root.locator(".cs336-lit")).to_have_count(0)


def test_by_keyboard_alone(two: PlaygroundFigure) -> None:
    first = two.tokens("GPT-2").first
    first.focus()
    two.page.keyboard.press("ArrowRight")
    expect(two.tokens("GPT-2").nth(1)).to_be_focused()
    expect(two.detail).to_contain_text("“,” in GPT-2: token 2 of 12, id 11, byte 2C.")
    two.page.keyboard.press("End")
    expect(two.tokens("GPT-2").last).to_be_focused()
    two.page.keyboard.press("ArrowRight")
    expect(two.tokens("GPT-2").last).to_be_focused()
    two.page.keyboard.press("Home")
    expect(first).to_be_focused()
    two.page.keyboard.press("Escape")
    expect(two.root.locator(".cs336-lit")).to_have_count(0)
    # One stop for all tokens, one for all ids, then the button.
    two.page.keyboard.press("Tab")
    two.page.keyboard.press("Tab")
    expect(two.root.get_by_title("Copy the ids in GPT-2")).to_be_focused()


def test_characters_split_over_tokens_are_framed(two: PlaygroundFigure) -> None:
    groups = two.panel("GPT-2").locator(".cs336-group")
    expect(groups).to_have_count(3)
    assert groups.locator(".cs336-group-text").all_inner_texts() == ["␣🌍", "你", "好"]
    expect(two.panel("GPT-2")).to_contain_text("3 split characters")


def test_copied_ids_are_all_ids(served: str, open_page: OpenPage) -> None:
    allowed = ["clipboard-read", "clipboard-write"]
    page, _ = open_page(f"{served}two.html", permissions=allowed)
    figure = PlaygroundFigure(page)
    figure.root.get_by_title("Copy the ids in o200k").click()
    expect(figure.status).to_have_text("8 ids in o200k copied.")
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert copied == load_encoding("o200k_base").encode(TEXT)


def test_the_settings_are_in_the_address(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}two.html")
    figure = PlaygroundFigure(page)
    figure.text.fill("a b&c=猫#")
    figure.button("Words").click()
    page.wait_for_url(lambda url: "p.tokenizers" in url and "p.text" in url)
    again, _ = open_page(page.url)
    expect(PlaygroundFigure(again).text).to_have_value("a b&c=猫#")
    expect(PlaygroundFigure(again).status).to_contain_text("Words: 8 tokens.")
    assert again.locator("[aria-pressed=true]").all_inner_texts() == ["Words", "GPT-2", "o200k"]
    PlaygroundFigure(again).button("Reset").click()
    expect(PlaygroundFigure(again).text).to_have_value(TEXT)
    again.wait_for_url(lambda url: "p." not in url)


def test_hostile_text_is_text(two: PlaygroundFigure) -> None:
    two.text.fill(HOSTILE)
    two.button("Characters").click()
    expect(two.tokens("Characters")).to_have_count(len(HOSTILE))
    shown = "".join(two.tokens("Characters").all_inner_texts())
    assert shown.startswith("<img␣src=x␣onerror=alert(1)>␣U+202EabcU+202C␣U+0001U+007F")
    assert two.root.locator("img, b").count() == 0
    assert two.ids("Characters") == [ord(character) for character in HOSTILE]


def test_a_megabyte_is_pasted_and_the_page_stays_responsive(two: PlaygroundFigure) -> None:
    two.page.evaluate(
        """() => {
          globalThis.longest = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
          }).observe({ entryTypes: ["longtask"] });
        }"""
    )
    two.text.evaluate(PASTE, "the cat in the hat, 猫. " * 40_000)
    expect(two.root).to_contain_text("920,000 characters are too many to edit here")
    expect(two.status).to_contain_text("1,000,000 bytes, 920,000 characters.", timeout=PATIENT)
    expect(two.panel("o200k")).to_contain_text("The first 1,000 of 3")
    expect(two.tokens("o200k")).to_have_count(1000)
    # Not a benchmark: what takes longer than this is felt as a page that hangs.
    assert two.page.evaluate("longest") < 1000
    two.button("Enter another text").click()
    two.text.fill("hello")
    expect(two.status).to_contain_text("5 bytes, 5 characters. GPT-2: 1 token.")


def test_newer_text_cancels_older_work(two: PlaygroundFigure) -> None:
    two.text.fill("x" * 19_000)
    two.text.fill("a")
    two.text.fill("hello hello")
    expect(two.status).to_have_text("11 bytes, 11 characters. GPT-2: 2 tokens. o200k: 2 tokens.")
    assert two.ids("GPT-2") == [31373, 23748]


def test_more_than_five_megabytes_are_refused(two: PlaygroundFigure) -> None:
    two.text.evaluate(PASTE, "x" * 5_000_001)
    expect(two.root.get_by_role("alert")).to_contain_text("5.1 MB, and the playground takes up to")
    expect(two.text).to_have_value(TEXT)
    two.text.fill("fine")
    expect(two.root.get_by_role("alert")).to_have_count(0)


def test_the_data_and_the_picture_can_be_saved(two: PlaygroundFigure) -> None:
    saved = two.saved()
    data = json.loads(saved["tokens.json"])
    assert data["text"] == TEXT
    assert data["tokenizers"][1]["ids"] == load_encoding("o200k_base").encode(TEXT)
    assert saved["tokens.csv"].splitlines()[1] == "gpt2,1,15496,Hello,48 65 6C 6C 6F,0,5"
    assert saved["tokens.svg"].count("<rect x") == 20


def test_examples_start_an_experiment(two: PlaygroundFigure) -> None:
    examples = two.root.get_by_role("group", name="Start from").get_by_role("button")
    for example in examples.all():
        example.click()
        expect(two.status).to_contain_text("o200k:", timeout=PATIENT)
    two.button("A word twice").click()
    expect(two.text).to_have_value("hello hello")


def test_touch_on_a_phone(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}all.html", width=360, height=740, has_touch=True, is_mobile=True)
    figure = PlaygroundFigure(page)
    expect(figure.status).to_contain_text("Trained here:", timeout=PATIENT)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    figure.tokens("GPT-2").first.tap()
    expect(figure.detail).to_contain_text("“n” in GPT-2: token 1 of")
    expect(figure.lit("Words")).to_have_text(["né"], use_inner_text=True)
    assert figure.smallest("button") >= 36


def test_axe_finds_no_violation(two: PlaygroundFigure) -> None:
    assert violations_in_both_themes(two.page) == []


def test_without_javascript_the_tokens_are_a_table(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}two.html", java_script_enabled=False)
    rows = page.get_by_role("row").all_inner_texts()
    assert rows[1].startswith("GPT-2\t12\t")
    assert rows[2].startswith("o200k (GPT-4o)\t8\t")


@pytest.mark.parametrize("name", VOCABULARIES)
def test_the_bundle_has_the_vocabularies_that_python_has(name: str) -> None:
    packed = (built.STATIC / "vocabularies" / f"{name}.txt").read_text("utf-8")
    params = load(VOCABULARIES[name]).params
    if name == "llama3":  # some of its tokens come from no merge, and Python packs merges only
        assert len(packed) == 512 + 6 * (len(params.vocab) - 256)
    else:
        assert packed == pack(params)
