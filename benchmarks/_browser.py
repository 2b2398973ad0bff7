"""Shared parts of the benchmarks of pages: a browser, a server, the main thread's time."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from cs336_core._shared.static_server import FileServer, files_in
from cs336_core.ui.course_widget import CourseWidget
from tools import browser as chromium
from tools.shell.errors import UserError
from tools.shell.paths import HTML

PAGE = """<!doctype html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{view}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="_static/site.css">
<link rel="stylesheet" href="_static/widgets/{view}.css"></head>
<body><main>{figure}</main>
<script defer src="_static/widgets/{view}.js"></script>
<script defer src="_static/widgets/host.js"></script></body></html>
"""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Browser, str]]:
    """Serve a folder; yield a fresh Chromium and the address, which ends in a slash."""
    program = chromium.find(os.environ) or chromium.ensure()
    with FileServer(files_in(folder)) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=program, args=chromium.LAUNCH_ARGS)
        yield browser, server.url
        browser.close()
        server.shutdown()


@contextmanager
def showing(widget: CourseWidget) -> Iterator[tuple[Browser, str]]:
    """Serve a page with one figure and nothing else; yield a fresh Chromium and the address."""
    if not (HTML / "_static" / "widgets").is_dir():
        raise UserError("The site is not built yet: run `make site`.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(HTML / "_static", folder / "_static")
        page = PAGE.format(view=widget.view, figure=widget.static_html())
        (folder / "index.html").write_text(page, "utf-8")
        with serving(folder) as (browser, url):
            yield browser, url


class MainThread:
    """The time that a page's main thread has spent on script, style, layout and paint."""

    def __init__(self, page: Page) -> None:
        self._client: CDPSession = page.context.new_cdp_session(page)
        self._client.send("Performance.enable")

    def milliseconds(self) -> float:
        """Return the working time since the page opened: the browser's TaskDuration."""
        metrics = self._client.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))
