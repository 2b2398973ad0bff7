"""What the theme's pages have to be amended in, once they are written.

Each amendment says what is wrong with the page as the theme writes it. They are made in the built
pages, since the theme offers no setting for them; the browser tests show that each is needed.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

AMENDMENTS = [
    # Icons come from a font; this script would draw them again, at 1.5 MB a page.
    (r"\s*<(?:script|link)\b[^>]*fontawesome\.js[^>]*>(?:\s*</script>)?", ""),
    # Without JavaScript nobody chooses a theme, and a page of neither has no colours.
    (r'(<html [^>]*)data-theme="auto"', r'\1data-theme="light"'),
    # With JavaScript it is chosen late, so that the page is shown without colours first.
    (
        r'(dataset\.theme = localStorage\.getItem\("theme"\) \|\| )"[a-z]*"',
        r'\1(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")',
    ),
    # The sidebar belongs to no landmark, so that a screen reader cannot jump to it.
    (
        r'<div id="pst-primary-sidebar"',
        '<div id="pst-primary-sidebar" role="complementary" aria-label="Course"',
    ),
    # Names that contradict the words that are to be seen.
    (r'(<button class="btn search-button-field[^>]*?)\s+aria-label="Search"', r"\1"),
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    # A role that ARIA has given up, in a list whose items are none.
    (r'(<div class="citation"[^>]*) role="doc-biblioentry"', r'\1 role="listitem"'),
]


def amend(page: str) -> str:
    """Return a built page with every amendment made."""
    for pattern, replacement in AMENDMENTS:
        page = re.sub(pattern, replacement, page)
    return page


def front_page(page: str) -> str:
    """Return the page `book/index.html` as the site's `index.html`, one folder up.

    The theme would put a redirection there, which costs a reader a round trip.
    """

    def moved(link: re.Match[str]) -> str:
        attribute, target = link.groups()
        return f'{attribute}="{target[3:] if target.startswith("../") else f"book/{target}"}"'

    page = re.sub(r'\b(href|src|action)="(?!#|[a-z]+:|/|")([^"]*)"', moved, page)
    page = page.replace('href: "../_static', 'href: "_static')
    return page.replace('data-content_root="../"', 'data-content_root="./"')


def preload_font(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Ask for the text's font with the page and not after its styles: text moves less.

    By a script, since a page opened from disk may load a font from its styles only.
    """
    font = context["pathto"]("_static/fonts/inter-latin-wght-normal.woff2", resource=True)
    context["metatags"] = context.get("metatags", "") + (
        '<script>if (location.protocol !== "file:") document.head.append(Object.assign('
        f'document.createElement("link"), {{ rel: "preload", href: "{font}", as: "font", '
        'type: "font/woff2", crossOrigin: "" }));</script>\n'
    )


def finish(app: Sphinx, error: Exception | None) -> None:
    """Amend every page, and put the front page at the top."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for path in sorted(out.rglob("*.html")):
        page = path.read_text("utf-8")
        if (amended := amend(page)) != page:
            path.write_text(amended, "utf-8")
    front = (out / "book" / "index.html").read_text("utf-8")
    (out / "index.html").write_text(front_page(front), "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", preload_font)
    # After Jupyter Book has written its redirection, before the search for external assets.
    app.connect("build-finished", finish, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
