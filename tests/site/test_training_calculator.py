"""The training calculator on a static page: results, settings, assumptions, panels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cs336_core.accounting import MACHINES
from cs336_core.accounting.units import seconds_text
from cs336_core.ui.machines import SHOWN_MACHINES
from cs336_core.widgets import TrainingCalculator
from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage
from tests.site.figures import LAID_OUT, Figure, outside, top_of, write_pages


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pages of one calculator each, beside the files of the site."""
    folder = tmp_path_factory.mktemp("calculator")
    calculators = {
        "plain": TrainingCalculator(key="c"),
        "experts": TrainingCalculator("deepseek-v3", 14.8e12, machine="t4", n_machines=8, key="c"),
    }
    write_pages(html, folder, calculators)
    return folder


class Calculator(Figure):
    """The calculator as a reader finds it: by role and name."""

    view = "training_calculator"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.model = self.root.get_by_role("combobox", name="Model")
        self.machine = self.root.get_by_role("combobox", name="Machine")
        self.assumed = self.root.get_by_role("group", name="Assumptions")
        self.memory = self.root.get_by_role("group", name="Memory without activations")
        self.ratio = self.root.get_by_role("group", name="Tokens per parameter")
        self.others = self.root.get_by_role("group", name="The same run on other machines")

    def results(self) -> list[str]:
        return self.root.locator(".cs336-results dd").all_inner_texts()


@pytest.fixture
def calculator(served: str, shared_page: OpenPage) -> Iterator[Calculator]:
    page, watch = shared_page(f"{served}plain.html")
    yield Calculator(page)
    assert watch.console == []


def test_seventy_billion_on_fifteen_trillion_take_144_days(calculator: Calculator) -> None:
    assert calculator.results() == ["144 days", "6.3 × 10²⁴", "3.54 million", "7.08 million"]
    expect(calculator.status).to_contain_text("144 days on 1,024 H100 SXM")
    expect(calculator.assumed).to_contain_text("Each of the 1,024 machines reaches 50 % of that")
    expect(calculator.assumed).to_contain_text("2.00 per machine-hour is a placeholder")
    expect(calculator.memory.locator("tfoot")).to_have_text("together161.02 TiB1.02 GiB")
    expect(calculator.ratio).to_contain_text("10.7 times Chinchilla’s 20")


def test_twice_the_machines_take_half_the_days_and_cost_as_much(calculator: Calculator) -> None:
    cost = calculator.results()[3]
    calculator.slider_of("Machines").press("ArrowRight")
    expect(calculator.status).to_contain_text("on 2,048 H100 SXM")
    assert calculator.results() == ["72 days", "6.3 × 10²⁴", "3.54 million", cost]
    calculator.slider_of("MFU (%)").fill("25")
    assert calculator.results()[0] == "144 days"
    assert calculator.results()[3] == "14.2 million"
    calculator.type("Your price per hour", "4.5")
    assert calculator.results()[3] == "31.9 million"


def test_a_preset_is_chosen_and_left(calculator: Calculator) -> None:
    calculator.model.select_option("mixtral-8x7b")
    expect(calculator.assumed).to_contain_text(
        "Of 46.7 billion parameters, 12.9 billion are active"
    )
    run = TrainingCalculator("mixtral-8x7b").run
    assert calculator.results()[0] == seconds_text(run.seconds)
    calculator.slider_of("Parameters (10⁹)").press("ArrowRight")
    expect(calculator.model).to_have_value("")
    expect(calculator.assumed).not_to_contain_text("are active per token")


def test_every_machine_shows_its_time(calculator: Calculator) -> None:
    for key in SHOWN_MACHINES:
        machine = MACHINES[key]
        calculator.machine.select_option(key)
        time = seconds_text(TrainingCalculator(machine=key).run.seconds)
        assert calculator.results()[0] == time
        expect(calculator.others.locator("tr[data-now]")).to_contain_text(machine.name)
        expect(calculator.others.locator("tr[data-now]")).to_contain_text(time)
    expect(calculator.root.locator(".cs336-error")).to_have_text(
        "The server CPU does not support bf16: counted in fp32."
    )


