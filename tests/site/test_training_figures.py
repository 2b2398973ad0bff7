"""The figures of training: a run to scrub through, and a model that trains in the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cs336_core.widgets import TrainingRun, TrainItYourself
from tests.site.conftest import OpenPage
from tests.site.figures import Figure, write_pages

pytestmark = pytest.mark.xdist_group("training_figures")


class Run(Figure):
    view = "training_run"


class Train(Figure):
    view = "train_it_yourself"


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page for each figure."""
    folder = tmp_path_factory.mktemp("training")
    write_pages(html, folder, {"run": TrainingRun(), "train": TrainItYourself()})
    return folder


def test_each_checkpoint_reads_the_text_and_is_loaded_when_it_is_first_shown(
    served: str, open_page: OpenPage
) -> None:
    page, watch = open_page(f"{served}run.html")
    figure = Run(page)
    expect(figure.status).to_contain_text("After 1,300 steps")
    expect(figure.status).to_contain_text("the model expects “␣Leo”")
    figure.button("To the start").click()
    expect(figure.status).to_contain_text("After 0 steps")
    expect(figure.status).not_to_contain_text("␣Leo")
    expect(figure.root.locator("mark")).not_to_be_empty()  # what this model writes
    loaded = {Path(url).stem for url in watch.requests if "/models/" in url}
    assert loaded == {"small-run", "small", "small-0"}
    figure.root.get_by_role("textbox", name="Type a sentence").fill("To be")
    expect(figure.status).to_contain_text("After “␣be”")
    assert watch.console == []


def test_a_model_trains_in_the_page_until_it_is_paused(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{served}train.html")
    figure = Train(page)
    expect(figure.status).to_contain_text("A uniform guess among 35 characters has a loss of 3.56")
    text = figure.root.get_by_role("textbox", name="The text to learn")
    text.fill("ab ab ab ab ")
    figure.button("Train").click()
    expect(figure.status).to_contain_text(re.compile(r"the loss is 0\.0\d nats"))
    expect(figure.root).to_contain_text("ab ab ab ab ab")
    figure.button("Pause").click()
    expect(figure.button("Train")).to_be_visible()
    text.fill("aa")
    expect(figure.root.get_by_role("alert")).to_contain_text("two different characters")
    expect(figure.status).to_contain_text("The model is untrained.")
    assert watch.console == []
