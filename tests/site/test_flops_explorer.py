"""The FLOPs explorer on a static page: the split, the sweep, models, conventions, curves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from cs336_core.accounting import Conventions, count_flops, flops_fraction, total_flops
from cs336_core.accounting.units import flops_text, percent_text
from cs336_core.model.config import ModelConfig
from cs336_core.model.presets import preset, preset_names
from cs336_core.widgets import FlopsExplorer
from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage
from tests.site.figures import Figure, outside, top_of, write_pages

OWN = ModelConfig(vocab_size=500, context_length=256, n_layers=3, d_model=96, n_heads=6)


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pages of one explorer each, beside the files of the site."""
    folder = tmp_path_factory.mktemp("flops")
    figures = {
        "gpt3": FlopsExplorer(key="f"),
        "deepseek": FlopsExplorer("deepseek-v3", seq_len=32_768, phase="decode", key="f"),
        "own": FlopsExplorer(OWN, key="f"),
    }
    write_pages(html, folder, figures)
    return folder


class Explorer(Figure):
    """The explorer as a reader finds it: by role and name."""

    view = "flops_explorer"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.model = self.root.get_by_role("combobox", name="Model")
        self.halves = self.root.locator(".cs336-flops-half b")
        self.formula = self.root.locator(".cs336-flops-formula")
        self.bar = self.root.get_by_role("img", name=re.compile("^Where the FLOPs go"))
        self.plot = self.root.get_by_role(
            "img", name=re.compile("^Percentages over the sequence length")
        )

    def unfold(self, *titles: str) -> None:
        """Open the parts of the figure that are folded at first."""
        for title in titles or ("How it is counted", "Formulas, memory", "Vocabulary and kind"):
            self.root.locator("summary", has_text=title).click()

    def choose(self, group: str, name: str) -> None:
        radios = self.root.get_by_role("radiogroup", name=group, exact=True)
        radios.get_by_role("radio", name=name, exact=True).check()

    def part(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=re.compile(f"^{name}"))


@pytest.fixture
def explorer(served: str, shared_page: OpenPage) -> Iterator[Explorer]:
    page, watch = shared_page(f"{served}gpt3.html")
    figure = Explorer(page)
    figure.unfold()
    yield figure
    assert watch.console == []


def test_at_first_it_is_gpt_3(explorer: Explorer) -> None:
    rows = count_flops(preset("gpt3-175b"), 1, 2048)
    expect(explorer.model.locator("option:checked")).to_have_text("GPT-3 175B")
    expect(explorer.status).to_have_text(
        f"GPT-3 175B processes 2,048 tokens: {flops_text(total_flops(rows))}. Attention takes "
        "35.0 %, less than the MLP with 64.6 %."
    )
    expect(explorer.halves).to_have_text(
        ["35.0 %", percent_text(flops_fraction(rows, "mlp")), flops_text(total_flops(rows))]
    )
    expect(explorer.bar).to_have_accessible_name(re.compile(r"Scores and values 2\.7.%, MLP 64\.6"))
    crossings = explorer.root.locator(".cs336-flops-crossings li")
    expect(crossings.nth(0)).to_have_text(
        "① 24,576 tokens, 2 × the width: attention takes as much as the MLP."
    )
    expect(crossings.nth(1)).to_have_text(
        "② 49,152 tokens, 4 × the width: so do scores and values alone."
    )
    expect(crossings.nth(2)).to_contain_text("From GPT-3 Medium on, the MLP takes at least as much")


def test_attention_takes_more_as_the_text_grows(explorer: Explorer) -> None:
    explorer.type("Tokens", "24576")
    expect(explorer.status).to_contain_text("Attention now takes 49.9 %, as much as the MLP.")
    explorer.slider_of("Tokens").press("ArrowRight")
    expect(explorer.box("Tokens")).to_have_value("28672")
    expect(explorer.status).to_contain_text(re.compile("Attention now takes .* more than the MLP"))
    expect(explorer.root).to_contain_text("The model has positions for 2,048 tokens.")
    explorer.type("Tokens", "99999999999")
    expect(explorer.box("Tokens")).to_have_value("16777216")
    explorer.type("Tokens", "")
    expect(explorer.box("Tokens")).to_have_value("16777216")


