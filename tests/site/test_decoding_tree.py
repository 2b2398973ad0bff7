"""The tree of a decoding: it grows with each step, and a rule of sampling changes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from cs336_core.widgets import DecodingTree
from tests.site.conftest import OpenPage
from tests.site.figures import Figure, write_pages

pytestmark = pytest.mark.xdist_group("decoding_tree")


class Tree(Figure):
    view = "decoding_tree"

    def column(self, step: int) -> Locator:
        """The candidates of a step."""
        columns = self.root.get_by_role("list", name=f"Step {step}", exact=True)
        return columns.get_by_role("listitem")

    def log_prob(self, method: str) -> str:
        """The log-probability of a method's best text."""
        result = self.root.locator("dl > div").filter(has_text=f"Log p, {method}")
        return result.locator("dd").inner_text().replace("−", "-")

    @property
    def texts(self) -> Locator:
        return self.root.get_by_role("group", name="Texts after").get_by_role("listitem")


@pytest.fixture(scope="module")
def pages(html: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("decoding")
    write_pages(html, folder, {"tree": DecodingTree(step=0)})
    return folder


def test_the_tree_grows_step_by_step_with_nine_candidates_of_which_three_are_kept(
    served: str, open_page: OpenPage
) -> None:
    page, watch = open_page(f"{served}tree.html")
    figure = Tree(page)
    expect(figure.status).to_contain_text("Step forward: the first token is chosen.")
    for step, n in ((1, 3), (2, 9), (3, 9)):
        figure.button("One step forward").click()
        expect(figure.column(step)).to_have_count(n)
        expect(figure.column(step).filter(has_text="kept as number")).to_have_count(3)
        expect(figure.column(step).filter(has_text="dropped")).to_have_count(n - 3)
        expect(figure.texts).to_have_count(3)
    expect(figure.status).to_contain_text("Step 3: 3 beams with 3 candidates each make 9")
    figure.type("Beams, K", "1")
    expect(figure.column(3)).to_have_count(1)
    expect(figure.status).to_contain_text("this is greedy decoding")
    alone = figure.texts.inner_text()
    figure.root.get_by_role("radio", name="Greedy").check()
    expect(figure.texts).to_have_text(alone.replace("\n", "").replace("1", "✓", 1))
    assert watch.console == []


def test_what_lecture_08_says_about_it(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}tree.html?decoding-tree.step=2")
    figure = Tree(page)
    figure.button("To the end").click()
    assert float(figure.log_prob("beam search")) > float(figure.log_prob("greedy")) + 2
    figure.root.get_by_role("radio", name="Sampling").check()
    expect(figure.texts).to_have_count(1)
    assert float(figure.log_prob("sampled")) < float(figure.log_prob("beam search"))
    figure.type("Top-k", "1")
    expect(figure.status).to_contain_text("so this step is greedy")
    assert figure.log_prob("sampled") == figure.log_prob("greedy")


def test_the_rules_of_sampling_exclude_tokens_and_a_seed_repeats_its_text(
    served: str, open_page: OpenPage
) -> None:
    page, _ = open_page(f"{served}tree.html")
    figure = Tree(page)
    figure.root.get_by_role("radio", name="Sampling").check()
    figure.button("To the end").click()
    expect(figure.column(8)).not_to_have_count(0)
    first = figure.texts.inner_text()
    figure.type("Seed", "2")
    expect(figure.texts).not_to_have_text(first)
    figure.type("Seed", "1")
    expect(figure.texts).to_contain_text(first.splitlines()[-1])
    figure.type("Top-k", "2")
    expect(figure.column(1).filter(has_text="beyond top-k")).to_have_count(4)
    figure.type("Top-p", "0.01")
    expect(figure.status).to_contain_text("so this step is greedy")
    figure.root.get_by_role("textbox", name="Type a sentence").fill("The king")
    expect(figure.texts).to_contain_text("The king")
    expect(figure.column(3)).not_to_have_count(0)
    expect(figure.column(4)).to_have_count(0)  # a new prompt begins with a small tree
