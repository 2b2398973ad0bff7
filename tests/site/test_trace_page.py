"""The page that opens traces, in a real browser: every format, every control, hostile files."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from cs336_core._shared.built import STATIC
from cs336_core.trace import CLEARED, load
from tests.site import traces
from tests.site.axe import violations_in_both_themes
from tests.site.conftest import OpenPage, Watch, serving
from tests.site.figures import LAID_OUT, ROUND_TRIP

VIEWER = STATIC / "viewer"
FORMATS = ["ours", "edtrace", "of_2025"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The viewer with traces beside it, as it is served."""
    folder = tmp_path_factory.mktemp("viewer")
    shutil.copytree(VIEWER, folder, dirs_exist_ok=True)
    (folder / "traces").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>The course</title>", "utf-8")
    listed = '[{ "address": "traces/ours.json", "title": "Everything", "steps": 50 }]'
    (folder / "traces" / "list.js").write_text(f"globalThis.cs336Traces = {listed};", "utf-8")
    traces.write(folder / "traces")
    ours = (folder / "traces" / "ours.json").read_text("utf-8")
    called = f'globalThis.cs336Trace("traces/ours.json", {json.dumps(ours)});'
    (folder / "traces" / "ours.json.js").write_text(called, "utf-8")
    return folder


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    """The address of the folder."""
    with serving(folder) as url:
        yield url


# Whether a number box has space for its largest number beside the arrows.
SHOWS_ALL_DIGITS = """(box) => {
  const style = getComputedStyle(box);
  const context = document.createElement("canvas").getContext("2d");
  context.font = style.font;
  const padding = parseFloat(style.paddingLeft) + parseFloat(style.paddingRight);
  return context.measureText(box.max).width + 18 <= box.clientWidth - padding;
}"""