def test_it_plays_through_the_lengths(served: str, open_with_clock: OpenPage) -> None:
    page, _ = open_with_clock(f"{served}gpt3.html")
    explorer = Explorer(page)
    page.clock.pause_at(60_000)
    explorer.type("Tokens", "786432")
    explorer.button("Play").click()
    page.clock.run_for(2000)
    expect(explorer.box("Tokens")).to_have_value("1048576")
    expect(explorer.button("Play")).to_be_visible()  # it has come to its end
    explorer.button("Play").click()
    expect(explorer.button("Pause")).to_be_visible()
    expect(explorer.status).to_have_attribute("aria-live", "off")
    page.clock.run_for(1000)
    expect(explorer.box("Tokens")).not_to_have_value("128")
    explorer.button("Pause").click()
    expect(explorer.status).to_have_attribute("aria-live", "polite")
    assert int(explorer.box("Tokens").input_value()) < 10_000


def test_the_line_in_the_curve_can_be_dragged(explorer: Explorer) -> None:
    box = explorer.plot.bounding_box()
    assert box is not None
    mouse, middle = explorer.page.mouse, box["y"] + box["height"] / 2
    mouse.move(box["x"] + 5, middle)
    mouse.down()
    expect(explorer.box("Tokens")).to_have_value("128")
    mouse.move(box["x"] + box["width"] + 50, middle, steps=4)
    mouse.up()
    expect(explorer.box("Tokens")).to_have_value("1048576")
    mouse.move(box["x"] + 5, middle)  # the button is up: nothing follows
    expect(explorer.box("Tokens")).to_have_value("1048576")


def test_a_part_shows_its_formula(explorer: Explorer) -> None:
    expect(explorer.formula).to_contain_text("Scores and values: 19.8 TFLOPs, 2.7 %")
    explorer.part("MLP").hover()
    expect(explorer.formula).to_contain_text("2 × L × T × d × dff")
    expect(explorer.formula).to_contain_text("= 2 × 96 × 2,048 × 12,288 × 49,152")
    explorer.status.hover()
    expect(explorer.formula).to_contain_text("= 2 × 96 × 96 × 2,048 × 2,048 × 128")
    explorer.part("LM head").click()
    explorer.status.hover()
    explorer.status.click()
    expect(explorer.part("LM head")).to_have_attribute("aria-pressed", "true")
    expect(explorer.formula).to_contain_text("= 2 × 2,048 × 12,288 × 50,257")


@pytest.mark.parametrize("name", ["llama-3-8b", "gemma-2b", "deepseek-v3"])
def test_presets(explorer: Explorer, name: str) -> None:
    explorer.model.select_option(name)
    rows = count_flops(preset(name), 1, 2048)
    attention = percent_text(flops_fraction(rows, "projections", "scores"))
    expect(explorer.halves).to_have_text(
        [attention, percent_text(flops_fraction(rows, "mlp")), flops_text(total_flops(rows))]
    )
    expect(explorer.box("Layers")).to_have_value(str(preset(name).n_layers))


def test_every_preset_is_offered(explorer: Explorer) -> None:
    groups = explorer.model.locator("optgroup")
    assert groups.count() == 9
    names = explorer.model.locator("option").evaluate_all("all => all.map((o) => o.value)")
    assert names == preset_names()


