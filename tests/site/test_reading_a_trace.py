"""A lecture read in its trace: live figures, pictures in the page's colors, cards, a calm view."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from cs336_core.trace import Trace, load
from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage
from tests.site.figures import LAID_OUT, ROUND_TRIP, until

TRACE = "trace.html?trace=traces/{name}.json&step={step}"
THEME = "theme => { document.documentElement.dataset.theme = theme; }"


def step_that_shows(recorded: Trace, view: str) -> int:
    """Return the number of the first step that shows a figure of a view."""
    return next(
        number
        for number, step in enumerate(recorded)
        for shown in step.renderings
        if shown.type == "widget" and isinstance(shown.data, dict) and shown.data["view"] == view
    )


def at(page: Page) -> Locator:
    return page.get_by_role("spinbutton", name="Step, as a number")


def current(page: Page) -> Locator:
    return page.locator("[aria-current=step]").first


@pytest.mark.parametrize("base", ["http", "file"])
def test_a_figure_of_a_lecture_is_live(
    html: Path, site: str, open_page: OpenPage, base: str
) -> None:
    home = site if base == "http" else html.as_uri() + "/"
    step = step_that_shows(load(html / "traces" / "05_transformer.json"), "rotary_dial")
    page, watch = open_page(home + TRACE.format(name="05_transformer", step=0))
    current(page).wait_for()
    page.wait_for_load_state("networkidle")
    assert not any("rotary_dial" in url for url in watch.requests)  # not before it is in view
    page.get_by_role("slider", name="Step", exact=True).fill(str(step))
    dial = page.get_by_role("group", name="Rotary positions")
    position = dial.get_by_role("slider", name="Query at position")
    expect(position).to_have_value("12")  # as on the page
    expect(current(page)).to_be_in_viewport()
    position.focus()
    page.keyboard.press("ArrowRight")
    expect(position).to_have_value("13")
    dial.locator("svg").first.click()
    expect(at(page)).to_have_value(str(step))  # its keys and clicks are its own
    assert watch.console == []
    assert watch.foreign(home) == []


def test_a_link_copied_from_a_figure_leads_to_its_page(
    html: Path, site: str, open_page: OpenPage
) -> None:
    step = step_that_shows(load(html / "traces" / "05_transformer.json"), "rotary_dial")
    page, _ = open_page(
        site + TRACE.format(name="05_transformer", step=step),
        permissions=["clipboard-read", "clipboard-write"],
    )
    dial = page.get_by_role("group", name="Rotary positions")
    dial.get_by_role("slider", name="Query at position").fill("20")
    dial.get_by_role("button", name="Copy link").click()
    expect(dial.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == f"{site}lectures/05_transformer.html?dial.query_position=20#dial"


@pytest.mark.parametrize("base", ["http", "file"])
def test_a_trace_within_a_trace_has_its_own_file(
    html: Path, site: str, open_page: OpenPage, base: str
) -> None:
    home = site if base == "http" else html.as_uri() + "/"
    step = step_that_shows(load(html / "traces" / "03_bpe.json"), "trace_viewer")
    page, watch = open_page(home + TRACE.format(name="03_bpe", step=step))
    inner = page.get_by_role("region", name="Source of").nth(1)
    expect(inner.locator("[aria-current=step]")).to_contain_text("ids = list(text.encode")
    assert any("03_bpe.training.json" in url for url in watch.requests)
    page.evaluate(LAID_OUT)
    expect(current(page)).to_be_in_viewport()
    assert watch.console == []


def test_a_figure_that_cannot_be_shown_is_a_link_to_its_page(
    html: Path, site: str, open_page: OpenPage
) -> None:
    """A trace names a view, never a script; a state of other types is refused."""
    dial = {"query": "1, 0", "key_vector": "1, 0", "query_position": 3}
    shown = [
        {"view": "host", "key": "a", "state": dial},
        {"view": "../widgets/rotary_dial", "key": "a", "state": dial},
        {"view": "rotary_dial", "key": "a", "state": {**dial, "query_position": "3"}},
        {"view": "rotary_dial", "key": "a", "state": {**dial, "query": "1" * 10_000}},
        {"view": "rotary_dial", "key": "a", "state": "https://evil.invalid/state.json"},
        {"view": "rotary_dial", "key": "a", "state": None},
        {"view": "attention_explorer", "key": "a", "state": {"tokens": ["a"], "q": [], "k": []}},
        "rotary_dial",
        None,
    ]
    link = {"url": "lectures/05_transformer.html#line-1"}
    renderings = [{"type": "widget", "data": data, "external_link": link} for data in shown]
    good = {"type": "widget", "data": {"view": "rotary_dial", "key": "b", "state": dial}}
    frame = {"path": "a.py", "line_number": 1, "function_name": "f"}
    step = {"stack": [frame], "env": {}, "renderings": [*renderings, good]}
    program = {"files": {"a.py": "show()\n"}, "hidden_line_numbers": {}, "steps": [step]}
    page, watch = open_page(f"{site}trace.html")
    given = {"name": "a.json", "mimeType": "application/json", "buffer": json.dumps(program)}
    page.locator("input[type=file]").set_input_files({**given, "buffer": given["buffer"].encode()})
    expect(page.get_by_role("group", name="Rotary positions")).to_have_count(1)
    page.evaluate(ROUND_TRIP)
    expect(page.get_by_role("link", name="See it on the page")).to_have_count(len(shown))
    assert watch.foreign(site) == []
    assert not any(url.endswith("host.js") for url in watch.requests)


def test_matplotlib_figures_have_the_colors_of_the_page(
    html: Path, site: str, open_page: OpenPage
) -> None:
    page, watch = open_page(site + TRACE.format(name="05_transformer", step=0))
    figure = page.locator("svg[role=img][aria-label^='ReLU is zero']")
    figure.evaluate("e => e.closest('.cs336-block').scrollIntoView()")
    label = figure.locator("text").first
    colors = {}
    for theme in ("light", "dark"):
        page.evaluate(THEME, theme)
        colors[theme] = label.evaluate("e => getComputedStyle(e).fill")
        quiet = page.locator(".cs336-quiet").first.evaluate("e => getComputedStyle(e).color")
        assert colors[theme] == quiet
    assert colors["light"] != colors["dark"]
    assert figure.locator("path").count() > 5
    assert watch.console == []


# The names of a term and of a work, and what their cards show
CARDS = [
    ("causal mask", "Causal mask", "A mask that hides all later"),
    ("Shazeer, 2019", "Fast Transformer Decoding", "Noam Shazeer"),
]


@pytest.mark.parametrize("where", ["lectures/04_attention.html", TRACE])
def test_terms_and_citations_have_cards(site: str, open_page: OpenPage, where: str) -> None:
    page, watch = open_page(site + where.format(name="04_attention", step=0))
    card = page.get_by_role("tooltip")
    for name, heading, line in CARDS:
        link = page.locator("a.reference, .cs336-rendering a").filter(has_text=name).first
        link.evaluate("e => (e.closest('.cs336-block') ?? e).scrollIntoView()")
        expect(card).to_have_count(0)
        link.focus()
        expect(card).to_contain_text(heading)
        expect(card).to_contain_text(line)
        expect(link).to_have_accessible_description(re.compile(heading))
        page.keyboard.press("Escape")
        expect(card).to_have_count(0)
        expect(link).to_be_focused()
        link.hover()
        expect(card).to_be_visible()
        assert link.get_attribute("title") is None  # which would cover the card
        page.mouse.move(0, 0)
    assert watch.console == []


def test_without_javascript_a_title_shows_what_a_card_would(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}lectures/04_attention.html", java_script_enabled=False)
    link = page.locator("a.reference", has_text="causal mask").first
    expect(link).to_have_attribute("title", re.compile("^Causal mask · A mask .* · 因果掩码$"))


SHOWS_ITS_PLACEHOLDER = """e => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = getComputedStyle(e).font;
  const { paddingLeft, paddingRight } = getComputedStyle(e);
  const room = e.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  return pen.measureText(e.placeholder).width <= room;
}"""


def test_the_header_keeps_its_height(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(site + TRACE.format(name="03_bpe", step=0))
    current(page).wait_for()
    slider = page.locator(".cs336-run").last.get_by_role("slider", name="Step", exact=True)
    head = page.locator(".cs336-head").first
    for width in (360, 700, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate(LAID_OUT)
        heights = set()
        for step in range(0, 340, 9):
            slider.fill(str(step))
            heights.add(head.evaluate("e => e.offsetHeight"))
        assert len(heights) == 1, width
        assert page.get_by_role("searchbox").first.evaluate(SHOWS_ITS_PLACEHOLDER)


PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="400"/>'
FOLDED = "<details><summary>An answer</summary>\n\n" + "It is long.\n\n" * 12 + "</details>"


def test_the_current_line_stays_in_view(site: str, open_page: OpenPage) -> None:
    """While images arrive late, the window changes its size, and folded parts open."""
    frame = {"path": "a.py", "function_name": "f"}
    shown = [[{"type": "image", "data": f"late{i}.svg"}] for i in range(12)]
    shown += [[{"type": "markdown", "data": FOLDED}], [{"type": "markdown", "data": "The end."}]]
    steps = [
        {"stack": [{**frame, "line_number": 2 + i}], "env": {}, "renderings": row}
        for i, row in enumerate(shown)
    ]
    source = "def f():\n" + "    show()\n" * 40
    program = {"files": {"a.py": source}, "hidden_line_numbers": {}, "steps": steps}
    page, _ = open_page("about:blank")

    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/late*.svg", hold)
    page.route("**/late.json", lambda route: route.fulfill(json=program))
    # The page is not loaded before its images are, which are held back.
    page.goto(f"{site}trace.html?trace=late.json&step=12", wait_until="commit")
    expect(current(page)).to_contain_text("An answer")
    expect(page.locator("img")).to_have_count(12)
    until(lambda: len(held) == 12, page)
    for route in held:
        route.fulfill(body=PICTURE, content_type="image/svg+xml")
        page.evaluate(LAID_OUT)
        expect(current(page)).to_be_in_viewport()
    expect(page.locator("img").last).to_have_js_property("naturalHeight", 400)
    for width, height in [(500, 500), (1400, 900), (360, 640), (1280, 900)]:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(LAID_OUT)
        expect(current(page)).to_be_in_viewport()
    page.keyboard.press("l")
    expect(current(page)).to_contain_text("The end.")
    page.get_by_text("An answer").click()
    page.evaluate(LAID_OUT)
    expect(current(page)).to_be_in_viewport()
    expect(page.get_by_text("An answer")).to_be_in_viewport()


def test_a_reader_who_is_elsewhere_stays_there(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(site + TRACE.format(name="04_attention", step=0))
    current(page).wait_for()
    source = page.get_by_role("region", name="Source of").first
    source.hover()
    page.mouse.wheel(0, 3000)
    page.evaluate(LAID_OUT)
    expect(current(page)).not_to_be_in_viewport()
    page.set_viewport_size({"width": 1200, "height": 850})
    page.evaluate(LAID_OUT)
    expect(current(page)).not_to_be_in_viewport()


def test_axe_finds_no_violation_in_a_trace_with_a_figure(
    html: Path, site: str, open_page: OpenPage
) -> None:
    step = step_that_shows(load(html / "traces" / "05_transformer.json"), "rotary_dial")
    page, _ = open_page(
        site + TRACE.format(name="05_transformer", step=step), reduced_motion="reduce"
    )
    page.get_by_role("group", name="Rotary positions").wait_for()
    assert violations_in_both_themes(page) == []