def test_a_precision_that_the_machine_has(calculator: Calculator) -> None:
    calculator.root.get_by_role("radio", name="fp8").check()
    run = TrainingCalculator(precision="fp8").run
    assert calculator.results()[0] == seconds_text(run.seconds)
    calculator.machine.select_option("a100")
    expect(calculator.root.get_by_role("radio", name="fp8")).to_have_count(0)
    expect(calculator.root.get_by_role("radio", name="fp16")).to_be_checked()
    expect(calculator.root.locator(".cs336-error")).to_contain_text(
        "A100 SXM 80 GB does not support fp8"
    )


def test_the_model_does_not_fit_on_too_few_machines(calculator: Calculator) -> None:
    calculator.type("Machines", "13")
    expect(calculator.memory).to_contain_text("does not fit. This needs at least 14 machines.")
    calculator.type("Machines", "14")
    expect(calculator.memory).to_contain_text("An equal part takes 100 % of that")


def test_numbers_out_of_bounds_are_corrected(calculator: Calculator) -> None:
    expect(calculator.type("MFU (%)", "300")).to_have_value("100")
    expect(calculator.type("Machines", "0")).to_have_value("1")
    expect(calculator.type("Your price per hour", "-3")).to_have_value("0")
    expect(calculator.type("Tokens (10⁹)", "")).to_have_value("15000")
    expect(calculator.type("Tokens (10⁹)", "1.4")).to_have_value("1.4")
    expect(calculator.ratio).to_contain_text("0.1 % of Chinchilla’s 20")


def test_by_keyboard_alone(calculator: Calculator) -> None:
    press = calculator.page.keyboard.press
    calculator.machine.focus()
    press("ArrowDown")
    expect(calculator.machine).to_have_value("h200")
    calculator.slider_of("Tokens (10⁹)").focus()
    press("ArrowRight")
    expect(calculator.status).to_contain_text("on 20 trillion tokens")
    calculator.slider_of("MFU (%)").focus()
    press("ArrowLeft")
    expect(calculator.assumed).to_contain_text("reaches 49 % of that")
    assert calculator.page.evaluate("document.activeElement.matches(':focus-visible')")


def test_the_address_holds_the_settings(calculator: Calculator) -> None:
    page = calculator.page
    calculator.type("Parameters (10⁹)", "6.5")
    calculator.machine.select_option("b200")
    calculator.slider_of("MFU (%)").fill("41")
    page.wait_for_url("**c.mfu=0.41**")
    sentence = calculator.status.inner_text()
    page.reload()
    again = Calculator(page)
    expect(again.status).to_have_text(sentence)
    again.button("Reset").click()
    page.wait_for_url(lambda url: "?" not in url)
    assert again.results()[0] == "144 days"


def test_the_data_and_the_picture_can_be_saved(calculator: Calculator) -> None:
    saved = calculator.saved()
    run = TrainingCalculator().run
    data = json.loads(saved["training-run.json"])
    assert data["days"] == pytest.approx(run.days)
    assert data["cost"] == pytest.approx(run.cost)
    assert len(saved["training-run.csv"].splitlines()) == 1 + len(SHOWN_MACHINES)
    assert ">144 days<" in saved["training-run.svg"]
    assert "undefined" not in saved["training-run.svg"]


def test_touch_on_a_phone(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(
        f"{served}experts.html", width=360, height=740, has_touch=True, is_mobile=True
    )
    calculator = Calculator(page)
    expect(calculator.memory).to_contain_text("does not fit. This needs at least 672 machines.")
    calculator.root.get_by_role("radio", name="fp32").tap()
    expect(calculator.root.get_by_role("radio", name="fp32")).to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert calculator.smallest("button, select, input:not([type=radio]), label:has(input)") >= 36
    page.set_viewport_size({"width": 320, "height": 740})
    assert outside(calculator.root) == []
    assert watch.console == []


def test_axe_finds_no_violation_without_a_precision(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}experts.html?c.precision=fp8", reduced_motion="reduce")
    Calculator(page)
    assert violations_in_both_themes(page) == []


def test_the_controls_stay_where_they_are(calculator: Calculator) -> None:
    for width in (360, 1280):
        calculator.page.set_viewport_size({"width": width, "height": 900})
        calculator.page.evaluate(LAID_OUT)
        tops = set()
        for key in ("Home", *["ArrowRight"] * 20):
            calculator.slider_of("Machines").press(key)
            tops.add(top_of(calculator.root.locator(".cs336-calculator-settings")))
        assert len(tops) == 1
