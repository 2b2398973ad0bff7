"""Makes pages self-contained: static widgets, no external asset.

A page with widgets loads their views and the host that mounts them, all classic scripts of the
site. After the build, every page and style is searched for addresses that a browser would fetch
from other servers: each is a warning, which the strict build turns into an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

from tools.shell.stamps import digest

log = logging.getLogger(__name__)

WIDGET = re.compile(r'<div class="cs336-widget" data-widget="(\w+)"')

# Attributes that a browser fetches while it loads a page, unlike the links that a reader follows
FETCHED = {
    ("script", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("iframe", "src"),
    ("embed", "src"),
    ("object", "data"),
    ("source", "src"),
    ("source", "srcset"),
    ("video", "src"),
    ("video", "poster"),
    ("audio", "src"),
    ("track", "src"),
    ("image", "href"),
    ("image", "xlink:href"),
    ("use", "href"),
}
LATE = {"trace_viewer"}  # a third of a page's weight: host.js loads it when its figure comes near
FETCHED_RELS = {"stylesheet", "preload", "modulepreload", "icon", "preconnect", "dns-prefetch"}
EXTERNAL = re.compile(r"^\s*(?:https?:|wss?:)?//", re.IGNORECASE)
IN_STYLE = re.compile(
    r"""(?:@import\s+|url\()\s*(?:url\()?\s*["']?((?:https?:)?//[^"')\s]+)""", re.IGNORECASE
)


def add_scripts(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Add the script of all pages to a page, and the views of its widgets."""
    app.add_js_file("site.js", defer="defer", priority=400)  # before figures replace their tables
    views = sorted(set(WIDGET.findall(context.get("body") or "")))
    for view in views:
        app.add_css_file(f"widgets/{view}.css")
        if view not in LATE:
            app.add_js_file(f"widgets/{view}.js", defer="defer")
    if views:
        app.add_js_file("widgets/host.js", defer="defer", priority=900)


class Assets(HTMLParser):
    """Collects the addresses on other servers that a browser fetches for a page."""

    def __init__(self) -> None:
        super().__init__()
        self.external: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check the attributes that are fetched."""
        self._in_style = tag == "style"
        attributes = {name: value or "" for name, value in attrs}
        rels = set(attributes.get("rel", "").lower().split())
        for name, value in attributes.items():
            fetched = (tag, name) in FETCHED or (
                tag == "link" and name == "href" and bool(rels & FETCHED_RELS)
            )
            if name in ("srcset", "imagesrcset"):
                candidates = [part.split()[0] for part in value.split(",") if part.strip()]
            else:
                candidates = [value]
            if fetched:
                self.external += [url for url in candidates if EXTERNAL.match(url)]
            if name == "style":
                self.external += IN_STYLE.findall(value)

    def handle_data(self, data: str) -> None:
        """Check inline styles."""
        if self._in_style:
            self.external += IN_STYLE.findall(data)
            self._in_style = False


def external_assets(file: Path) -> Iterator[str]:
    """Yield the addresses on other servers that a built page or style fetches."""
    text = file.read_text("utf-8")
    if file.suffix == ".css":
        yield from IN_STYLE.findall(text)
        return
    parser = Assets()
    parser.feed(text)
    parser.close()
    yield from parser.external


def finish(app: Sphinx, error: Exception | None) -> None:
    """Check the files of the site, except for those that an earlier build has checked.

    After a warning there is no next build that could leave a file out: it starts over.
    """
    if error or app.builder.format != "html":
        return
    out, record = Path(app.outdir), Path(app.doctreedir) / "offline.json"
    clean = set(json.loads(record.read_text("utf-8"))) if record.is_file() else set()
    files = {file: digest([file]) for pattern in ("*.html", "*.css") for file in out.rglob(pattern)}
    for file, content in sorted(files.items()):
        if content not in clean:
            for address in external_assets(file):
                name = file.relative_to(out)
                log.warning("external asset in %s: %s", name, address, type="offline")
    record.write_text(json.dumps(sorted(set(files.values()))), "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", add_scripts, priority=900)
    app.connect("build-finished", finish, priority=960)  # when files are complete
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