def test_the_model_can_be_changed(explorer: Explorer) -> None:
    explorer.model.select_option("llama-3-8b")
    explorer.slider_of("Heads").fill("0")  # the first of those that divide the width
    expect(explorer.box("KV heads")).to_have_value("1")
    explorer.button("Undo the changes to the model").click()
    expect(explorer.box("KV heads")).to_have_value("8")
    explorer.type("Experts", "8")
    expect(explorer.box("Active")).to_have_value("2")
    expect(explorer.status).to_contain_text("Llama 3 8B (changed) processes 2,048 tokens")
    expect(explorer.status).to_contain_text("the experts")
    expect(explorer.root.locator(".cs336-flops-sizes")).to_contain_text("Active per token")
    explorer.choose("MLP kind", "plain")
    explorer.part("Experts").click()
    assert explorer.formula.locator(".cs336-flops-operation").all_inner_texts() == [
        "router",
        "experts, up",
        "experts, down",
    ]


def test_an_impossible_model_is_explained_and_the_last_one_stays(explorer: Explorer) -> None:
    before = explorer.halves.all_inner_texts()
    explorer.type("Heads", "7")
    expect(explorer.status).to_contain_text(
        "A width of 12,288 cannot be split into 7 equal heads. Choose a number of heads that "
        "divides it, or another width. Shown instead: GPT-3 175B."
    )
    beside = explorer.root.locator(".cs336-flops-knob", has_text="cannot be split into 7")
    expect(beside).to_contain_text("Heads")
    assert explorer.halves.all_inner_texts() == before
    expect(explorer.box("Heads")).to_have_value("7")
    explorer.type("Width", "7168")
    expect(explorer.status).to_contain_text("GPT-3 175B (changed) processes")
    explorer.type("KV heads", "3")
    expect(explorer.status).to_contain_text(
        "7 query heads cannot share 3 key and value heads evenly"
    )
    expect(explorer.status).to_contain_text("Shown instead: GPT-3 175B (changed).")
    explorer.page.wait_for_url("**f.n_kv_heads=3**")
    explorer.page.reload()
    again = Explorer(explorer.page)
    expect(again.status).to_contain_text("Shown instead: GPT-3 175B.")
    assert again.halves.all_inner_texts() == before
    again.button("Reset").click()
    expect(again.status).to_contain_text("GPT-3 175B processes")


def test_every_convention_names_who_uses_it(explorer: Explorer) -> None:
    def total() -> str:
        return explorer.halves.nth(2).inner_text().replace("\u00a0", " ")

    def counted(conventions: Conventions) -> str:
        rows = count_flops(gpt3, 1, 2048, conventions)
        return flops_text(total_flops(rows), f"{conventions.unit}s")

    gpt3 = preset("gpt3-175b")
    explorer.choose("Unit", "MACs")
    expect(explorer.root).to_contain_text("such as fvcore")
    assert total() == counted(Conventions(unit="MAC"))
    expect(explorer.root).to_contain_text("Norms, softmax and activations have no MACs")
    explorer.choose("Unit", "FLOPs")
    explorer.choose("Elementwise", "counted")
    assert total() == counted(Conventions(elementwise=True))
    explorer.choose("Elementwise", "left out")
    explorer.choose("Pairs", "attended only")
    expect(explorer.root).to_contain_text("FlashAttention papers divide by two")
    assert total() == counted(Conventions(pairs="attended"))
    explorer.choose("Pairs", "all")
    explorer.choose("Work", "+ all again")
    expect(explorer.root).to_contain_text("the well-known table of OPT")
    assert total() == counted(Conventions(work="training", recompute="full"))
    explorer.choose("LM head", "left out")
    expect(explorer.part("LM head")).to_contain_text("left out")
    explorer.choose("Count", "one new token")
    step = count_flops(lengthened(gpt3, 2049), 1, 1, Conventions(head=False), cached=2048)
    assert total() == flops_text(total_flops(step))
    expect(explorer.slider_of("Cached tokens")).to_be_visible()
    work = explorer.root.get_by_role("radiogroup", name="Work", exact=True)
    expect(work.get_by_role("radio")).to_have_count(1)


def lengthened(config: ModelConfig, n_tokens: int) -> ModelConfig:
    """Return the model with room for more positions."""
    fields = {**vars(config), "context_length": n_tokens}
    return ModelConfig(**fields)


