"""Exploring a run in a real browser: watched expressions, search over time, comparison of runs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cs336_core._shared.built import STATIC
from cs336_core.trace import dumps, trace
from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage
from tests.site.test_trace_page import Viewer


def train(rate: float) -> float:
    """Descend until the loss is small."""
    ids = [84, 104]
    loss = 4.0
    while loss > 1:
        loss = loss * rate
        ids.append(len(ids))
    print("trained in", len(ids) - 2)
    return loss


def pairs() -> None:
    """Interleave two generators, share a list, and catch an exception."""

    def letters(word: str) -> Iterator[str]:
        yield from iter(word)

    def refuse(x: int) -> int:
        if x:
            raise ValueError("no numbers")
        return 7

    words = ["ab", "cd"]
    shared = words
    for _ in zip(letters(words[0]), letters(words[1]), strict=True):
        shared.append("e")
    refuse(0)
    try:
        refuse(1)
    except ValueError:
        shared.clear()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The viewer with two runs of `train` beside it."""
    folder = tmp_path_factory.mktemp("explore")
    shutil.copytree(STATIC / "viewer", folder, dirs_exist_ok=True)
    (folder / "traces").mkdir()
    for name, rate in (("slow", 0.5), ("fast", 0.25)):
        recorded = trace(train, rate, inspect_all=True)
        (folder / "traces" / f"{name}.json").write_text(dumps(recorded), "utf-8")
    recorded = trace(pairs, inspect_all=True)
    (folder / "traces" / "pairs.json").write_text(dumps(recorded), "utf-8")
    return folder


@pytest.fixture
def viewer(served: str, open_page: OpenPage) -> Iterator[Viewer]:
    page, watch = open_page(f"{served}trace.html?trace=slow")
    yield Viewer(page)
    assert watch.console == []
    assert watch.foreign(served) == []


def test_expressions_are_watched(viewer: Viewer) -> None:
    page = viewer.page
    viewer.press("w")
    field = page.get_by_role("textbox", name="Expression to watch")
    expect(field).to_be_focused()
    page.keyboard.type("len(ids")
    viewer.press("Enter")
    problem = page.locator(".cs336-problem")
    expect(problem).to_have_text("Character 8: the end; expected “)”.")
    page.keyboard.type(") - 2")
    viewer.press("Enter")
    watch = page.get_by_role("group", name="Watched expressions")
    expect(watch).to_contain_text("ids is not in view at this step.")
    viewer.press("Escape")
    expect(field).to_have_count(0)
    viewer.press("End")
    expect(watch.locator(".cs336-variable")).to_have_text(re.compile(r"^len\(ids\) - 2int.*2$"))
    page.wait_for_url(re.compile(r"&watch=len\(ids\)%20-%202"))
    page.reload()
    expect(watch.locator(".cs336-variable")).to_contain_text("len(ids) - 2")
    viewer.button("Stop watching len(ids) - 2").click()
    expect(watch.locator(".cs336-variable")).to_have_count(0)
    expect(viewer.side).to_be_focused()


def test_steps_are_found_by_a_condition_and_by_output(viewer: Viewer) -> None:
    page = viewer.page
    viewer.press("f")
    page.keyboard.type("loss < 4 and len(ids) >")
    expect(page.locator(".cs336-problem")).to_contain_text("Character 24: the end")
    page.keyboard.type(" 2")
    status = page.locator(".cs336-search [role=status]")
    expect(status).to_have_text(re.compile("found$"))
    viewer.press("Enter")
    expect(status).to_have_text(re.compile("^1 of"))
    found = int(viewer.number.input_value())
    expect(viewer.side).to_contain_text("84")
    viewer.stack.get_by_role("button").first.focus()
    viewer.press(".")
    expect(status).to_have_text(re.compile("^2 of"))
    viewer.press(",")
    viewer.at(found)
    viewer.press(",")
    expect(page.locator("[role=status]").last).to_have_text("No match before this step.")
    page.get_by_role("combobox", name="Search in").select_option("Output")
    page.get_by_role("searchbox").fill("trained in 2")
    viewer.press("Enter")
    expect(viewer.now).to_contain_text("print(")


def test_how_statements_end_is_marked_and_announced(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{served}trace.html?trace=pairs")
    viewer = Viewer(page)
    announced = page.locator("[role=status]").last
    for line, event in (
        ("yield from", "yielded 'a'"),
        ("return 7", "returned 7"),
        ("raise ValueError", "raised ValueError: no numbers"),
    ):
        viewer.line(line).click()
        while not (mark := viewer.now.locator("code").first.get_attribute("data-event")):
            viewer.press("l")
        assert mark == event
        expect(announced).to_contain_text(f"This statement {event}.")
    viewer.press("h")
    viewer.press("h")
    expect(viewer.source.locator("[data-event^=raised]")).to_have_count(0)
    assert watch.console == []


def test_names_of_one_object_are_joined(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{served}trace.html?trace=pairs")
    viewer = Viewer(page)
    viewer.line('shared.append("e")').click()
    words = viewer.side.locator(".cs336-variable", has_text="words").first
    expect(words).to_contain_text("same object as shared")
    suspended = viewer.side.get_by_text("letters, suspended")
    expect(suspended).to_have_count(2)
    arrows = viewer.side.locator(".cs336-arrows path")
    expect(arrows).to_have_count(0)
    viewer.press("o")
    expect(arrows).to_have_attribute("d", re.compile("^M"))
    expect(viewer.button("Arrows")).to_have_attribute("aria-pressed", "true")
    assert violations_in_both_themes(page) == []
    assert watch.console == []


def test_two_runs_are_compared(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{served}trace.html?trace=slow&compare=fast")
    viewer = Viewer(page)
    comparison = page.get_by_role("group", name="Comparison of two runs")
    expect(comparison).to_contain_text("4 differences from fast.json; the first is at step 0.")
    expect(comparison).to_contain_text("Different values: rate.")
    parting = re.search(r"The runs part at step (\d+)\.", comparison.inner_text())
    viewer.press("d")
    expect(comparison).to_contain_text("Different values: loss.")
    loss = page.get_by_role("row", name=re.compile("^loss"))
    assert loss.get_by_role("cell").all_inner_texts() == ["2.0", "1.0"]
    viewer.press("d")
    expect(comparison).to_contain_text("The runs part here: this one goes to line")
    parted = int(viewer.number.input_value())
    assert parting
    assert int(parting[1]) == parted
    viewer.press("d")
    viewer.press("d")
    expect(page.locator("[role=status]").last).to_have_text("No difference after this step.")
    viewer.press("Shift+D")
    viewer.at(parted)
    assert violations_in_both_themes(page) == []
    viewer.button("Swap").click()
    expect(comparison).to_contain_text("differences from slow.json")
    page.wait_for_url(re.compile("trace=fast&compare=slow"))
    viewer.button("End comparison").click()
    expect(comparison).to_have_count(0)
    assert watch.console == []
    assert watch.foreign(served) == []


def test_a_comparison_that_fails_says_why(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}trace.html?trace=slow&compare=missing")
    Viewer(page)
    note = page.locator(".page-omitted")
    expect(note).to_contain_text("The comparison failed: missing.json: There is no trace at")
    note.get_by_role("button", name="Close").click()
    expect(note).to_have_count(0)
