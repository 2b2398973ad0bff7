"""The roofline explorer on a static page: plot, rows, details, memory, settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from cs336_core.accounting import MACHINES
from cs336_core.accounting.units import bytes_text, flops_text, seconds_text, three_digits
from cs336_core.ui.machines import SHOWN_MACHINES
from cs336_core.widgets import Roofline
from tests.site.conftest import OpenPage
from tests.site.figures import Figure, outside, top_of, write_pages

NAMES = ("Projections", "Scores, values", "MLP", "LM head", "Whole pass")


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pages of one explorer each, beside the files of the site."""
    folder = tmp_path_factory.mktemp("roofline")
    figures = {
        "plain": Roofline(key="r"),
        "experts": Roofline("deepseek-v3", "t4", batch=64, phase="prefill", key="r"),
    }
    write_pages(html, folder, figures)
    return folder


class Explorer(Figure):
    """The explorer as a reader finds it: by role and name."""

    view = "roofline"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.model = self.root.get_by_role("combobox", name="Model")
        self.machine = self.root.get_by_role("combobox", name="Machine")
        self.plot = self.root.get_by_role("img")
        self.rows = self.root.get_by_role("group", name="Operations by FLOPs per byte")
        self.details = self.root.locator(".cs336-roofline-details")
        self.memory = self.root.get_by_role("group", name="Memory and speed")
        self.why = self.root.get_by_role("group", name="Why", exact=True)

    def radio(self, name: str) -> Locator:
        return self.root.get_by_role("radio", name=name)

    def row(self, name: str) -> Locator:
        return self.rows.get_by_role("button", name=name)

    def table(self) -> list[list[str]]:
        """The table of all numbers, without its head."""
        rows = self.root.locator(".cs336-roofline-table tbody tr").all()
        return [row.locator("th, td").all_text_contents() for row in rows]


@pytest.fixture
def explorer(served: str, shared_page: OpenPage) -> Iterator[Explorer]:
    page, watch = shared_page(f"{served}plain.html")
    yield Explorer(page)
    assert watch.console == []


def bounds(explorer: Explorer) -> list[str]:
    """What bounds each row of the selected phase."""
    names = [explorer.row(name).text_content() or "" for name in NAMES]
    return [name.split(", ")[-2] for name in names]


def test_decode_waits_for_memory_and_prefill_computes(explorer: Explorer) -> None:
    expect(explorer.status).to_have_text(
        "Decode of 8 sequences after 2,048 tokens is memory-bound: a step takes at least 5.12 ms, "
        "1,562 tokens per second. 17 GiB fit in its 74.5 GiB."
    )
    expect(explorer.why).to_contain_text("8 FLOPs per byte, where the H100 SXM could do 295.")
    assert bounds(explorer) == 5 * ["memory-bound"]
    explorer.radio("Prefill").check()
    expect(explorer.status).to_contain_text(
        "Prefill of 16,384 tokens is compute-bound: at least 240 ms"
    )
    # Prefill needs the logits of one token of each sequence, as decode does.
    assert bounds(explorer) == [*3 * ["compute-bound"], "memory-bound", "compute-bound"]


def test_all_numbers_are_those_of_python(explorer: Explorer) -> None:
    explorer.root.get_by_text("All numbers").click()
    for given in ({}, {"moved": "scores", "batch": 64}, {"machine": "cpu", "context": 99}):
        figure = Roofline(**given)  # type: ignore[arg-type]
        query = "&".join(f"r.{name}={value}" for name, value in given.items())
        explorer.page.goto(f"{explorer.page.url.split('?')[0]}?{query}")
        expected = [
            [
                flops_text(point.flops),
                bytes_text(point.bytes),
                three_digits(point.roofline.intensity),
                f"{point.roofline.bound}-bound",
                seconds_text(point.roofline.seconds),
            ]
            for point in figure.points
        ]
        table = Explorer(explorer.page).table()
        assert [row[1:] for row in table] == expected
        assert table[0][0] == "Projections in prefill"