def test_the_table_has_every_row(explorer: Explorer) -> None:
    explorer.root.get_by_text("All rows as a table").click()
    table = explorer.root.get_by_role("table")
    rows = count_flops(preset("gpt3-175b"), 1, 2048)
    expect(table.locator("tbody tr")).to_have_count(len(rows))
    shown = table.locator("tbody td:nth-child(4)").all_inner_texts()
    assert shown == [f"{row.flops:,}" for row in rows]
    expect(table.locator("tfoot")).to_contain_text(f"{total_flops(rows):,}")
    expect(table.locator("tfoot")).to_contain_text(f"{sum(row.params for row in rows):,}")


def test_by_keyboard_alone(explorer: Explorer) -> None:
    press = explorer.page.keyboard.press
    explorer.model.focus()
    press("Tab")
    expect(explorer.button("Play")).to_be_focused()
    press("Tab")
    press("End")
    expect(explorer.box("Tokens")).to_have_value("1048576")
    press("Tab")
    press("Tab")
    expect(explorer.part("Projections")).to_be_focused()
    expect(explorer.formula).to_contain_text("Projections:")
    press("Tab")
    press("Tab")
    press("Enter")
    expect(explorer.part("MLP")).to_have_attribute("aria-pressed", "true")
    assert explorer.page.evaluate("document.activeElement.matches(':focus-visible')")


def test_the_address_holds_the_settings(explorer: Explorer) -> None:
    page = explorer.page
    explorer.model.select_option("mixtral-8x7b")
    explorer.slider_of("Layers").fill("9")
    explorer.choose("Pairs", "attended only")
    explorer.part("Experts").click()
    explorer.type("Tokens", "5000")
    page.wait_for_url("**f.seq_len=5000**")
    assert "f.preset=mixtral-8x7b" in page.url
    assert "d_model" not in page.url  # it is as the model has it
    shares = explorer.halves.all_inner_texts()
    page.reload()
    again = Explorer(page)
    assert again.halves.all_inner_texts() == shares
    expect(again.box("Layers")).to_have_value("10")
    again.button("Reset").click()
    page.wait_for_url(lambda url: "?" not in url)
    expect(again.status).to_contain_text("GPT-3 175B processes 2,048 tokens")


def test_the_data_and_the_picture_can_be_saved(explorer: Explorer) -> None:
    saved = explorer.saved()
    rows = count_flops(preset("gpt3-175b"), 1, 2048)
    data = json.loads(saved["flops.json"])
    assert [int(row["flops"]) for row in data["rows"]] == [row.flops for row in rows]
    assert data["crossovers"] == {"attention": 24_576, "scores": 49_152}
    assert len(saved["flops.csv"].splitlines()) == len(rows) + 1
    assert "#c8641e" in saved["flops.svg"]
    assert saved["flops.svg"].count("<polyline") == 3


