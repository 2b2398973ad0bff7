"""What is around an article: header, menu, colors, contents, neighbors, and what is folded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage
from tests.site.figures import LAID_OUT

PAGE = "lectures/03_bpe.html"
SECTION = "#words-first"


def test_the_menu_is_worked_by_keyboard(site: str, open_page: OpenPage) -> None:
    page, watch = open_page(site + PAGE)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    menu = page.locator("header summary")
    menu.focus()
    page.keyboard.press("Enter")
    here = page.get_by_role("navigation", name="Pages").locator("[aria-current=page]")
    expect(here).to_have_text("Byte pair encoding")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(here).to_be_hidden()
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("h1").click()  # elsewhere
    expect(here).to_be_hidden()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("perplexity")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\.html\?q=perplexity$"))
    expect(page.locator("#search-results mark").first).to_be_visible()
    assert watch.console == []


def test_the_choice_of_colors_is_remembered(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(site + PAGE, theme="dark")
    html = page.locator("html")
    switch = page.get_by_role("button", name="Colors: like the system")
    expect(html).to_have_attribute("data-theme", "dark")
    switch.click()
    expect(page.get_by_role("button", name="Colors: light")).to_be_visible()
    expect(html).to_have_attribute("data-theme", "light")
    for name in ("index.html", "trace.html"):
        page.goto(site + name, wait_until="commit")
        expect(html).to_have_attribute("data-theme", "light")
    # The viewer's page, which is a program of its own, has the same switch.
    for name, mode, theme in (
        ("trace.html", "dark", "dark"),
        ("trace.html", "like the system", "dark"),
        ("trace.html", "light", "light"),
        (PAGE, "dark", "dark"),
        (PAGE, "like the system", "dark"),
    ):
        if not page.url.endswith(name):
            page.goto(site + name)
        page.locator(".theme-switch").click()
        expect(page.get_by_role("button", name=f"Colors: {mode}")).to_be_visible()
        expect(html).to_have_attribute("data-theme", theme)
    page.emulate_media(color_scheme="light")
    expect(html).to_have_attribute("data-theme", "light")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_contents_lead_below_what_covers_the_page(
    site: str, open_page: OpenPage, width: int
) -> None:
    page, _ = open_page(site + PAGE, width=width, height=740)
    if width == 360:
        page.get_by_text("On this page", exact=True).click()
    contents = page.get_by_role("navigation", name="On this page")
    contents.locator(f'[href="{SECTION}"]').click()
    page.evaluate(LAID_OUT)
    covers = page.locator(".contents-bar" if width == 360 else ".site-header").bounding_box()
    heading = page.locator(f"{SECTION} h2").bounding_box()
    assert covers is not None
    assert heading is not None
    assert covers["y"] == 0  # it stays
    assert covers["height"] < heading["y"] < 250
    marked = page.locator(f'[href="{SECTION}"][aria-current=location]:visible')
    if width == 360:
        expect(contents.get_by_role("list")).to_be_hidden()  # a link closes the menu
        expect(page.locator(".contents-now")).to_have_text("Words first")
    else:
        expect(marked).to_have_count(1)
        assert page.evaluate("document.querySelector('.contents').scrollWidth") <= 13 * 16


def test_without_javascript_all_pages_can_be_reached(html: Path, open_page: OpenPage) -> None:
    page, _ = open_page((html / PAGE).as_uri(), java_script_enabled=False, width=360)
    page.locator("header summary").click()
    page.get_by_role("link", name="Attention", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("Attention")
    page.get_by_text("On this page", exact=True).click()
    contents = page.get_by_role("navigation", name="On this page")
    expect(contents.get_by_role("link").first).to_be_visible()
    page.locator("[rel=prev]").last.click()
    expect(page.locator("h1")).to_contain_text("Byte pair encoding")
    expect(page.locator(".theme-switch")).to_be_hidden()


def test_a_link_to_a_reference_unfolds_it(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(site + PAGE)
    folded = page.locator("details.references")
    expect(folded).not_to_have_attribute("open", "")
    link = page.locator("article .bibtex-citation a").first
    reference = page.locator(link.get_attribute("href") or "")
    link.click()
    expect(folded).to_have_attribute("open", "")
    expect(reference).to_be_in_viewport()
    authors = [label.partition(",")[0] for label in folded.locator(".label").all_inner_texts()]
    assert authors == sorted(authors, key=str.casefold)
    page.reload()
    expect(reference).to_be_in_viewport()


def test_code_is_copied(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(site + PAGE, permissions=["clipboard-read", "clipboard-write"])
    cell = page.locator(".cell_input").first
    cell.hover()
    cell.get_by_role("button", name="Copy").click()
    expect(cell.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith('text = "the cat in the hat"\n')
    assert copied.endswith("print(ids)")


@pytest.mark.parametrize("address", ["nothing.html", "lectures/nothing.html", "book/a/b"])
def test_the_page_for_missing_addresses_works_at_every_depth(
    html: Path, site: str, open_page: OpenPage, address: str
) -> None:
    page, watch = open_page("about:blank")
    page.route(site + address, lambda route: route.fulfill(path=html / "404.html", status=404))
    page.goto(site + address)
    expect(page.locator("h1")).to_have_text("Page not found")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.site-header')).display") == "flex"
    )
    page.get_by_role("link", name="the front page").click()
    expect(page).to_have_url(f"{site}index.html")
    assert watch.foreign(site) == []


def test_open_menus_have_no_violation(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(site + PAGE, width=360)
    page.evaluate("for (const e of document.querySelectorAll('article section *')) e.hidden = true")
    for menu in page.locator(".site-menu, .contents-bar details").all():
        menu.evaluate("(menu) => { menu.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert violations_in_both_themes(page) == []
