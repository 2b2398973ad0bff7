"""Code that the reader writes on a lecture's page: exercises, and cells that are edited and run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage, Watch
from tests.site.figures import outside

PAGE = "lectures/03_bpe.html"
CELL = "shorter = merge(ids, (116, 104), 256)"
WRONG = """def merge(ids, pair, new_id):
    merged = []
    for i in range(len(ids)):
        merged.append(new_id if tuple(ids[i : i + 2]) == pair else ids[i])
    return merged
"""
RIGHT = """def merge(ids, pair, new_id):
    merged, i = [], 0
    while i < len(ids):
        is_pair = tuple(ids[i : i + 2]) == pair
        merged.append(new_id if is_pair else ids[i])
        i += 2 if is_pair else 1
    return merged
"""


def turn(page: Page, key: str) -> Locator:
    """The exercise of a key, ready to be used."""
    found = page.locator(f'[data-key="{key}"]')
    expect(found).to_have_attribute("data-ready", "true")
    found.scroll_into_view_if_needed()
    return found


def cell_with(page: Page, text: str) -> Locator:
    """The first cell with a text, by its number: a search would read the page at every step."""
    cells = page.locator("div.cell")
    texts = cells.all_text_contents()
    return cells.nth(next(i for i, each in enumerate(texts) if text in each))


def write(editor: Locator, code: str) -> None:
    """Replace the code of an editor, by keyboard, once CodeMirror has replaced the text area."""
    editor.get_by_role("textbox").focus()
    content = editor.locator(".cm-content")
    expect(content).to_be_focused()
    content.press("ControlOrMeta+a")
    content.page.keyboard.insert_text(code)


def heavy(watch: Watch) -> list[str]:
    """Return the requests for Python and for the editor."""
    late = re.compile(r"/python/|/widgets/editor|/cells/live")
    return [url for url in watch.requests if late.search(url)]


Opened = Callable[[str], tuple[Page, Watch]]
each_base = pytest.mark.parametrize("base", ["http", "file"])


@pytest.fixture(scope="module")
def opened(html: Path, site: str, module_page: OpenPage) -> Opened:
    """A function that returns the lecture over http or from disk: one page, with one Python."""
    homes = {"http": site, "file": f"{html.as_uri()}/"}
    pages: dict[str, tuple[Page, Watch]] = {}

    def of(base: str) -> tuple[Page, Watch]:
        if base not in pages:
            pages[base] = module_page(homes[base] + PAGE)
        page, _ = pages[base]
        page.bring_to_front()  # a page behind another draws a frame per second
        return pages[base]

    return of


@each_base
def test_nothing_is_loaded_before_the_reader_writes(opened: Opened, base: str) -> None:
    page, watch = opened(base)
    turn(page, "write-merge")
    cell = cell_with(page, CELL)
    cell.get_by_role("button", name="Edit and run the code from line").focus()
    assert heavy(watch) == []


@each_base
def test_an_exercise_shows_the_failing_call_then_passes(
    site: str, opened: Opened, base: str
) -> None:
    """From a wrong function to a right one, by keyboard."""
    page, watch = opened(base)
    exercise = turn(page, "write-merge")
    exercise.get_by_role("button", name="Check").click()
    status = exercise.get_by_role("status")
    expect(status).to_contain_text("yours returned None. Is there a return?")
    assert exercise.get_by_role("button", name="Show one solution").count() == 0
    write(exercise, WRONG)
    page.keyboard.press("Control+Enter")
    expect(status).to_contain_text(
        "merge([5, 6, 5, 6, 7], (5, 6), 256) should return [256, 256, 7]; "
        "yours returned [256, 6, 256, 6, 7]."
    )
    exercise.get_by_role("button", name="Hint 1 of 3").click()
    expect(exercise.get_by_role("listitem")).to_have_count(1)
    exercise.get_by_role("button", name="Trace it").click()
    expect(exercise.locator(".cs336-trace [aria-current=step]")).to_contain_text("merge([5, 6")
    exercise.get_by_role("button", name="Show one solution").click()
    solution = exercise.get_by_label("One solution")
    expect(solution).to_contain_text("while i < len(ids):")
    exercise.get_by_role("button", name="Hide the solution").click()
    expect(solution).to_be_hidden()
    write(exercise, RIGHT)
    page.keyboard.press("Control+Enter")
    expect(status).to_contain_text("Passed: merge is right in all")
    assert watch.foreign(site if base == "http" else "file://") == []
    assert watch.console == []


@each_base
def test_a_cell_is_edited_run_and_traced(opened: Opened, base: str) -> None:
    """It runs after the lines of the cells above that it needs; closing brings the page back."""
    page, watch = opened(base)
    cell = cell_with(page, CELL)
    published = cell.locator(".cell_output")
    cell.get_by_role("button", name="Edit and run the code from line").focus()
    page.keyboard.press("Enter")
    live = cell.locator(".cs336-live-cell")
    expect(live.locator(".cm-content")).to_be_focused()
    expect(published).to_be_visible()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.insert_text("\nprint(len(ids), text)\nlen(shorter)")
    page.keyboard.press("Control+Enter")
    output = live.get_by_role("region", name="Output")
    expect(output).to_contain_text("18 the cat in the hat")
    expect(output).to_contain_text("16")
    expect(published).to_be_hidden()
    live.get_by_role("button", name="Step through").click()
    expect(live.locator(".cs336-trace [aria-current=step]")).to_contain_text("import merge")
    live.get_by_role("button", name="Reset").click()
    expect(published).to_be_visible()
    live.get_by_role("button", name="Close").click()
    expect(cell.get_by_role("button", name="Edit")).to_be_focused()
    expect(cell.locator(".cs336-live-cell")).to_have_count(0)
    assert watch.console == []


def test_a_cell_that_needs_a_package_offers_the_notebook(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}lectures/06_accounting.html")
    cell = cell_with(page, "from torch.utils.flop_counter")
    expect(cell.locator(".cell-needs")).to_have_text("Needs PyTorch: notebook")
    expect(cell.get_by_role("link", name="notebook")).to_have_attribute(
        "href", "06_accounting.ipynb"
    )
    assert cell.get_by_role("button", name="Edit").count() == 0
    figure = page.locator("div.cell:has([data-widget=flops_explorer])").first
    expect(figure).to_be_visible()
    assert figure.locator(".cell-needs, .cell-edit").count() == 0


def test_errors_and_endless_loops_on_a_phone(opened: Opened) -> None:
    """An error is shown at its line, a loop is stopped; all of it fits, and axe finds nothing."""
    page, _ = opened("http")
    page.set_viewport_size({"width": 360, "height": 900})
    cell = cell_with(page, CELL)
    cell.get_by_role("button", name="Edit").click()
    live = cell.locator(".cs336-live-cell")
    write(live, "while True: pass")
    live.get_by_role("button", name="Run", exact=True).click()
    expect(live.get_by_role("status")).to_contain_text("Running")
    live.get_by_role("button", name="Stop").click()
    expect(live.get_by_role("status")).to_contain_text("Stopped.")
    write(live, "x = 1\nx.no_such_thing")
    page.keyboard.press("Control+Enter")
    expect(live.get_by_role("status")).to_contain_text("AttributeError in line 2.")
    expect(live.locator(".cs336-code-error")).to_contain_text("no_such_thing")
    exercise = turn(page, "write-merge")
    write(exercise, "def merge(ids, pair, new_id):\n    while True:\n        pass")
    exercise.get_by_role("button", name="Check").click()
    expect(exercise.get_by_role("status")).to_contain_text("did not end: it was stopped")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert outside(exercise) == []
    assert outside(live) == []
    page.evaluate(
        "for (const e of document.querySelectorAll('article > * > section')) "
        "e.hidden = !e.querySelector('.cs336-live-cell, [data-key=write-merge]')"
    )
    assert violations_in_both_themes(page) == []


def test_an_exercise_remembers_what_was_written(opened: Opened) -> None:
    """Over http: from disk, Chromium opens about one page in fifty with a storage of its own."""
    page, watch = opened("http")
    exercise = turn(page, "write-merge")
    write(exercise, RIGHT)
    page.keyboard.press("Control+Enter")
    expect(exercise.get_by_role("status")).to_contain_text("Passed: merge is right in all")
    page.reload()
    exercise = turn(page, "write-merge")
    expect(exercise.get_by_role("textbox")).to_have_value(RIGHT)
    expect(exercise).to_contain_text("You have solved this one.")
    exercise.get_by_role("button", name="Reset").click()
    editor = exercise.locator(".cm-content")  # replaces the text area once the exercise is in use
    expect(editor).to_contain_text("def merge")
    expect(editor).not_to_contain_text("is_pair")
    assert watch.console == []
