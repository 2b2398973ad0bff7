"""The bars that every page has to clear, in a real browser."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.site.axe import violations
from tests.site.conftest import LECTURES, PAGES, OpenPage
from tests.site.figures import outside
from tools.shell.paths import ROOT

PAGE_LIMIT = 300_000  # bytes, gzipped, fonts aside
FONTS_LIMIT = 260_000  # text, code, and KaTeX's for a page with formulas


def draw_all(page: Page) -> None:
    """Scroll through the page, so that every figure is drawn."""
    for widget in page.locator("[data-widget]").all():
        widget.scroll_into_view_if_needed()
    count = page.locator("[data-widget]").count()
    page.wait_for_function(
        f"document.querySelectorAll('[data-widget][data-ready=true]').length === {count}"
    )


def runs_what_is_injected(page: Page) -> bool:
    """Whether a script that is put into the page runs, as markup from outside might try."""
    page.evaluate(
        """() => document.body.append(
          Object.assign(document.createElement("script"), { textContent: "injected = true" }))"""
    )
    return bool(page.evaluate("'injected' in window"))


@pytest.mark.parametrize("name", PAGES)
def test_no_request_leaves_the_site_and_nothing_goes_wrong(
    site: str, open_page: OpenPage, name: str
) -> None:
    page, watch = open_page(site + name)
    draw_all(page)
    page.wait_for_load_state("networkidle")
    assert watch.foreign(site) == []
    assert watch.failed == []
    assert watch.console == []
    assert not runs_what_is_injected(page)


@pytest.mark.parametrize("name", PAGES[:3])
def test_from_disk_the_page_is_the_same(html: Path, open_page: OpenPage, name: str) -> None:
    page, watch = open_page((html / name).as_uri())
    draw_all(page)
    assert watch.foreign("file://") == []
    assert watch.console == []
    assert not runs_what_is_injected(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation(site: str, open_page: OpenPage, name: str, theme: str) -> None:
    page, _ = open_page(site + name, theme=theme, reduced_motion="reduce")
    assert page.locator("html").get_attribute("data-theme") == theme
    draw_all(page)
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 768, 1280, 1920])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_the_screen_or_its_figure(
    site: str, open_page: OpenPage, name: str, width: int
) -> None:
    page, _ = open_page(site + name, width=width, height=740)
    draw_all(page)
    wide = page.evaluate(
        """() => {
          const limit = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= limit) return [];
          return [...document.querySelectorAll("body *")]
            .filter((e) => e.getBoundingClientRect().right > limit + 1)
            .map((e) => e.outerHTML.slice(0, 120));
        }"""
    )
    assert wide == []
    wrapped = page.evaluate(
        """() => [...document.querySelectorAll(".stream pre, td.text-right, .cell_output td")]
          .filter((e) => !e.closest(".cs336-widget"))
          .filter((e) => !getComputedStyle(e).whiteSpace.match(/^(pre|nowrap)$/))
          .map((e) => e.outerHTML.slice(0, 120))"""
    )
    assert wrapped == []  # what a program prints keeps its columns, a number its unit
    figures = page.locator("[data-widget]").all()
    assert [part for figure in figures for part in outside(figure)] == []


@pytest.mark.parametrize("name", ["index.html", *LECTURES])
def test_a_page_is_light(site: str, open_page: OpenPage, name: str) -> None:
    page, _ = open_page("about:blank")
    bodies: dict[str, bytes] = {}
    page.on("requestfinished", lambda r: bodies.update({r.url: r.response().body()}))
    page.goto(site + name)
    draw_all(page)
    page.wait_for_load_state("networkidle")
    fonts = {url for url in bodies if url.split("?")[0].endswith(".woff2")}
    # Vocabularies come when a figure that uses them comes into view.
    bodies = {url: body for url, body in bodies.items() if "/vocabularies/" not in url}
    assert len(bodies) > 10
    assert sum(len(gzip.compress(b)) for u, b in bodies.items() if u not in fonts) < PAGE_LIMIT
    assert sum(len(bodies[url]) for url in fonts) < FONTS_LIMIT


@pytest.mark.parametrize("place", ["", "#how-far-does-it-go"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_once_it_is_shown(
    site: str, open_page: OpenPage, width: int, place: str
) -> None:
    page, _ = open_page(f"{site}lectures/03_bpe.html{place}", width=width, height=740)
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(
        """() => new Promise((done) => {
          let total = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) total += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => done(total), 300);
        })"""
    )
    assert shift < 0.1  # what browsers call good
    if place:
        box = page.locator(place).bounding_box()
        assert box is not None
        assert -1 < box["y"] < 150


@pytest.mark.parametrize("name", PAGES[:2])
def test_without_javascript_the_page_can_be_read(site: str, open_page: OpenPage, name: str) -> None:
    page, _ = open_page(site + name, java_script_enabled=False)
    figure = page.locator("[data-widget]").first
    assert figure.locator("table caption").inner_text().startswith("Byte pair encoding of")
    assert figure.locator("tbody tr").first.inner_text().split() == [
        *["1", "t", "+", "h", "2", "th", "256", "16", "1.12"]
    ]
    background = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == "rgb(255, 255, 255)"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_a_title_a_language_and_one_first_heading(
    site: str, open_page: OpenPage, name: str
) -> None:
    page, _ = open_page(site + name)
    assert page.title().count("Language modeling from scratch") == 1
    if name in LECTURES or name == "index.html":
        description = page.locator("meta[name=description]").get_attribute("content") or ""
        assert 40 < len(description) <= 200
        assert description.startswith(page.locator("h1:visible ~ p").first.inner_text()[:40])
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1:visible").count() == 1


class Links(HTMLParser):
    """The targets and the places of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.base = ""
        self.targets: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect links, sources and ids."""
        given = dict(attrs)
        if tag == "base":
            self.base = given.get("href") or ""
        if place := given.get("id"):
            self.places.add(place)
        for name in ("href", "src"):
            if tag != "base" and (target := given.get(name)):
                self.targets.append(target)


def test_every_link_within_the_site_leads_somewhere(html: Path) -> None:
    pages = {path: Links(path.read_text("utf-8")) for path in html.rglob("*.html")}
    broken = []
    for path, links in pages.items():
        if "_static" in path.parts:
            continue
        for target in links.targets:
            if urlsplit(target).scheme:
                continue
            address, place = urldefrag(urljoin(urljoin(path.as_uri(), links.base), target))
            file = Path(unquote(urlsplit(address).path))
            if not file.is_file() or (
                place and file in pages and unquote(place) not in pages[file].places
            ):
                broken.append(f"{path.relative_to(html)}: {target}")
    assert len(pages) >= 4
    assert broken == []


@pytest.mark.parametrize("name", LECTURES)
def test_the_lecture_can_be_taken_away(html: Path, name: str) -> None:
    text = (html / name).read_text("utf-8")
    assert 'class="computed"' in text  # numbers in sentences were computed
    assert "{eval}" not in text
    file = (html / name).with_suffix(".ipynb")
    assert f'href="{file.name}"' in text
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    prose = "".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert prose.startswith("# ")
    assert "{eval}" not in prose
    assert not any(cell.outputs for cell in notebook.cells if cell.cell_type == "code")
    source = Path("lectures", file.name).with_suffix(".py")
    assert file.with_suffix(".py").read_bytes() == (ROOT / source).read_bytes()


@pytest.mark.parametrize("base", ["http", "file"])
def test_search_leads_to_the_section_that_holds_the_match(
    html: Path, site: str, open_page: OpenPage, base: str
) -> None:
    top = site if base == "http" else f"{html.as_uri()}/"
    page, watch = open_page(f"{top}search.html?q=warehouse")
    icon = page.locator("main .bd-search i").bounding_box()
    text_begins = page.locator("main input[name=q]").evaluate(
        "e => e.getBoundingClientRect().left + parseFloat(getComputedStyle(e).paddingLeft)"
    )
    assert icon is not None
    assert icon["x"] + icon["width"] <= text_begins
    result = page.locator("#search-results li").first
    expect(result.locator("mark").first).to_have_text("warehouse")
    result.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/lectures/01_overview\.html#[a-z-]+$"))
    section = page.locator(f"#{page.url.partition('#')[2]}")
    expect(section.locator("h2, h3").first).to_be_in_viewport()
    note = page.locator(".search-note")
    expect(note).to_contain_text("highlighted")
    assert page.evaluate("CSS.highlights.get('cs336-search').size") > 0
    note.get_by_role("button", name="Hide").click()
    assert page.evaluate("CSS.highlights.has('cs336-search')") is False
    expect(note).to_have_count(0)
    assert watch.console == []


def test_search_finds_terms_and_lectures(site: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{site}search.html?q=tokenizer")
    links = page.locator("#search-results a")
    expect(links.first).to_have_attribute("href", "book/glossary.html#term-Tokenizer")
    expect(links.locator("xpath=self::*[contains(@href, 'lectures/')]").first).to_be_visible()
    assert watch.console == []


def test_where_storage_is_forbidden_a_page_follows_the_system(
    site: str, open_page: OpenPage
) -> None:
    page, watch = open_page("about:blank", theme="dark")
    page.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"])
          Object.defineProperty(window, name, {
            configurable: true,
            get() { throw new DOMException("forbidden", "SecurityError"); },
          });"""
    )
    page.goto(f"{site}lectures/03_bpe.html")
    draw_all(page)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator(".theme-switch-button").click()
    assert watch.console == []


def test_on_paper_answers_are_open_and_controls_are_not_there(
    site: str, open_page: OpenPage
) -> None:
    page, _ = open_page(f"{site}lectures/02_tokenization.html", theme="dark")
    page.wait_for_function("document.querySelector('[data-widget][data-ready=true]')")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    answers = page.locator("details.sd-dropdown .sd-summary-content")
    assert all(answer.is_visible() for answer in answers.all())
    shown = page.locator("main").get_by_role("button").or_(page.get_by_role("slider"))
    assert [each.inner_text() for each in shown.all() if each.is_visible()] == []
    table = page.locator("[data-widget=playground] table").first
    expect(table).to_be_visible()  # the figure has not loaded its vocabularies
    ink = page.locator("body").evaluate("e => getComputedStyle(e).color")
    assert ink == "rgb(27, 31, 36)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("details[open]").count() == 0