def test_a_custom_model(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{served}own.html")
    explorer = Explorer(page)
    expect(explorer.status).to_contain_text("Your own model processes 2,048 tokens")
    explorer.model.select_option("gpt2-small")
    explorer.model.select_option("")
    rows = count_flops(OWN, 1, 2048)
    expect(explorer.halves.nth(2)).to_have_text(flops_text(total_flops(rows)))
    assert watch.console == []


def test_touch_on_a_phone(served: str, open_page: OpenPage) -> None:
    for name in ("gpt3", "deepseek"):
        page, watch = open_page(
            f"{served}{name}.html", width=360, height=740, has_touch=True, is_mobile=True
        )
        explorer = Explorer(page)
        explorer.part("Projections").tap()  # unfolds its formula
        expect(explorer.formula).to_contain_text("Projections:")
        if name == "gpt3":  # DeepSeek is counted in another way, so its fold is open
            explorer.unfold("How it is counted")
        explorer.root.locator("label", has_text="attended only").tap()
        explorer.plot.scroll_into_view_if_needed()
        box = explorer.plot.bounding_box()
        assert box is not None
        page.touchscreen.tap(box["x"] + 1, box["y"] + 40)
        expect(explorer.root.locator(".cs336-flops-sweep input[type=number]")).to_have_value("128")
        explorer.root.get_by_text("All rows as a table").tap()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        controls = "button, select, summary, .cs336-options, input[type=number]"
        assert explorer.smallest(controls) >= 36
        page.set_viewport_size({"width": 320, "height": 740})
        assert outside(explorer.root) == []
        assert watch.console == []


def test_no_two_names_of_curves_touch(served: str, open_page: OpenPage) -> None:
    for query in ("", "f.seq_len=1048576", "f.n_experts=64&f.seq_len=65536", "f.head=false"):
        page, _ = open_page(f"{served}gpt3.html?{query}", width=360)
        names = Explorer(page).root.locator(".cs336-chart-plot")
        for plot in names.all():
            boxes = [box.bounding_box() for box in plot.locator(".cs336-chart-end").all()]
            tops = sorted(box["y"] for box in boxes if box)
            assert all(b - a > 13 for a, b in pairwise(tops)), query


@pytest.mark.parametrize("query", ["", "f.n_heads=7", "f.n_experts=8&f.elementwise=true"])
def test_axe_finds_no_violation(served: str, open_page: OpenPage, query: str) -> None:
    page, _ = open_page(f"{served}gpt3.html?{query}", reduced_motion="reduce")
    explorer = Explorer(page)
    explorer.unfold()
    explorer.root.get_by_text("All rows as a table").click()
    expect(explorer.root.get_by_role("table")).to_be_visible()
    assert violations_in_both_themes(page) == []


def test_bar_curve_and_sliders_are_on_one_screen(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}gpt3.html", width=1280, height=800)
    explorer = Explorer(page)
    sliders = explorer.root.locator(".cs336-flops-settings .cs336-slider")
    expect(sliders).to_have_count(6)
    parts = [explorer.model, explorer.bar, explorer.plot, *sliders.all()]
    boxes = [box for box in (part.bounding_box() for part in parts) if box]
    assert len(boxes) == len(parts)
    top = min(box["y"] for box in boxes)
    assert max(box["y"] + box["height"] for box in boxes) - top < 800 - 60  # the header


def test_a_strip_has_every_model(explorer: Explorer) -> None:
    strips = explorer.root.locator(".cs336-flops-strip-axis")
    expect(strips.locator("> span")).to_have_count(len(preset_names()))
    assert strips.locator("> b").all_inner_texts() == ["64.7\u00a0%", "60.4\u00a0%", "80.1\u00a0%"]
    what = explorer.root.locator(".cs336-flops-strip-what")
    expect(what).to_contain_text("OPT-175B takes 64.7")
    box = strips.last.bounding_box()
    assert box is not None
    explorer.page.mouse.move(box["x"] + box["width"] * (0.851 - 0.3) / 0.6, box["y"] + 20)
    expect(what).to_have_text(re.compile("^Mixtral 8x7B: the MLP takes 85.1"))
    explorer.page.mouse.down()
    explorer.page.mouse.up()
    expect(explorer.model).to_have_value("mixtral-8x7b")


def test_the_controls_stay_where_they_are(explorer: Explorer) -> None:
    bar = explorer.bar
    tops = set()
    for tokens in ("128", "24576", "1048576"):
        explorer.type("Tokens", tokens)
        tops.add(top_of(bar))
    assert len(tops) == 1


def test_without_javascript_there_are_bars_and_a_table(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}gpt3.html", java_script_enabled=False)
    assert page.locator("tbody tr").count() == 6
    assert page.locator("caption").inner_text().startswith("GPT-3 175B processes 2,048 tokens: 735")
    widths = [
        part.bounding_box() for part in page.locator(".cs336-flops-bar").first.locator("span").all()
    ]
    shown = [box["width"] if box else 0 for box in widths]
    assert shown[2] / sum(shown) == pytest.approx(0.646, abs=0.01)
