"""Python in the page: programs run, are stepped through and stopped, and stay in their worker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Worker, expect

from tests.site.axe import violations, violations_in_both_themes
from tests.site.conftest import OpenPage, Watch, opening
from tests.site.figures import LAID_OUT, Figure, outside, until

PAGE = "book/playground.html"
LATE = ("runtime.js", "core.js", "frame.html", "trace_viewer.js")  # loaded when first used
pytestmark = pytest.mark.xdist_group("python playground")  # tests share a page, and its Python


class Playground(Figure):
    """The playground, as a reader finds it."""

    view = "python_playground"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.editor = self.root.locator(".cm-content")
        expect(self.editor).to_be_visible()
        self.output = self.root.get_by_role("region", name="Output").first
        self.error = self.root.locator(".cs336-python-error")
        self.viewer = self.root.get_by_role("group", name="A program, step by step")
        self.status = self.root.locator(".cs336-python-side").get_by_role("status")

    def write(self, code: str) -> None:
        """Replace the program."""
        self.editor.click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(code)

    def run(self, code: str) -> Locator:
        """Run a program, wait until it has ended, and return the status line."""
        self.write(code)
        self.button("Run").click()
        expect(self.button("Stop")).to_have_attribute("aria-disabled", "true")
        return self.status


@pytest.fixture(scope="module")
def opened(browser: Browser, site: str) -> Iterator[tuple[Page, Watch]]:
    """The page of the playground, cut off from everything but its own site."""
    with opening(browser) as open_page:
        page, watch = open_page("about:blank", permissions=["clipboard-read", "clipboard-write"])
        page.route(lambda url: not url.startswith((site, "blob:")), lambda route: route.abort())
        page.goto(f"{site}{PAGE}")
        yield page, watch


@pytest.fixture
def playground(opened: tuple[Page, Watch]) -> Playground:
    """The playground as it was at first; its Python may have started."""
    page, _ = opened
    page.set_viewport_size({"width": 1280, "height": 900})
    figure = Playground(page)
    figure.button("Reset").click()
    return figure


def test_nothing_is_loaded_before_the_first_run(
    playground: Playground, opened: tuple[Page, Watch]
) -> None:
    page, watch = opened
    page.wait_for_load_state("networkidle")
    assert not [url for url in watch.requests if url.endswith(LATE)]
    assert len(page.frames) == 1
    expect(playground.output).to_contain_text("The output appears here.")


def test_a_program_runs_and_can_be_stepped_through(
    playground: Playground, opened: tuple[Page, Watch], site: str
) -> None:
    playground.button("Run").click()
    expect(playground.status).to_contain_text("Finished in ")
    expect(playground.output).to_contain_text("('t', 'h') -> ['th', 'e', ' ', 'c'")
    playground.button("Step through").click()
    expect(playground.status).to_contain_text("Every step is in the viewer below.")
    step = playground.viewer.get_by_role("spinbutton")
    step.fill("30")
    step.press("Enter")
    expect(playground.viewer.get_by_role("status")).to_contain_text("count_pairs")
    expect(playground.viewer.get_by_role("region", name="Variables and output")).to_contain_text(
        "counts"
    )
    _, watch = opened
    assert watch.foreign(site) == []
    assert watch.failed == []
    assert watch.console == []


def test_a_whole_gpt_can_be_stepped_through(playground: Playground) -> None:
    """Its trace stays within the limits of a page."""
    playground.root.get_by_role("combobox", name="Example").select_option(label="A whole GPT")
    playground.button("Step through").click()
    expect(playground.status).to_contain_text("Every step is in the viewer below.", timeout=60_000)
    step = playground.viewer.get_by_role("spinbutton")
    step.fill("600")
    step.press("Enter")
    expect(playground.viewer.get_by_role("status")).to_contain_text("Line ")
    expect(playground.output).to_contain_text("step 1: loss 1.1")


def test_an_error_is_marked_in_the_program(playground: Playground) -> None:
    status = playground.run("print('before')\n\nx = [1, 2]\nx[5]\n")
    expect(status).to_have_text("IndexError in line 4.")
    expect(playground.output).to_contain_text("before")
    expect(playground.error).to_contain_text("IndexError: list index out of range")
    expect(playground.root.locator(".cs336-code-error")).to_have_text("x[5]")
    playground.button("Go to line 4").click()
    expect(playground.editor).to_be_focused()
    playground.page.keyboard.insert_text("#")
    expect(playground.root.locator(".cs336-code-error")).to_have_count(0)


def test_input_reads_the_lines_that_were_given(playground: Playground) -> None:
    playground.write("name = input('name? ')\nprint('hello', name)\nlen(name)")
    playground.root.get_by_role("textbox", name="Lines for input()").fill("Ada\n")
    playground.button("Run").click()
    expect(playground.output).to_contain_text("name? Ada\nhello Ada", use_inner_text=True)
    expect(playground.output).to_contain_text("Last value 3")


def test_stop_ends_an_endless_loop_at_once_and_the_next_run_is_fresh(
    playground: Playground,
) -> None:
    playground.write("left_behind = 1\nprint('looping')\nwhile True:\n    pass")
    playground.button("Run").click()
    expect(playground.output).to_have_text("looping\n")
    assert playground.page.evaluate("1 + 1") == 2  # the page answers meanwhile
    expect(playground.status).to_have_text("Running …")
    playground.button("Stop").click()
    expect(playground.status).to_have_text("Stopped.")
    expect(playground.output).to_have_text("looping\n")
    expect(playground.run("left_behind")).to_have_text("NameError in line 1.")


# What a hostile program tries -> what becomes of it
HOSTILE = {
    "while True: print('x' * 100)": "has written 100,000 characters",
    "import os\nos.write(1, b'x' * 10**6)": "has written 100,000 characters",
    "x = ['x']\nwhile True: x += x": "more than 512 MiB of memory",
    "'x' * 10**9": "more than 512 MiB of memory",
    "import os\nos.abort()": "Python could not go on",
    "def f(): f()\nf()": "RecursionError",
    "import urllib.request\nurllib.request.urlopen('{site}')": "URLError",
    "import socket\nsocket.create_connection(('127.0.0.1', {port}))\n1/0": "Error in line",
    "import js\njs.fetch('{site}')": "AttributeError",
    "import js\njs.document.title = 'taken'": "AttributeError",
    "import js\njs.localStorage.clear()": "AttributeError",
    "import js\njs.Object.constructor('return self')()": "JsException",
    "from pyodide.code import run_js\nrun_js('self')": "ImportError",
    "import pyodide_js\npyodide_js.loadPackage('numpy')\n1/0": "ZeroDivisionError",
    "import pyodide.http\npyodide.http.open_url('{site}')": "Error in line",
    "import threading\nthreading.Thread(target=print).start()": "RuntimeError",
    "import numpy": "Python in the browser has no numpy",
}


def test_hostile_programs_stay_in_their_worker(
    playground: Playground, opened: tuple[Page, Watch], site: str
) -> None:
    page, watch = opened
    page.evaluate("localStorage.setItem('own', 'kept')")
    title = page.title()
    port = site.rsplit(":", 1)[1].strip("/")
    watch.clear()
    for code, ending in HOSTILE.items():
        status = playground.run(code.replace("{site}", site).replace("{port}", port))
        expect(status, code).to_contain_text(ending)
    assert [url for url in watch.requests if not url.startswith("blob:")] == []
    assert page.evaluate("localStorage.getItem('own')") == "kept"
    assert page.title() == title
    expect(playground.run("print('still here')")).to_contain_text("Finished")


# What a program could try if it found a way to the JavaScript of its worker or of the frame -> the
# error that it gets
WORKER_WALLS = {
    "new Promise((_, no) => { new WebSocket('{ws}').onerror = () => no('refused') })": "refused",
    "(r => { r.open('GET', '{site}', false); r.send() })(new XMLHttpRequest())": "NetworkError",
    "fetch('{site}')": "no network",
    "importScripts('{site}_static/site.js')": "no scripts",
    "import('{site}_static/site.js')": "TypeError",
    "navigator.storage.getDirectory()": "Error",
    "new Promise((_, no) => { indexedDB.open('x').onsuccess = no })": "SecurityError",
    "caches.open('x')": "Error",
}
FRAME_WALLS = {
    "fetch('{site}')": "Failed to fetch",
    "localStorage.length": "SecurityError",
    "document.cookie": "SecurityError",
    "caches.open('x')": "Error",
    "parent.document.title": "SecurityError",
    "parent.localStorage": "SecurityError",
    "parent.location.href": "SecurityError",
    "new Promise((_, no) => Object.assign(new Image(), { onerror: no, src: '{site}x.png' }))": "",
}


def test_the_frame_and_its_worker_reach_neither_page_nor_storage_nor_network(
    playground: Playground, opened: tuple[Page, Watch], site: str
) -> None:
    page, watch = opened
    started: list[Worker] = []
    # Playwright cannot call a built-in method.
    page.on("worker", lambda worker: started.append(worker))  # noqa: PLW0108
    n_new = 1 if page.workers else 2  # one runs the program, and then one waits for the next
    expect(playground.run("1")).to_contain_text("Finished")
    until(lambda: len(started) == n_new, page)
    watch.clear()
    for place, walls in ((started[-1], WORKER_WALLS), (page.frames[1], FRAME_WALLS)):
        for code, error in walls.items():
            script = code.replace("{site}", site).replace("{ws}", site.replace("http", "ws"))
            outcome = place.evaluate(
                f"async () => {{ try {{ return ['reached', String(await ({script}))] }}"
                f"catch (error) {{ return ['refused', String(error)] }} }}"
            )
            assert outcome[0] == "refused", (code, outcome)
            assert error in outcome[1], code
    answered = set(watch.requests) - set(watch.failed)
    assert not [url for url in answered if url.startswith(site)]
    watch.clear()


def test_a_shared_program_is_shown_and_runs_only_when_the_reader_says_so(
    playground: Playground, opened: tuple[Page, Watch], open_page: OpenPage
) -> None:
    code = "print('é猫🐈' * 2)\n# <b>shared</b>"
    playground.write(code)
    playground.page.wait_for_url(lambda url: "python.program=" in url)
    link = playground.copied_link()
    page, watch = open_page(link)
    shared = Playground(page)
    expect(shared.root).to_contain_text("it runs only when you press Run")
    expect(shared.editor).to_contain_text("# <b>shared</b>")
    page.wait_for_load_state("networkidle")
    expect(shared.output).to_contain_text("The output appears here.")
    assert not [url for url in watch.requests if url.endswith(LATE)]
    assert watch.console == []
    shared.button("Reset").click()
    expect(shared.root).not_to_contain_text("it runs only when you press Run")
    expect(shared.editor).to_contain_text("count_pairs")


def test_a_link_without_a_program_says_so(open_page: OpenPage, site: str) -> None:
    page, watch = open_page(f"{site}{PAGE}?python.program=%3Cscript%3E")
    playground = Playground(page)
    expect(playground.root).to_contain_text("no program that can be read")
    expect(playground.editor).to_contain_text("count_pairs")
    assert watch.console == []


def test_keys_run_the_program_and_leave_the_editor(playground: Playground) -> None:
    keyboard = playground.page.keyboard
    playground.write("if True:\n    print(6 * 7)")
    keyboard.press("ControlOrMeta+Enter")
    expect(playground.output).to_have_text("42\n")
    expect(playground.status).to_contain_text("Finished")  # the keys do nothing during a run
    keyboard.press("ControlOrMeta+Shift+Enter")
    expect(playground.viewer).to_be_visible()
    keyboard.press("ControlOrMeta+Home")
    keyboard.press("Tab")
    expect(playground.editor).to_be_focused()
    expect(playground.editor.locator(".cm-line").first).to_have_text("    if True:")
    keyboard.press("Escape")
    keyboard.press("Tab")
    expect(playground.editor).not_to_be_focused()


def test_it_fits_a_phone_and_axe_finds_no_violation_after_a_run(playground: Playground) -> None:
    playground.write("print('x' * 200)\ndef f(n):\n    return 1 / n\nf(0)")
    playground.button("Step through").click()
    expect(playground.error).to_be_visible()
    expect(playground.viewer).to_be_visible()
    assert violations_in_both_themes(playground.page) == []
    playground.page.set_viewport_size({"width": 360, "height": 740})
    playground.page.evaluate(LAID_OUT)
    assert playground.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert outside(playground.root) == []


def test_the_program_can_be_saved(playground: Playground) -> None:
    playground.write("print('saved')")
    with playground.page.expect_download() as download:
        playground.root.get_by_role("button", name="Save as .py").click()
    assert download.value.suggested_filename == "program.py"
    assert Path(download.value.path()).read_text("utf-8") == "print('saved')"


def test_it_runs_from_disk(html: Path, open_page: OpenPage) -> None:
    page, watch = open_page((html / PAGE).as_uri())
    playground = Playground(page)
    expect(playground.run("import sys\nprint(sys.platform)")).to_contain_text("Finished")
    expect(playground.output).to_have_text("emscripten\n")
    playground.button("Step through").click()
    expect(playground.viewer).to_be_visible()
    assert watch.foreign("file://") == []
    assert watch.console == []


def test_on_a_phone_the_keyboard_reaches_what_scrolls(site: str, open_page: OpenPage) -> None:
    page, _ = open_page(f"{site}{PAGE}", width=360, height=740)
    editor = Playground(page).root.locator(".cm-scroller")
    assert editor.evaluate("(box) => box.scrollWidth > box.clientWidth")
    assert violations(page, ("scrollable-region-focusable",)) == []
