"""What every page promises, in a real browser: one load per page and theme."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.axe import COLOR_RULES, violations
from tests.site.conftest import LECTURES, PAGES, OpenPage, opening
from tests.site.figures import LAID_OUT, outside
from tools.shell.paths import ROOT

WITH_A_FIGURE = ["index.html", "lectures/01_overview.html", "lectures/03_bpe.html"]
PAGE_LIMIT = 300_000  # bytes, gzipped, fonts aside
FONTS_LIMIT = 260_000  # for text, code and, on a page with formulas, KaTeX


WIDTHS = (320, 360, 768, 1280, 1920)

_WIDER_THAN_THE_SCREEN = """() => {
  const limit = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= limit) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > limit + 1)
    .map((e) => e.outerHTML.slice(0, 120));
}"""
_WRAPPED = """() => [
    ...document.querySelectorAll(".stream pre, td.text-right, .cell_output td:not(:first-child)"),
  ]
  .filter((e) => !e.closest(".cs336-widget"))
  .filter((e) => !getComputedStyle(e).whiteSpace.match(/^(pre|nowrap)$/))
  .map((e) => e.outerHTML.slice(0, 120))"""

_TAB_REACHES_WHAT_SCROLLS = """() => [...document.querySelectorAll("pre")]
  .every((e) => e.scrollWidth <= e.clientWidth || e.tabIndex >= 0)"""


@dataclass
class Report:
    """What one load of a page in one theme shows."""

    theme: str | None
    title: str
    language: str | None
    n_headings: int  # visible ones of the first level
    description: str
    first_paragraph: str
    foreign: list[str]
    failed: list[str]
    console: list[str]
    files: set[str]  # of the site, as requested
    axe: list[str]
    wide: dict[int, list[str]]  # by the width of the screen
    outside: dict[int, list[str]]
    wrapped: dict[int, list[str]]
    runs_injected_scripts: bool


ReportOf = Callable[[str, str], Report]  # of a page in a theme


@pytest.fixture(scope="session")
def report(site: str, browser: Browser) -> Iterator[ReportOf]:
    """A function that loads a page in a theme once and reports on it."""
    reports: dict[tuple[str, str], Report] = {}
    with opening(browser) as open_page:

        def of(name: str, theme: str) -> Report:
            if (name, theme) not in reports:
                reports[name, theme] = look_at(open_page, site, name, theme)
            return reports[name, theme]

        yield of


def look_at(open_page: OpenPage, site: str, name: str, theme: str) -> Report:
    """Load a page, draw all of its figures, and look at it at every width."""
    page, watch = open_page(site + name, theme=theme, reduced_motion="reduce")
    page.wait_for_load_state("networkidle")
    at_first = {url.removeprefix(site) for url in watch.requests if url.startswith(site)}
    draw_all(page)
    page.wait_for_load_state("networkidle")
    first_paragraph = page.locator("h1:visible ~ p")
    description = page.locator("meta[name=description]")
    result = Report(
        theme=page.locator("html").get_attribute("data-theme"),
        title=page.title(),
        language=page.locator("html").get_attribute("lang"),
        n_headings=page.locator("h1:visible").count(),
        description="",
        first_paragraph="",
        foreign=watch.foreign(site),
        failed=list(watch.failed),
        console=list(watch.console),
        files=at_first,
        axe=[],
        wide={},
        outside={},
        wrapped={},
        runs_injected_scripts=False,
    )
    if description.count():
        result.description = description.get_attribute("content") or ""
    if first_paragraph.count():
        result.first_paragraph = first_paragraph.first.inner_text()
    for width in WIDTHS if theme == "light" else ():  # sizes are the same in both
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate(LAID_OUT)
        result.wide[width] = page.evaluate(_WIDER_THAN_THE_SCREEN)
        result.wrapped[width] = page.evaluate(_WRAPPED)
        figures = page.locator("[data-widget]").all()
        result.outside[width] = [part for figure in figures for part in outside(figure)]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_function(_TAB_REACHES_WHAT_SCROLLS)  # the theme notices a new width with a delay
    result.axe = violations(page, None if theme == "light" else COLOR_RULES)
    result.runs_injected_scripts = runs_injected_scripts(page)
    page.evaluate("localStorage.clear()")
    page.close()
    return result


def size_of(file: Path) -> int:
    """Return the bytes that a file takes on its way: gzipped, unless it is a font."""
    return len(file.read_bytes() if is_font(file) else gzip.compress(file.read_bytes()))


def is_font(file: Path) -> bool:
    return file.suffix == ".woff2"


def draw_all(page: Page) -> None:
    """Scroll through the page, so that every figure is drawn, also those that a question closes."""
    page.locator(".cs336-prediction-skip").evaluate_all("all => all.forEach((e) => e.click())")
    for widget in page.locator("[data-widget]").all():
        widget.scroll_into_view_if_needed()
    count = page.locator("[data-widget]").count()
    expect(page.locator("[data-widget][data-ready=true]")).to_have_count(count)


def runs_injected_scripts(page: Page) -> bool:
    """Whether a script that is added to the page runs, as markup from outside might try."""
    page.evaluate(
        """() => document.body.append(
          Object.assign(document.createElement("script"), { textContent: "injected = true" }))"""
    )
    return bool(page.evaluate("'injected' in window"))


def each_page(names: list[str]) -> pytest.MarkDecorator:
    """Parametrize by page; the tests of a page run in one process, and share its reports."""
    group = pytest.mark.xdist_group
    return pytest.mark.parametrize("name", [pytest.param(n, marks=group(n)) for n in names])


themes = pytest.mark.parametrize("theme", ["light", "dark"])


@themes
@each_page(PAGES)
def test_no_request_leaves_the_site_and_nothing_fails(
    report: ReportOf, name: str, theme: str
) -> None:
    found = report(name, theme)
    assert found.theme == theme
    assert found.foreign == []
    assert found.failed == []
    assert found.console == []
    assert not found.runs_injected_scripts


@themes
@each_page(PAGES)
def test_axe_finds_no_violation(report: ReportOf, name: str, theme: str) -> None:
    assert report(name, theme).axe == []


@pytest.mark.parametrize("width", WIDTHS)
@each_page(PAGES)
def test_nothing_is_wider_than_the_screen_or_its_figure(
    report: ReportOf, name: str, width: int
) -> None:
    found = report(name, "light")
    assert found.wide[width] == []
    assert found.outside[width] == []
    assert found.wrapped[width] == []  # only words in the first column may


@each_page(["index.html", *LECTURES])
def test_a_page_is_light(report: ReportOf, html: Path, name: str) -> None:
    # Vocabularies and models are loaded when a figure that uses them comes into view.
    files = {
        html / file.partition("?")[0]
        for file in report(name, "light").files
        if "/vocabularies/" not in file and "/models/" not in file
    }
    assert len(files) > 5
    assert sum(size_of(file) for file in files if not is_font(file)) < PAGE_LIMIT
    assert sum(size_of(file) for file in files if is_font(file)) < FONTS_LIMIT


@each_page(PAGES)
def test_a_page_has_a_title_a_language_and_one_first_heading(report: ReportOf, name: str) -> None:
    found = report(name, "light")
    assert found.title.count("Language modeling from scratch") == 1
    if name in LECTURES or name == "index.html":
        assert 40 < len(found.description) <= 200
        assert found.description.startswith(found.first_paragraph[:40])
    assert found.language == "en"
    assert found.n_headings == 1


@each_page(WITH_A_FIGURE)
def test_from_disk_the_page_is_the_same(html: Path, open_page: OpenPage, name: str) -> None:
    page, watch = open_page((html / name).as_uri())
    draw_all(page)
    assert watch.foreign("file://") == []
    assert watch.console == []
    assert not runs_injected_scripts(page)


@pytest.mark.parametrize("fragment", ["", "#how-far-does-it-go"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_once_it_is_shown(
    site: str, open_page: OpenPage, width: int, fragment: str
) -> None:
    page, _ = open_page(f"{site}lectures/03_bpe.html{fragment}", width=width, height=740)
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
    if fragment:
        box = page.locator(fragment).bounding_box()
        assert box is not None
        assert -1 < box["y"] < 150


@each_page(["index.html", "lectures/03_bpe.html"])
def test_without_javascript_the_page_can_be_read(site: str, open_page: OpenPage, name: str) -> None:
    page, _ = open_page(site + name, java_script_enabled=False)
    figure = page.locator("[data-widget=bpe_time_machine]").first
    assert figure.locator("table caption").inner_text().startswith("Byte pair encoding of")
    assert figure.locator("tbody tr").first.inner_text().split() == [
        *["1", "t", "+", "h", "2", "4", "th", "256", "16", "1.12"]
    ]
    background = page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor")
    assert background == "rgb(255, 255, 255)"


class Links(HTMLParser):
    """The targets and the ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.base = ""
        self.targets: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect links, sources and ids."""
        given = dict(attrs)
        if tag == "base":
            self.base = given.get("href") or ""
        if name := given.get("id"):
            self.ids.add(name)
        for name in ("href", "src"):
            if tag != "base" and (target := given.get(name)):
                self.targets.append(target)


def test_a_page_that_was_moved_leads_to_the_new_one(site: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{site}book/index.html?kept=1#lectures")
    page.wait_for_url(f"{site}index.html?kept=1#lectures")
    assert watch.foreign(site) == []
    assert watch.console == []


def test_every_link_within_the_site_has_a_target(html: Path) -> None:
    pages = {path: Links(path.read_text("utf-8")) for path in html.rglob("*.html")}
    broken = []
    for path, links in pages.items():
        if "_static" in path.parts:
            continue
        for target in links.targets:
            if urlsplit(target).scheme:
                continue
            address, fragment = urldefrag(urljoin(urljoin(path.as_uri(), links.base), target))
            file = Path(unquote(urlsplit(address).path))
            if not file.is_file() or (
                fragment and file in pages and unquote(fragment) not in pages[file].ids
            ):
                broken.append(f"{path.relative_to(html)}: {target}")
    assert len(pages) >= 4
    assert broken == []


@pytest.mark.parametrize("name", LECTURES)
def test_the_lecture_can_be_downloaded_as_notebook_and_program(html: Path, name: str) -> None:
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
def test_search_opens_the_section_of_the_match(
    html: Path, site: str, open_page: OpenPage, base: str
) -> None:
    top = site if base == "http" else f"{html.as_uri()}/"
    page, watch = open_page(f"{top}search.html?q=warehouse")
    icon = page.locator("main .search-field svg").bounding_box()
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


def test_without_storage_a_page_follows_the_theme_of_the_system(
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
    page.locator(".theme-switch").click()
    assert watch.console == []


def test_printed_pages_show_answers_and_no_controls(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}lectures/02_tokenization.html", theme="dark")
    page.wait_for_function("document.querySelector('[data-widget][data-ready=true]')")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    answers = page.locator("details.sd-dropdown .sd-summary-content")
    assert all(answer.is_visible() for answer in answers.all())
    shown = page.locator("main").get_by_role("button").or_(page.get_by_role("slider"))
    assert [control.inner_text() for control in shown.all() if control.is_visible()] == []
    table = page.locator("[data-widget=playground]").last.locator("table").first
    expect(table).to_be_visible()  # the figure has not loaded its vocabularies
    ink = page.locator("body").evaluate("e => getComputedStyle(e).color")
    assert ink == "rgb(27, 31, 36)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("details[open]").count() == 0
