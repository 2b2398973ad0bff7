"""The built site, served, and a real browser to look at it with."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from cs336_core._shared.static_server import FileServer, files_in
from tools import browser as chromium
from tools.shell.paths import HTML

LIMIT = 30_000  # milliseconds until a wait fails; generous, for a machine that does much else
expect.set_options(timeout=LIMIT)

# Every page of the book; the viewer's page is a program of its own, with tests of its own.
PAGES = sorted(
    path.relative_to(HTML).as_posix()
    for path in HTML.rglob("*.html")
    if "_static" not in path.parts
    and path.name != "trace.html"
    and 'http-equiv="refresh"' not in path.read_text("utf-8")  # what was moved leads elsewhere
)
LECTURES = [page for page in PAGES if page.startswith("lectures/")]


@pytest.fixture(scope="session")
def html() -> Path:
    """The folder of the built site."""
    assert (HTML / "index.html").is_file(), "build the site first: make site (make test does it)"
    return HTML


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder and yield its address, which ends in a slash."""
    with FileServer(files_in(folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.url
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def site(html: Path) -> Iterator[str]:
    """The address of the served site, ending in a slash."""
    with serving(html) as url:
        yield url


@pytest.fixture(scope="module")
def served(pages: Path) -> Iterator[str]:
    """The address of a module's own `pages`, ending in a slash."""
    with serving(pages) as url:
        yield url


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, for the whole run."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A headless Chromium with a fresh profile, the one that `make test` found or downloaded."""
    program = chromium.find(os.environ)
    assert program is not None, chromium.NOT_FOUND
    running = playwright.chromium.launch(executable_path=program, args=chromium.LAUNCH_ARGS)
    yield running
    running.close()


class Watch:
    """Records what a page requests, what fails, and what it writes to the console."""

    def __init__(self, page: Page) -> None:
        self.console: list[str] = []  # errors and warnings
        self.requests: list[str] = []
        self.failed: list[str] = []
        page.on("console", self._record)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda request: self.failed.append(request.url))

    def _record(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.console.append(message.text)

    def clear(self) -> None:
        """Forget what was recorded."""
        for record in (self.console, self.requests, self.failed):
            record.clear()

    def foreign(self, site: str) -> list[str]:
        """Return the requests that left the site."""
        own = (site, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]


OpenPage = Callable[..., tuple[Page, Watch]]


@contextmanager
def opening(browser: Browser) -> Iterator[OpenPage]:
    """Yield a function that opens an address: `open_page(url, width=360, ...)`.

    Every page is new, without a history or storage. Pages of the same options share a context, and
    with it what the browser has already loaded: a new context takes four times as long.
    """
    contexts: dict[str, BrowserContext] = {}

    def open_page(
        url: str, *, width: int = 1280, height: int = 900, theme: str = "light", **options: Any
    ) -> tuple[Page, Watch]:
        options["viewport"] = {"width": width, "height": height}
        options["color_scheme"] = theme
        name = repr(sorted(options.items()))
        if name not in contexts:
            contexts[name] = browser.new_context(**options)
            contexts[name].set_default_timeout(LIMIT)
        page = contexts[name].new_page()
        watch = Watch(page)
        page.goto(url)
        return page, watch

    yield open_page
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="module")
def module_page(browser: Browser) -> Iterator[OpenPage]:
    """Open pages that stay open for all tests of a module."""
    with opening(browser) as open_page:
        yield open_page


# As a reader would undo what was done to a figure; nothing else on the page changes.
_RESTORE = """() => {
  const reset = ".cs336-toolbar:has(> .cs336-act) > button:not(.cs336-act)";
  document.querySelector(reset)?.click();
  for (const details of document.querySelectorAll("details[open]")) details.open = false;
  document.activeElement?.blur();
  scrollTo(0, 0);
  try { localStorage.clear() } catch { /* a page from disk may have none */ }
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
_APPEARANCE = """() => [
  location.pathname,
  document.querySelector("main").innerHTML,
  ...[...document.querySelectorAll("input, select, textarea")].map((e) => [e.value, e.checked]),
].join()"""


@pytest.fixture(scope="module")
def shared_page(module_page: OpenPage) -> OpenPage:
    """Open a page of a figure that tests share: each finds it as it was at first.

    Reset is enough for most; where the page still looks different after it, it is loaded anew.
    """
    pages: dict[str, tuple[Page, Watch, str]] = {}

    def opened(url: str) -> tuple[Page, Watch]:
        if url not in pages:
            page, watch = module_page(url, permissions=["clipboard-read", "clipboard-write"])
            page.wait_for_load_state("networkidle")
            page.evaluate(_RESTORE)
            pages[url] = page, watch, page.evaluate(_APPEARANCE)
        else:
            page, watch, appearance = pages[url]
            page.bring_to_front()  # a page behind another draws a frame per second
            watch.clear()
            page.mouse.move(0, 0)
            page.set_viewport_size({"width": 1280, "height": 900})
            page.evaluate(_RESTORE)
            if page.evaluate(_APPEARANCE) != appearance:
                page.goto(url)
        return page, watch

    return opened


@pytest.fixture
def open_with_clock(browser: Browser) -> Iterator[OpenPage]:
    """Open pages whose clock tests stop and move on; it belongs to a context of their own."""
    with opening(browser) as open_page:

        def opened(url: str, **options: Any) -> tuple[Page, Watch]:
            page, watch = open_page("about:blank", **options)
            page.clock.install(time=0)
            page.goto(url)
            return page, watch

        yield opened


@pytest.fixture
def open_page(module_page: OpenPage) -> Iterator[OpenPage]:
    """Open pages that are closed, and their storage cleared, at the end of the test."""
    pages: list[Page] = []

    def opened(url: str, **options: Any) -> tuple[Page, Watch]:
        page, watch = module_page(url, **options)
        pages.append(page)
        return page, watch

    yield opened
    for page in pages:
        page.evaluate("() => { try { localStorage.clear() } catch { /* none here */ } }")
        page.close()
