"""What a reader on a slow network sees: nothing moves when scripts, fonts and data come late."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.site.conftest import LIMIT
from tests.site.figures import LAID_OUT

MOST = 0.02  # of layout shift, by the browser's measure; it calls up to 0.1 good

# What is held back at first, in the order in which it comes.
LATE = {
    "scripts": re.compile(r"/(?!theme_boot)\w+\.js(\?|$)"),
    "fonts": re.compile(r"\.woff2$"),
    "data": re.compile(r"/(vocabularies|models|traces)/"),
}

_RECORD = """
globalThis.shifts = [];
const nameOf = (node) => (node?.outerHTML ?? node?.parentElement?.outerHTML ?? "").slice(0, 80);
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries())
    shifts.push({ value, moved: sources.map(({ node, previousRect, currentRect }) =>
      `${nameOf(node)} from ${previousRect.y} to ${currentRect.y}`) });
}).observe({ type: "layout-shift", buffered: true });
"""
# Promises, since the policy of the pages forbids the browser to poll a condition.
_PAINTED = """(limit) => new Promise((done, fail) => {
  new PerformanceObserver((list) => {
    if (list.getEntriesByName("first-contentful-paint").length) done();
  }).observe({ type: "paint", buffered: true });
  setTimeout(() => fail(new Error("no text without scripts")), limit);
})"""
_HAVE_RUN = """(limit) => new Promise((done, fail) => {
  if (performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd > 0) done();
  addEventListener("DOMContentLoaded", () => done());
  setTimeout(() => fail(new Error("the scripts have not run")), limit);
})"""
_REPORTED = "() => new Promise((done) => setTimeout(done, 100))"  # shifts, and what follows data
_HEIGHTS = """() => Object.fromEntries([...document.querySelectorAll("[data-widget]")]
  .map((figure) => [figure.dataset.key, Math.round(figure.getBoundingClientRect().height)]))"""


class SlowPage:
    """A page that gets its text and styles at once, and all else when `let_through` is called."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._held: dict[str, list[Route]] = {kind: [] for kind in LATE}
        page.add_init_script(_RECORD)
        page.route("**/*", self._hold)

    def _hold(self, route: Route) -> None:
        kinds = [kind for kind, address in LATE.items() if address.search(route.request.url)]
        kind = kinds[-1] if kinds else ""
        if kind in self._held:
            self._held[kind].append(route)
        else:
            route.continue_()

    def open(self, url: str) -> None:
        """Open a page, and wait until its text is painted."""
        self.page.goto(url, wait_until="commit")
        self.page.evaluate(_PAINTED, LIMIT)
        self.page.evaluate(LAID_OUT)

    def let_through(self, kind: str) -> None:
        """Let everything of a kind through, and wait until it has been shown."""
        for route in self._held.pop(kind):
            route.continue_()
        if kind == "scripts":
            self.page.evaluate(_HAVE_RUN, LIMIT)
        elif kind == "fonts":
            self.page.evaluate("document.fonts.ready.then(() => {})")
        else:
            self.page.wait_for_load_state("networkidle")
        self.page.evaluate(LAID_OUT)
        self.page.evaluate(_REPORTED)

    def stop(self) -> None:
        """Give up what is still held."""
        for route in itertools.chain(*self._held.values()):
            route.abort()

    def shifts(self) -> list[dict[str, Any]]:
        """Return what has moved so far."""
        found: list[dict[str, Any]] = self.page.evaluate("shifts")
        return found


@pytest.fixture
def slow_page(browser: Browser, width: int) -> Iterator[SlowPage]:
    """A page without a cache, since its context is new."""
    context = browser.new_context(viewport={"width": width, "height": 740})
    context.set_default_timeout(LIMIT)
    slow_page = SlowPage(context.new_page())
    yield slow_page
    slow_page.stop()
    context.close()


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("index.html", 1280),
        ("lectures/02_tokenization.html", 1280),
        ("lectures/06_accounting.html", 360),
        ("book/glossary.html", 360),
        ("search.html?q=tokenizer", 360),
        ("trace.html", 360),
    ],
)
def test_nothing_moves_on_a_slow_network(site: str, slow_page: SlowPage, name: str) -> None:
    slow_page.open(site + name)
    for kind in LATE:
        slow_page.let_through(kind)
    shifts = slow_page.shifts()
    assert sum(shift["value"] for shift in shifts) < MOST, shifts


@pytest.mark.parametrize("width", [1280])
@pytest.mark.parametrize("name", ["01_overview", "04_attention", "05_transformer", "06_accounting"])
def test_a_figure_is_as_high_as_the_space_held_for_it(
    site: str, slow_page: SlowPage, name: str
) -> None:
    page = slow_page.page
    slow_page.open(f"{site}lectures/{name}.html")
    held = heights(page)
    slow_page.let_through("scripts")
    drawn = heights(page)
    assert len(held) >= 6
    assert {key: (h, drawn[key]) for key, h in held.items() if abs(h - drawn[key]) > 48} == {}


def heights(page: Page) -> dict[str, int]:
    """Return the height of each figure on a phone and on a large screen."""
    found: dict[str, int] = {}
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate(LAID_OUT)
        found |= {f"{key} at {width}": height for key, height in page.evaluate(_HEIGHTS).items()}
    return found