def test_more_sequences_raise_all_but_the_scores(explorer: Explorer) -> None:
    def intensity(name: str) -> str:
        return (explorer.row(name).text_content() or "").split(": ")[1].split()[0]

    assert [intensity(name) for name in NAMES[:3]] == ["8", "4", "8"]
    explorer.slider_of("Sequences").press("ArrowRight")
    expect(explorer.status).to_contain_text("Decode of 16 sequences")
    assert [intensity(name) for name in NAMES[:3]] == ["16", "4", "16"]
    explorer.type("Sequences", "300")
    assert bounds(explorer) == [
        *("compute-bound", "memory-bound", "compute-bound", "compute-bound", "memory-bound")
    ]
    expect(explorer.memory).to_contain_text("do not fit in its 74.5 GiB")


def test_a_point_is_looked_at_and_chosen(explorer: Explorer) -> None:
    expect(explorer.details).to_have_accessible_name("MLP in decode")
    expect(explorer.details).to_contain_text("97.3 % of the compute is idle")
    explorer.row("Scores, values").hover()
    expect(explorer.details).to_have_accessible_name("Scores, values in decode")
    explorer.status.hover()
    expect(explorer.details).to_have_accessible_name("MLP in decode")
    explorer.row("LM head").focus()
    expect(explorer.details).to_have_accessible_name("LM head in decode")
    explorer.page.keyboard.press("Enter")
    expect(explorer.row("LM head")).to_have_attribute("aria-pressed", "true")
    explorer.radio("Prefill").focus()
    point = explorer.plot.locator(".cs336-roofline-scores.cs336-roofline-prefill")
    point.hover()
    expect(explorer.details).to_have_accessible_name("Scores, values in prefill")
    point.click()
    expect(explorer.row("Scores, values")).to_have_attribute("aria-pressed", "true")
    expect(explorer.radio("Prefill")).to_be_checked()
    expect(explorer.details).to_contain_text("compute-bound")


def test_moving_the_scores_makes_prefill_memory_bound(explorer: Explorer) -> None:
    explorer.radio("Prefill").check()
    explorer.row("Scores, values").click()
    explorer.radio("+ scores").check()
    expect(explorer.details).to_contain_text("Moving the bytes takes longer: memory-bound.")
    explorer.radio("+ vectors").check()
    expect(explorer.details).to_contain_text("Computing takes longer: compute-bound.")
    expect(explorer.why).to_contain_text("which leaves 2,667 in the MLP")


def test_every_machine_has_its_roof(explorer: Explorer) -> None:
    heights = []
    for key in SHOWN_MACHINES:
        machine = MACHINES[key]
        explorer.machine.select_option(key)
        precisions = list(machine.flops_per_second)
        precision = "bf16" if "bf16" in machine.flops_per_second else precisions[0]
        peak = flops_text(machine.peak(precision), "FLOP/s")
        expect(explorer.plot).to_contain_text(f"{peak} in {precision}")
        ridge = three_digits(machine.ridge_point(precision))
        expect(explorer.root.locator(".cs336-roofline-plot strong")).to_have_text(f"ridge: {ridge}")
        points = explorer.root.locator(".cs336-roofline-roof").get_attribute("points") or ""
        heights.append((machine.peak(precision), 1000 - float(points.split(",")[-1])))
        group = explorer.root.get_by_role("radiogroup", name="Precision")
        assert group.locator("label").all_inner_texts() == precisions
    assert [height for _, height in sorted(heights)] == sorted(height for _, height in heights)
    expect(explorer.root.locator(".cs336-error")).to_have_text(
        "The server CPU does not support bf16: counted in fp32."
    )


