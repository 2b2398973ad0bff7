"""A prediction on a page: figure and folded answer stay closed until the reader has chosen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cs336_core.widgets import BPETimeMachine, Prediction
from tests.site.conftest import OpenPage
from tests.site.figures import Figure, write_pages

OPTIONS = ["`th` + `e`", "`e` + `␣`", "`a` + `t`"]


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a page as a lecture has it: a question, its figure, an answer in a box."""
    folder = tmp_path_factory.mktemp("prediction")
    asked = Prediction("Which pair merges after `th`?", OPTIONS, OPTIONS[0], closes="hat", key="q")
    write_pages(html, folder, {"asked": asked})
    hat = BPETimeMachine("the cat in the hat", compact=True, key="hat")
    page = folder / "asked.html"
    text = page.read_text("utf-8").replace("<main>", '<main><div class="cell">')
    after = (
        f'</div><div class="cell">{hat.static_html()}</div>'
        "<details><summary>Answer</summary><p>It is th + e.</p></details>"
        "<p>Try this.</p><details><summary>Later</summary><p>Not yet.</p></details>"
        '<a class="figure-link" href="?hat.step=3#hat">merge 3</a></main>'
        '<script defer src="_static/widgets/bpe_time_machine.js"></script>'
    )
    page.write_text(text.replace("</main>", after), "utf-8")
    return folder


class Question(Figure):
    """The question of a page, and what it opens."""

    view = "prediction"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.machine = page.locator("#hat")
        self.answer = page.get_by_text("It is th + e.")


@pytest.fixture
def question(served: str, open_page: OpenPage) -> Question:
    page, _ = open_page(f"{served}asked.html")
    return Question(page)


def test_a_choice_is_checked_and_opens_what_was_closed(question: Question) -> None:
    expect(question.machine).to_be_hidden()
    expect(question.answer).to_be_hidden()
    question.root.get_by_role("button", name="a + t").focus()
    question.page.keyboard.press("Enter")
    expect(question.status).to_have_text("You chose a + t. The answer is th + e.")
    expect(question.machine).to_be_visible()
    expect(question.answer).to_be_visible()
    expect(question.page.get_by_text("Not yet.")).to_be_hidden()  # not right after the question
    question.root.get_by_role("button", name="e + ␣").click(force=True)  # one choice counts
    expect(question.status).to_contain_text("You chose a + t.")
    question.page.wait_for_url("**q.chosen=2**")
    question.page.reload()
    again = Question(question.page)
    expect(again.status).to_contain_text("You chose a + t.")
    again.button("Ask me again").click()
    expect(again.status).to_have_text("The figure opens with your answer.")
    expect(again.machine).to_be_hidden()
    again.root.get_by_role("button", name="th + e").click()
    expect(again.status).to_have_text("Right: th + e.")


def test_the_question_can_be_skipped(question: Question) -> None:
    question.button("Show me").click()
    expect(question.status).to_have_text("The answer is th + e.")
    expect(question.machine).to_be_visible()
    expect(question.answer).to_be_visible()


def test_a_link_to_the_closed_figure_opens_it(question: Question, served: str) -> None:
    question.page.get_by_role("link", name="merge 3").click()
    expect(question.machine).to_be_in_viewport()
    expect(question.machine.get_by_role("slider")).to_have_value("3")
    expect(question.machine).to_have_attribute("data-arrived", "true")
    question.page.wait_for_url(f"{served}asked.html?hat.step=3#hat")
    question.page.reload()
    expect(question.machine.get_by_role("slider")).to_have_value("3")


def test_without_javascript_nothing_is_closed(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}asked.html", java_script_enabled=False)
    expect(page.locator("#hat table")).to_be_visible()
