"""Amend the theme's pages after they are written.

The comment of each amendment names the fault in the theme's page. The theme has no settings for
these; the browser tests show that each is needed.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from textwrap import shorten
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from book.sphinx_ext.policy import has_policy

AMENDMENTS = [
    # Icons come from a font; this script of 1.5 MB would draw them again.
    (r"\s*<(?:script|link)\b[^>]*fontawesome\.js[^>]*>(?:\s*</script>)?", ""),
    # Without JavaScript nothing sets a theme, and a page without one has no colors.
    (r'(<html [^>]*)data-theme="auto"', r'\1data-theme="light"'),
    # With JavaScript it is set late, so the page would first appear without colors.
    (
        r'(dataset\.theme = localStorage\.getItem\("theme"\) \|\| )"[a-z]*"',
        r'\1(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")',
    ),
    # Without a landmark, screen readers cannot jump to the sidebar.
    (
        r'<div id="pst-primary-sidebar"',
        '<div id="pst-primary-sidebar" role="complementary" aria-label="Course"',
    ),
    # Accessible names that contradict the visible words
    (r'(<button class="btn search-button-field[^>]*?)\s+aria-label="Search"', r"\1"),
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    # The front page's title repeats the site's name.
    (r"<title>([^<]*) &#8212; \1</title>", r"<title>\1</title>"),
    # A deprecated ARIA role, in a list that needs list items
    (r'(<div class="citation"[^>]*) role="doc-biblioentry"', r'\1 role="listitem"'),
]


# Where a browser forbids storage (cookies blocked, a sandboxed frame), `localStorage` throws. This
# replacement lasts as long as the page.
STORAGE = (
    "for (const name of ['localStorage', 'sessionStorage']) try { window[name].length; } catch {"
    " const items = new Map(); Object.defineProperty(window, name, { value: {"
    " getItem: (key) => items.get(String(key)) ?? null,"
    " setItem: (key, value) => { items.set(String(key), String(value)); },"
    " removeItem: (key) => { items.delete(String(key)); } } }); }"
)

# The front page moves to the top of the site; links from outside may lead to its old address.
MOVED = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=../index.html">
<title>Moved</title>
<h1>Moved</h1>
<p>This page is now <a href="../index.html">the front page</a>.</p>
<script>location.replace("../index.html" + location.search + location.hash);</script>
"""

DESCRIPTION = 200  # characters


def amend(page: str) -> str:
    """Return a built page with all amendments applied."""
    for pattern, replacement in AMENDMENTS:
        page = re.sub(pattern, replacement, page)
    return page


def front_page(page: str) -> str:
    """Return the page `book/index.html` as the site's `index.html`, one folder up.

    The theme would put a redirect there, which costs a round trip.
    """

    def moved(link: re.Match[str]) -> str:
        attribute, target = link.groups()
        return f'{attribute}="{target[3:] if target.startswith("../") else f"book/{target}"}"'

    page = re.sub(r'\b(href|src|action)="(?!#|[a-z]+:|/|")([^"]*)"', moved, page)
    page = page.replace('href: "../_static', 'href: "_static')
    return page.replace('data-content_root="../"', 'data-content_root="./"')


def lead_to_front_page(page: str, name: str) -> str:
    """Return a page with its links to `book/index.html` leading to the site's `index.html`.

    >>> lead_to_front_page('<a href="index.html#lectures">', "book/glossary.html")
    '<a href="../index.html#lectures">'
    """
    if name.startswith("book/"):
        return re.sub(r'\bhref="index\.html(?=["#?])', 'href="../index.html', page)
    return re.sub(r'\bhref="((?:\.\./)*)book/index\.html(?=["#?])', r'href="\1index.html', page)


def opening_sentences(doctree: nodes.document) -> str:
    """Return the first sentences of a page, as many as fit into a description."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            text = " ".join(paragraph.astext().split())
            ends = [m.end() for m in re.finditer(r"[.!?](?= |$)", text) if m.end() <= DESCRIPTION]
            return text[: ends[-1]] if ends else shorten(text, DESCRIPTION, placeholder=" …")
    return ""


def describe(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Describe a page for search engines and for previews of links."""
    if not isinstance(doctree, nodes.document):
        return
    front = pagename == app.config.root_doc
    tags = {"og:title": context["title"], "og:site_name": context["docstitle"]}
    tags["og:type"] = "website" if front else "article"
    lines = [f'<meta property="{name}" content="{text}" />' for name, text in tags.items()]
    if sentences := opening_sentences(doctree):
        lines.append(f'<meta name="description" content="{escape(sentences)}" />')
        lines.append(f'<meta property="og:description" content="{escape(sentences)}" />')
    context["metatags"] = context.get("metatags", "") + "\n".join(lines) + "\n"


def provide_storage(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Let the theme's scripts run in a browser that forbids storage."""
    context["metatags"] = f"<script>{STORAGE}</script>\n" + context.get("metatags", "")


def preload_font(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Load the text's font with the page instead of after its styles, so that the text moves less.

    A script does it, since a page opened from disk may load fonts from styles only.
    """
    font = context["pathto"]("_static/fonts/inter-latin-wght-normal.woff2", resource=True)
    context["metatags"] = context.get("metatags", "") + (
        '<script>if (location.protocol !== "file:") document.head.append(Object.assign('
        f'document.createElement("link"), {{ rel: "preload", href: "{font}", as: "font", '
        'type: "font/woff2", crossOrigin: "" }));</script>\n'
    )


def finish(app: Sphinx, error: Exception | None) -> None:
    """Amend the pages that this build has written, and move the front page to the top."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    old = out / f"{app.config.root_doc}.html"
    (out / "index.html").write_text(front_page(old.read_text("utf-8")), "utf-8")
    old.write_text(MOVED, "utf-8")
    for path in sorted(out.rglob("*.html")):
        page = path.read_text("utf-8")
        if not has_policy(page):
            amended = lead_to_front_page(amend(page), path.relative_to(out).as_posix())
            path.write_text(amended, "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("html-page-context", describe)
    app.connect("html-page-context", preload_font)
    app.connect("html-page-context", provide_storage, priority=900)  # before other scripts
    # After Jupyter Book writes its redirect, before the search for external assets
    app.connect("build-finished", finish, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