def test_a_model_with_a_table_of_positions_reads_no_more(explorer: Explorer) -> None:
    explorer.model.select_option("gpt2-xl")
    expect(explorer.type("Context length", "5000")).to_have_value("1023")
    expect(explorer.status).to_contain_text("after 1,023 tokens")
    explorer.model.select_option("llama-3-8b")
    expect(explorer.type("Context length", "999999")).to_have_value("131072")
    expect(explorer.type("Sequences", "-1")).to_have_value("1")
    expect(explorer.status).to_contain_text("Decode of one sequence after 131,072 tokens")


def test_by_keyboard_alone(explorer: Explorer) -> None:
    press = explorer.page.keyboard.press
    explorer.radio("Decode").focus()
    press("ArrowLeft")
    expect(explorer.radio("Prefill")).to_be_checked()
    explorer.machine.focus()
    press("ArrowDown")
    expect(explorer.machine).to_have_value("h200")
    explorer.slider_of("Context length").focus()
    press("ArrowLeft")
    expect(explorer.status).to_contain_text("Prefill of 8,192 tokens")
    explorer.row("Projections").focus()
    press("Space")
    expect(explorer.row("Projections")).to_have_attribute("aria-pressed", "true")
    assert explorer.page.evaluate("document.activeElement.matches(':focus-visible')")


def test_the_address_holds_the_settings(explorer: Explorer) -> None:
    page = explorer.page
    explorer.machine.select_option("a100")
    explorer.row("Whole pass").click()
    explorer.slider_of("Sequences").press("End")
    page.wait_for_url("**r.batch=4096**")
    sentence = explorer.status.inner_text()
    page.reload()
    again = Explorer(page)
    expect(again.status).to_have_text(sentence)
    expect(again.details).to_have_accessible_name("Whole pass in decode")
    again.button("Reset").click()
    page.wait_for_url(lambda url: "?" not in url)
    expect(again.machine).to_have_value("h100")


def test_the_data_and_the_picture_can_be_saved(explorer: Explorer) -> None:
    saved = explorer.saved()
    points = json.loads(saved["roofline.json"])["points"]
    for ours, point in zip(points, Roofline().points, strict=True):
        assert (ours["flops"], ours["bytes"]) == (point.flops, point.bytes)
        assert ours["seconds"] == pytest.approx(point.roofline.seconds)
    assert len(saved["roofline.csv"].splitlines()) == 11
    assert saved["roofline.svg"].count("<circle") == 10
    assert "undefined" not in saved["roofline.svg"]


def test_touch_on_a_phone(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(
        f"{served}experts.html", width=360, height=740, has_touch=True, is_mobile=True
    )
    explorer = Explorer(page)
    expect(explorer.why).to_contain_text("Each token uses 8 of 256 experts")
    explorer.row("Scores, values").tap()
    expect(explorer.row("Scores, values")).to_have_attribute("aria-pressed", "true")
    explorer.radio("Decode").tap()
    expect(explorer.radio("Decode")).to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert explorer.smallest("button, select, input:not([type=radio]), label:has(input)") >= 36
    page.set_viewport_size({"width": 320, "height": 740})
    assert outside(explorer.root) == []
    assert watch.console == []


@pytest.mark.parametrize("width", [360, 1280])
def test_the_controls_stay_where_they_are(served: str, open_page: OpenPage, width: int) -> None:
    page, _ = open_page(f"{served}plain.html", width=width)
    explorer = Explorer(page)
    tops = set()
    for key in ("Home", *["ArrowRight"] * 12):
        explorer.slider_of("Sequences").press(key)
        tops.add(top_of(explorer.slider_of("Sequences")))
    assert len(tops) == 1


def test_marks_stay_inside_the_plot(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}experts.html?r.batch=4096&r.context=131072", width=360)
    explorer = Explorer(page)
    area = explorer.plot.bounding_box()
    assert area is not None
    for mark in explorer.plot.locator(".cs336-roofline-mark").all():
        box = mark.bounding_box()
        assert box is not None
        assert area["x"] - 10 < box["x"] < area["x"] + area["width"] + 10
        assert area["y"] - 10 < box["y"] < area["y"] + area["height"] + 10
