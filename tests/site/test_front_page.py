"""The front page: cards of the lectures, and how much of each the reader has read."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.site.conftest import OpenPage
from tests.site.figures import until

LECTURE = "lectures/03_bpe.html"


def read(page: Page) -> dict[str, float]:
    found: dict[str, float] = json.loads(
        page.evaluate("localStorage.getItem('cs336-read') ?? '{}'")
    )
    return found


def test_a_card_shows_how_much_of_its_lecture_has_been_read(site: str, open_page: OpenPage) -> None:
    page, watch = open_page(site + LECTURE)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    until(lambda: 0.4 < read(page).get("03_bpe", 0) < 0.65, page)
    fraction = read(page)["03_bpe"]
    page.goto(site + "index.html")
    card = page.locator(".lecture-card", has_text="Byte pair encoding")
    expect(card).to_contain_text(f"{round(100 * fraction)}\u00a0% read")
    expect(page.locator(".lecture-read")).to_have_count(1)
    page.evaluate("localStorage.setItem('cs336-read', JSON.stringify({'03_bpe': 1}))")
    page.reload()
    expect(card).to_contain_text("Finished")
    for broken in ("not JSON", "null", '{"03_bpe": "x"}'):
        page.evaluate("(text) => localStorage.setItem('cs336-read', text)", broken)
        page.reload()
        expect(page.locator(".lecture-card").first).to_be_visible()
        expect(page.locator(".lecture-read")).to_have_count(0)
    assert watch.console == []


def test_every_lecture_has_a_picture_a_time_and_a_link(html: Path) -> None:
    from bs4 import BeautifulSoup

    page = BeautifulSoup((html / "index.html").read_text("utf-8"), "html.parser")
    cards = page.select(".lecture-card")
    lectures = sorted((html / "lectures").glob("[0-9]*.html"))
    assert len(cards) == len(lectures) >= 6
    for card in cards:
        assert card.select("svg[aria-hidden=true]")
        (time,) = card.select(".lecture-time")
        assert time.text.startswith("About ")
        assert (html / str(card.select("a")[0]["href"])).resolve().is_file()
    assert (html / str(page.select("a.start")[0]["href"])).resolve().is_file()
