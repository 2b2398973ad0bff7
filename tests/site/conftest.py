"""The built site, served, and a real browser to look at it with."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tools import browser as chromium
from tools.serve import HOST, Server
from tools.shell.paths import HTML

PAGES = [
    "index.html",
    "lectures/03_bpe.html",
    "lectures/01_overview.html",
    "lectures/02_tokenization.html",
    "lectures/04_attention.html",
    "lectures/05_transformer.html",
    "lectures/06_accounting.html",
    "book/glossary.html",
    "search.html",
    "genindex.html",
]
LECTURES = [page for page in PAGES if page.startswith("lectures/")]


@pytest.fixture(scope="session")
def html() -> Path:
    """The folder of the built site; it must be there, since a skipped test shows nothing."""
    assert (HTML / "index.html").is_file(), "build the site first: make site (make test does it)"
    return HTML


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder; give its address, which ends in a slash."""
    with Server(folder, socket.create_server((HOST, 0))) as server:
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


@pytest.fixture(params=["http", "file"])
def address(request: pytest.FixtureRequest, pages: Path, served: str) -> str:
    """The address of a module's own `pages`, served and from disk, ending in a slash."""
    return served if request.param == "http" else f"{pages.as_uri()}/"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, for the whole run."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A headless Chromium with a fresh profile, the one that `make test` found or got."""
    program = chromium.find(os.environ)
    assert program is not None, chromium.WAY_OUT
    running = playwright.chromium.launch(executable_path=program, args=chromium.LAUNCH_ARGS)
    yield running
    running.close()


class Watch:
    """What a page did that it must not do."""

    def __init__(self, page: Page) -> None:
        self.console: list[str] = []
        self.requests: list[str] = []
        self.failed: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda request: self.failed.append(request.url))

    def _said(self, message: object) -> None:
        if getattr(message, "type", "") in ("error", "warning"):
            self.console.append(str(getattr(message, "text", message)))

    def foreign(self, site: str) -> list[str]:
        """Return the requests that left the site."""
        own = (site, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]


OpenPage = Callable[..., tuple[Page, Watch]]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """A function that opens an address in a fresh context: `open_page(url, width=360, ...)`."""
    contexts: list[BrowserContext] = []

    def opened(
        url: str, *, width: int = 1280, height: int = 900, theme: str = "light", **options: object
    ) -> tuple[Page, Watch]:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,  # type: ignore[arg-type]
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        watch = Watch(page)
        page.goto(url)
        return page, watch

    yield opened
    for context in contexts:
        context.close()