class Viewer:
    """An open trace, as a reader finds it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.source = page.get_by_role("region", name=re.compile("Source of"))
        self.side = page.get_by_role("region", name="Variables and output")
        self.slider = page.get_by_role("slider", name="Step")
        self.number = page.get_by_role("spinbutton")
        self.stack = page.get_by_role("navigation", name="Call stack")
        self.now = self.source.locator("[aria-current=step]")
        expect(self.now).to_have_count(1)

    def at(self, step: int) -> None:
        expect(self.number).to_have_value(str(step))

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def go(self, step: int) -> None:
        self.slider.fill(str(step))
        self.at(step)

    def line(self, text: str) -> Locator:
        """Return the first line that holds a text, scrolled into view: far ones are not drawn."""
        line = self.source.locator(".cs336-line", has_text=text).first
        line.evaluate("e => e.closest('.cs336-block').scrollIntoView()")
        return line

    def functions(self) -> list[str]:
        names = self.stack.get_by_role("button").all_inner_texts()
        return [name.split(":")[0] for name in names]


@pytest.fixture(scope="module")
def shared_page(module_page: OpenPage) -> tuple[Page, Watch]:
    """A page that tests load anew: that takes less than another page."""
    return module_page("about:blank")


@pytest.fixture
def viewer(served: str, shared_page: tuple[Page, Watch]) -> Iterator[Viewer]:
    page, watch = shared_page
    watch.clear()
    page.bring_to_front()  # a page behind another draws a frame per second
    page.goto(f"{served}trace.html?trace=traces/ours.json")
    yield Viewer(page)
    page.evaluate("localStorage.clear()")
    assert watch.console == []
    assert watch.foreign(served) == []


def text_of(locator: Locator) -> str:
    return re.sub(r"\s+", " ", locator.text_content() or "")


@pytest.mark.parametrize("name", FORMATS)
def test_every_rendering_and_every_value_is_shown(
    served: str, open_page: OpenPage, folder: Path, name: str
) -> None:
    page, watch = open_page(f"{served}trace.html?trace=traces/{name}.json&showNotes=1")
    viewer = Viewer(page)
    recorded = load(folder / "traces" / f"{name}.json")
    kinds = set()
    for i, step in enumerate(recorded):
        viewer.go(i)
        now = text_of(viewer.now)
        for rendering in step.renderings:
            kinds.add(rendering.type)
            if rendering.type == "markdown" and isinstance(rendering.data, str):
                words = re.sub(r"[#*$^]", "", rendering.data).split()
                assert [word for word in words if word not in now] == []
            elif rendering.type == "link":
                label = re.compile(re.escape(str(rendering.data)))
                role = "button" if rendering.internal_link else "link"
                expect(viewer.now.get_by_role(role, name=label)).to_be_visible()  # type: ignore[arg-type]
            elif rendering.type == "image":
                expect(viewer.now.locator("img")).to_be_visible()
            elif rendering.type in ("plot", "graph"):
                expect(viewer.now.locator("svg, canvas").first).to_be_visible()
            else:
                assert "For the presenter." in now
        shown = text_of(viewer.side)
        for variable, value in step.env.items():
            if value is CLEARED:
                continue
            assert variable in shown
            if isinstance(value, int | float):
                assert str(value).removesuffix(".0") in shown
            elif isinstance(value, list):
                assert all(str(item) in shown for item in value[:10])
        for written in (step.stdout, step.stderr):
            assert " ".join(written.split()) in shown
    assert kinds == {"markdown", "note", "link", "plot", "image"}
    assert watch.console == []
    assert watch.foreign(served) == []


def test_maths_and_code_are_typeset(viewer: Viewer) -> None:
    expect(viewer.source.locator(".katex").first).to_be_visible()
    assert viewer.source.locator(".hljs-keyword").count() > 5


def test_nothing_is_typeset_twice(viewer: Viewer) -> None:
    formula = viewer.source.locator(".katex").first
    formula.evaluate("e => { e.isTheSame = true; }")
    code = viewer.line("import dataclasses").locator("span").first
    code.evaluate("e => { e.isTheSame = true; }")
    for key in ("End", "Home", "l", "Shift+R", "Shift+R"):
        viewer.press(key)
    expect(formula).to_be_attached()
    assert formula.evaluate("e => e.isTheSame")
    assert code.evaluate("e => e.isTheSame")


def test_the_keys_move_as_in_edtraces_viewer(viewer: Viewer) -> None:
    calls = 0
    while viewer.functions() != ["everything"] or "factorial(3)" not in viewer.now.inner_text():
        calls += 1
        viewer.go(calls)
    for key in ("l", "ArrowRight"):
        viewer.press(key)
    assert viewer.functions()[:2] == ["everything", "factorial"]
    viewer.press("h")
    viewer.at(calls + 1)
    viewer.press("u")
    assert viewer.functions() == ["everything"]
    viewer.press("k")
    viewer.at(calls)
    viewer.press("j")
    after = int(viewer.number.input_value())
    assert after > calls + 5
    viewer.press("Shift+ArrowLeft")
    viewer.at(calls)
    viewer.press("Shift+ArrowRight")
    viewer.at(after)
    viewer.press("Home")
    viewer.at(0)
    viewer.press("End")
    last = int(viewer.number.input_value())
    viewer.press("l")
    viewer.at(last)


def test_views_can_be_chosen(viewer: Viewer) -> None:
    heading = viewer.source.get_by_role("heading", name="A heading")
    note = viewer.source.get_by_text("For the presenter.")
    expect(heading).to_be_visible()
    expect(note).to_have_count(1)  # the code that shows it
    viewer.press("Shift+R")
    expect(heading).to_have_count(0)
    expect(viewer.button("Code only")).to_have_attribute("aria-pressed", "true")
    viewer.press("r")
    viewer.press("Shift+A")
    expect(heading).to_have_count(0)  # its step is later
    viewer.go(1)
    expect(heading).to_be_visible()
    viewer.press("Shift+E")
    expect(viewer.side).to_have_count(0)
    viewer.button("Hide variables").click()
    expect(viewer.side).to_be_visible()
    viewer.press("Shift+N")
    viewer.go(4)
    expect(viewer.source.locator(".cs336-rendering-note")).to_be_visible()


def test_a_click_on_a_line_goes_to_its_next_step(viewer: Viewer) -> None:
    line = viewer.line("point.x += i")
    line.click()
    first = int(viewer.number.input_value())
    line.click()
    viewer.at(first + 2)
    line.click()
    line.click()
    viewer.at(first)  # after the last one the first
    viewer.line("import dataclasses").click()
    expect(viewer.page.locator("[role=status]").last).to_contain_text("There is no step at line")


def test_a_link_into_the_program_leads_there(viewer: Viewer) -> None:
    viewer.source.get_by_role("button", name="factorial", exact=True).click()
    assert viewer.functions()[-1] == "factorial"


def test_the_stack_opens_the_callers_and_leads_back(viewer: Viewer) -> None:
    viewer.line("return n * factorial").click()
    viewer.stack.get_by_role("button").first.click()
    expect(viewer.page.get_by_text("You are looking at")).to_be_visible()
    expect(viewer.source.locator(".cs336-looked-at")).to_contain_text("six = factorial(3)")
    viewer.button("Back to the current step").click()
    expect(viewer.now).to_contain_text("return n * factorial")


def test_a_variable_is_followed(viewer: Viewer) -> None:
    viewer.press("End")
    viewer.button("counts").click()
    expect(viewer.button("counts")).to_have_attribute("aria-pressed", "true")
    viewer.press("Home")
    viewer.press("c")
    created = int(viewer.number.input_value())
    expect(viewer.side.locator(".cs336-variable", has_text="counts")).to_contain_text("new")
    viewer.press("c")
    assert int(viewer.number.input_value()) > created
    changed = viewer.side.locator(".cs336-variable", has_text="counts")
    expect(changed).to_contain_text("changed")
    expect(changed.locator(".cs336-new")).to_have_count(1)
    expect(changed.locator("li").first).to_contain_text("'t'")
    viewer.press("c")
    expect(viewer.page.locator("[role=status]").last).to_have_text("No change after this step.")
    viewer.press("Shift+C")
    viewer.at(created)


def test_values_are_shown_by_kind(viewer: Viewer) -> None:
    viewer.press("End")
    ids = viewer.side.locator(".cs336-variable", has_text="ids").first
    assert ids.locator(".cs336-id").all_inner_texts()[:3] == ["84", "104", "101"]
    tensor = viewer.side.locator(".cs336-variable", has_text="weights")
    expect(tensor).to_contain_text("float64 2 × 3, requires_grad=True")
    expect(tensor.get_by_role("img")).to_have_attribute("aria-label", re.compile("from -2 to 3"))
    assert tensor.locator("td").all_inner_texts() == ["-2", "-1", "0", "1", "2", "3"]
    story = viewer.side.locator(".cs336-variable", has_text="story")
    folded = len(text_of(story))
    story.get_by_role("button", name="Show").click()
    assert len(text_of(story)) > folded + 300


def test_a_call_and_its_return_leave_the_caller_as_it_was(viewer: Viewer) -> None:
    viewer.line("six = factorial(3)").click()
    story = viewer.side.locator(".cs336-variable", has_text="story")
    folded = len(text_of(story))
    story.get_by_role("button", name="Show").click()
    unfolded = len(text_of(story))
    assert unfolded > folded
    viewer.press("l")
    assert viewer.functions() == ["everything", "factorial"]
    expect(story).not_to_be_visible()
    expect(viewer.side.get_by_role("button", name="n", exact=True)).to_be_visible()
    viewer.press("u")
    assert viewer.functions() == ["everything"]
    expect(story).to_be_visible()
    expect(viewer.side.get_by_role("button", name="n", exact=True)).to_have_count(0)
    assert len(text_of(story)) == unfolded


def test_the_timeline_scrubs(viewer: Viewer) -> None:
    box = viewer.page.locator(".cs336-timeline canvas").bounding_box()
    assert box is not None
    last = int(viewer.slider.get_attribute("max") or 0)
    mouse = viewer.page.mouse
    mouse.move(box["x"] + box["width"] / 2, box["y"] + 5)
    mouse.down()
    viewer.at((last + 1) // 2)
    mouse.move(box["x"] + 1, box["y"] + 5)
    mouse.up()
    viewer.at(0)


def test_play_plays(served: str, open_with_clock: OpenPage) -> None:
    page, _ = open_with_clock(f"{served}trace.html?trace=traces/ours.json")
    viewer = Viewer(page)
    page.clock.pause_at(60_000)
    page.locator("h1").click()
    viewer.press("Space")
    expect(viewer.button("Pause")).to_be_visible()
    while viewer.number.input_value() != "2":
        page.clock.run_for(100)
    viewer.press("Space")
    expect(viewer.button("Play")).to_be_visible()
    page.clock.run_for(5000)
    viewer.at(2)


def test_search_finds_and_goes_from_match_to_match(viewer: Viewer) -> None:
    viewer.press("/")
    viewer.page.keyboard.type("factorial")
    status = viewer.page.locator(".cs336-search [role=status]")
    expect(status).to_have_text(re.compile(r"^\d+ found$"))
    viewer.press("Enter")
    expect(status).to_have_text(re.compile(r"^1 of \d+$"))
    viewer.press("Enter")
    expect(status).to_have_text(re.compile(r"^2 of \d+$"))
    viewer.press("Escape")
    expect(viewer.page.get_by_role("searchbox")).to_have_value("")
    expect(viewer.now).to_have_count(1)


def test_the_help_sheet_opens_and_closes(viewer: Viewer) -> None:
    viewer.press("?")
    sheet = viewer.page.get_by_role("dialog", name="Keyboard and mouse")
    expect(sheet).to_contain_text("Next step, over calls")
    viewer.press("l")  # belongs to the sheet
    viewer.press("Escape")
    expect(sheet).to_have_count(0)
    viewer.at(0)


def test_the_whole_state_is_in_the_address_and_the_history_is_not_flooded(viewer: Viewer) -> None:
    page = viewer.page
    before = page.evaluate("history.length")
    for _ in range(16):
        viewer.press("l")
    viewer.button("ids").click()
    viewer.press("Shift+N")
    viewer.press("Shift+A")
    query = "trace=traces/ours.json&step=16&animate=1&showNotes=1&follow=everything%3Aids"
    page.wait_for_url(f"{page.url.partition('?')[0]}?{query}")
    assert page.evaluate("history.length") == before
    page.reload()
    viewer.at(16)
    expect(viewer.button("ids")).to_have_attribute("aria-pressed", "true")
    expect(viewer.button("Reveal step by step")).to_have_attribute("aria-pressed", "true")


def test_a_link_to_a_step_shows_what_it_changed(
    served: str, open_page: OpenPage, folder: Path
) -> None:
    steps = load(folder / "traces" / "ours.json").steps
    step = max(i for i, step in enumerate(steps) if step.env.keys() & {"point"})
    page, _ = open_page(f"{served}trace.html?trace=traces/ours.json&step={step}", height=600)
    changed = Viewer(page).side.locator(".cs336-changed").filter(has_text="point")
    expect(changed).to_be_in_viewport(ratio=1)


def test_edtraces_parameters_mean_what_they_mean_there(served: str, open_page: OpenPage) -> None:
    path = "tests/site/traces.py"
    page, _ = open_page(
        f"{served}trace.html?trace=traces/edtrace.json&step=9&source={path}&line=3&raw=true&hideEnv=1"
    )
    source = page.get_by_role("region", name=f"Source of {path}")
    expect(source.locator(".cs336-looked-at")).to_have_attribute("data-line", "3")
    expect(source.get_by_role("heading", name="A heading")).to_have_count(0)
    expect(page.get_by_role("region", name="Variables and output")).to_have_count(0)
    expect(page.get_by_role("spinbutton")).to_have_value("9")


def test_a_file_is_opened_and_sent_nowhere(served: str, open_page: OpenPage, folder: Path) -> None:
    page, watch = open_page(f"{served}trace.html")
    choose = page.get_by_role("button", name="Choose a file")
    choose.wait_for()
    n_requests = len(watch.requests)
    for name in FORMATS:
        file = folder / "traces" / f"{name}.json"
        for action in ("choose", "drop"):
            if action == "choose":
                page.locator("input[type=file]").set_input_files(file)
            else:
                drop(page, file.name, file.read_text("utf-8"))
            viewer = Viewer(page)
            expect(page.locator("h1")).to_have_text("A heading")  # the title in the trace
            viewer.press("End")
            assert int(viewer.number.input_value()) > 30
            assert "trace=" not in page.url
            viewer.press("g")
            choose.wait_for()
    # Nothing is loaded but the viewer's libraries and the start page's list of traces.
    own = ("data:", "blob:", f"{served}trace/", f"{served}traces/list.js")
    assert [url for url in watch.requests[n_requests:] if not url.startswith(own)] == []


def drop(page: Page, name: str, text: str) -> None:
    """Drop a file on the page."""
    page.evaluate(
        """([name, text]) => {
          const data = new DataTransfer();
          data.items.add(new File([text], name, { type: "application/json" }));
          for (const type of ["dragover", "drop"]) {
            document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true }));
          }
        }""",
        [name, text],
    )


def test_the_start_lists_the_lectures_and_opens_addresses(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}trace.html")
    page.get_by_role("link", name="Everything").click()
    viewer = Viewer(page)
    viewer.press("g")
    page.get_by_label("Or its address").fill("traces/failing.json")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.locator("h1")).to_have_text("failing.json")
    viewer.press("End")
    expect(viewer.side).to_contain_text("ZeroDivisionError")
    expect(viewer.side).to_contain_text("The program ended with an exception.")


def test_another_site_is_contacted_only_if_the_reader_agrees(
    served: str, open_page: OpenPage, folder: Path
) -> None:
    address = "https://elsewhere.invalid/a.json"
    page, watch = open_page("about:blank")
    page.route(
        address,
        lambda route: route.fulfill(
            path=folder / "traces" / "failing.json", headers={"Access-Control-Allow-Origin": "*"}
        ),
    )
    page.goto(f"{served}trace.html?trace={address}")
    expect(
        page.get_by_text("This trace comes from another site, https://elsewhere.invalid")
    ).to_be_visible()
    assert watch.foreign(served) == ["about:blank"] or watch.foreign(served) == []
    page.get_by_role("button", name="Open it", exact=True).click()
    Viewer(page)
    assert address in watch.requests


def test_from_disk_the_sites_own_traces_open(folder: Path, open_page: OpenPage) -> None:
    page, watch = open_page(f"{(folder / 'trace.html').as_uri()}?trace=traces/ours.json&step=3")
    Viewer(page).at(3)
    expect(page.locator(".katex").first).to_be_visible()
    assert watch.console == []
    page.goto(f"{(folder / 'trace.html').as_uri()}?trace=../secret.json")
    expect(page.get_by_role("alert")).to_contain_text("opened from disk cannot read ../secret.json")


def test_a_missing_trace_is_reported(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}trace.html?trace=traces/missing.json")
    expect(page.get_by_role("alert")).to_contain_text("There is no trace at")
    expect(page.get_by_role("button", name="Choose a file")).to_be_visible()
    page.goto(f"{served}trace.html?trace=javascript:alert(1)")
    expect(page.get_by_role("alert")).to_contain_text("not the address of a trace")


def test_a_file_that_is_not_a_trace_is_refused(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{served}trace.html")
    choose = page.get_by_role("button", name="Choose a file")
    choose.wait_for()
    for name, (text, message) in traces.broken().items():
        drop(page, f"{name}.json", text)
        expect(page.get_by_role("alert")).to_contain_text(f"{name}.json: ")
        expect(page.get_by_role("alert")).to_contain_text(message)
        expect(choose).to_be_visible()
    assert watch.console == []


def test_a_hostile_file_does_no_harm(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{served}trace.html")
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    page.get_by_role("button", name="Choose a file").wait_for()
    drop(page, "hostile.json", json.dumps(traces.hostile()))
    viewer = Viewer(page)
    expect(viewer.source.locator(".katex").first).to_be_attached()
    page.evaluate(ROUND_TRIP)
    for link in viewer.source.get_by_role("link").all():
        assert not re.match(r"\s*(javascript|data|vbscript):", link.get_attribute("href") or "")
    viewer.press("l")
    viewer.at(1)
    viewer.press("h")
    assert page.evaluate("globalThis.harmed") is None
    assert page.evaluate("Object.prototype.type") is None
    assert page.locator("iframe, form[action*=evil], style:not(head *), base").count() == 0
    assert watch.foreign(served) == []
    # Its drawings stay in their panel, and the layout of the page is intact.
    source = viewer.source.bounding_box()
    assert source is not None
    for element in viewer.source.locator(".cs336-rendering").all():
        style = element.evaluate("e => [getComputedStyle(e).position, getComputedStyle(e).zIndex]")
        assert style == ["static", "auto"] or style[0] == "relative"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_of_a_million_steps_the_first_are_shown(served: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{served}trace.html")
    page.get_by_role("button", name="Choose a file").wait_for()
    drop(page, "million.json", traces.a_million_steps())
    viewer = Viewer(page)
    expect(page.get_by_text("900,000 more steps")).to_be_visible()
    viewer.press("End")
    viewer.at(99_999)
    assert viewer.number.evaluate(SHOWS_ALL_DIGITS)
    expect(viewer.page.get_by_text("of 99,999")).to_be_visible()


def fits(viewer: Viewer, watch: Watch) -> None:
    """Check that every control, the current line and the slider are on the screen."""
    viewer.go(31)
    assert viewer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for button in viewer.page.get_by_role("button").all():
        box = button.bounding_box()
        if box:
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= viewer.page.viewport_size["width"] + 1  # type: ignore[index]
    expect(viewer.now).to_be_in_viewport()
    expect(viewer.slider).to_be_in_viewport()
    assert watch.console == []


def test_it_fits_a_phone(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(
        f"{served}trace.html?trace=traces/ours.json", width=360, height=740, has_touch=True
    )
    viewer = Viewer(page)
    fits(viewer, watch)
    viewer.button("View").tap()
    viewer.button("Code only").tap()
    expect(viewer.button("Code only")).to_have_attribute("aria-pressed", "true")
    viewer.button("One step forward").tap()
    viewer.at(32)
    viewer.button("Keyboard and mouse").tap()
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_text("Keyboard and mouse").first).to_be_in_viewport(ratio=1)
    sheet.get_by_role("button", name="Close").tap()
    expect(sheet).to_have_count(0)


@pytest.mark.parametrize("width", [768, 1920])
def test_it_fits_every_screen(served: str, open_page: OpenPage, width: int) -> None:
    page, watch = open_page(f"{served}trace.html?trace=traces/ours.json", width=width, height=740)
    fits(Viewer(page), watch)


@pytest.mark.parametrize(
    "query", ["", "?trace=traces/ours.json&step=35&showNotes=1", "?trace=traces/nothing.json"]
)
def test_axe_finds_no_violation(served: str, open_page: OpenPage, query: str) -> None:
    page, _ = open_page(f"{served}trace.html{query}", theme="dark", reduced_motion="reduce")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    if "ours" in query:
        expect(Viewer(page).source.locator(".katex").first).to_be_attached()
        expect(page.locator("svg.marks")).to_be_attached()
    else:
        page.get_by_role("button", name="Choose a file").wait_for()
    if "nothing" in query:
        page.get_by_role("alert").wait_for()
    assert violations_in_both_themes(page) == []


def test_a_huge_trace_is_shown_in_part(served: str, open_page: OpenPage) -> None:
    page, watch = open_page(f"{served}trace.html")
    page.get_by_role("button", name="Choose a file").wait_for()
    page.set_default_timeout(30_000)
    drop(page, "heavy.json", json.dumps(traces.heavy()))
    viewer = Viewer(page)
    expect(viewer.side).to_contain_text("The first 200 variables are shown; there are 19,801 more.")
    expect(viewer.now).to_contain_text(re.compile(r"This line displays \d+ more"))
    expect(viewer.now.locator(".katex").first).to_be_attached()
    viewer.press("l")
    viewer.at(1)
    expect(viewer.stack).to_contain_text("19,994 more")
    viewer.press("l")
    viewer.at(2)
    assert watch.console == []


PROSE = [
    ["Let's ask GPT-4 ", {"title": "[OpenAI+ 2023]", "url": "https://a.invalid/"}, "."],
    ["One text th", "at is cut. ", "And another."],
    ["Read this:", {"title": "[paper]", "url": "https://a.invalid/"}],
    ["- Models ", {"title": "[A]", "url": "https://a.invalid/"}, ", a model, ", "and more"],
    ["1. one\n   - two ", {"title": "[B]", "url": "https://b.invalid/"}],
    ["### A heading", "A text."],
]


def test_consecutive_texts_and_links_are_one_line(served: str, open_page: OpenPage) -> None:
    frame = {"path": "a.py", "function_name": "f"}
    shown = [
        [
            {"type": "markdown", "data": part}
            if isinstance(part, str)
            else {"type": "link", "data": part["title"], "external_link": part}
            for part in row
        ]
        for row in PROSE
    ]
    picture = {"type": "image", "data": "late.svg"}
    steps = [
        {"stack": [{**frame, "line_number": 2 + i}], "env": {}, "renderings": row}
        for i, row in enumerate([*shown, *[[picture]] * 30, [{"type": "note", "data": "x"}]])
    ]
    source = "def f():\n" + "    text()\n" * len(steps)
    program = {"files": {"a.py": source}, "hidden_line_numbers": {}, "steps": steps}
    page, _ = open_page(f"{served}trace.html")
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"/>'

    held: list[Route] = []
    is_late = True

    def hold(route: Route) -> None:
        if is_late:
            held.append(route)
        else:
            route.fulfill(body=svg, content_type="image/svg+xml")

    page.route("**/late.svg", hold)
    page.get_by_role("button", name="Choose a file").wait_for()
    drop(page, "prose.json", json.dumps(program))
    viewer = Viewer(page)
    lines = [viewer.source.locator(f"[data-line='{2 + i}'] .cs336-shown") for i in range(6)]
    assert [text_of(line).strip() for line in lines[:5]] == [
        "Let's ask GPT-4 [OpenAI+ 2023].",
        "One text that is cut. And another.",
        "Read this: [paper]",
        "Models [A], a model, and more",
        "one two [B]",
    ]
    heights = [line.evaluate("e => e.offsetHeight") for line in lines]
    assert max(heights[:4]) < 40 < min(heights[4:])
    assert heights[4] < 70  # two lines
    indent = "e => parseFloat(getComputedStyle(e).marginLeft)"
    assert lines[0].evaluate(indent) == pytest.approx(31.2)  # four characters of code
    # Images that load late above the current line do not push it out of view.
    viewer.press("End")
    expect(viewer.now).to_be_in_viewport()
    page.evaluate(ROUND_TRIP)
    is_late = False
    for route in held:
        route.fulfill(body=svg, content_type="image/svg+xml")
    expect(viewer.source.locator("img").last).to_have_js_property("naturalHeight", 200)
    page.evaluate(LAID_OUT)
    expect(viewer.now).to_be_in_viewport()


def test_a_step_is_announced(viewer: Viewer) -> None:
    viewer.press("l")
    viewer.press("l")
    status = viewer.page.locator(".cs336-run [role=status]")
    expect(status).to_contain_text("Line")
    expect(status).to_contain_text("in everything.")
    expect(status).to_contain_text('Code: text("x = 1')


def test_the_panels_can_be_resized_by_keyboard_and_pointer(viewer: Viewer) -> None:
    bar = viewer.page.get_by_role("separator")
    wide = (viewer.source.bounding_box() or {})["width"]
    bar.focus()
    viewer.press("ArrowLeft")
    assert (viewer.source.bounding_box() or {})["width"] < wide
    viewer.at(0)
    box = bar.bounding_box()
    assert box is not None
    viewer.page.mouse.move(box["x"] + 3, box["y"] + 50)
    viewer.page.mouse.down()
    viewer.page.mouse.move(box["x"] + 200, box["y"] + 50)
    viewer.page.mouse.up()
    assert (viewer.source.bounding_box() or {})["width"] > wide
    viewer.page.reload()
    assert (viewer.source.bounding_box() or {})["width"] > wide  # it is remembered


def test_without_javascript_the_page_explains_what_it_needs(
    served: str, open_page: OpenPage
) -> None:
    page, _ = open_page(f"{served}trace.html", java_script_enabled=False)
    expect(page.get_by_text("needs JavaScript")).to_be_visible()
    link = page.get_by_role("main").get_by_role("link", name="Language modeling from scratch")
    expect(link).to_have_attribute("href", "index.html")
