"""The site's theme: its templates, what they show, and the front page at the top of the site.

The templates in book/theme/templates get the menu of all pages and the contents of their own. A
page loads the files that the project bundles, and none of those that extensions add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from textwrap import shorten
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.writers.html5 import HTML5Translator

from book.sphinx_ext.search import INDEX

NAME = "cs336"
TEMPLATES = Path(__file__).parents[1] / "theme" / "templates"
LEAST_CONTENTS = 3  # sections; a shorter page needs no table of contents

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
WORDS = 20  # characters in a cell of a table that may wrap, but not into a narrow column


class Translator(HTML5Translator):
    """Writes HTML5 with a box around each table, and with list items for references."""

    def visit_citation(self, node: nodes.Element) -> None:
        """Open a reference. Docutils would give it a role of its own, which is deprecated."""
        super().visit_citation(node)
        self.body[-1] = self.body[-1].replace('role="doc-biblioentry"', 'role="listitem"')

    def visit_table(self, node: nodes.Element) -> None:
        """Open the box of a table, which scrolls where the table is wider than the page."""
        self.body.append('<div class="table-box">')
        super().visit_table(node)

    def visit_entry(self, node: nodes.Element) -> None:
        """Open a cell; one with many words is marked."""
        if len(node.astext()) > WORDS:
            node["classes"].append("words")
        super().visit_entry(node)

    def depart_table(self, node: nodes.Element) -> None:
        """Close the box of a table."""
        super().depart_table(node)
        self.body.append("</div>\n")


def visit_folded(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Open a part of a cell that is folded."""
    classes = " ".join(["hide", *node["classes"]])
    summary = escape(node["prompt_show"])
    self.body.append(f'<details class="{classes}">\n<summary>{summary}</summary>\n')


def depart_folded(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Close it."""
    self.body.append("</details>\n")


def menu(env: BuildEnvironment) -> list[dict[str, Any]]:
    """Return the parts of the table of contents, each with its pages: their names and titles."""
    return [
        {
            "caption": part["caption"] or "Contents",
            "pages": [
                {"name": name, "title": env.titles[name].astext()} for _, name in part["entries"]
            ],
        }
        for part in env.tocs[env.config.root_doc].findall(addnodes.toctree)
    ]


def contents(env: BuildEnvironment, pagename: str) -> list[dict[str, str]]:
    """Return the sections of a page; none if they are few."""
    sections = [
        {"anchor": link["anchorname"].removeprefix("#"), "title": link.astext()}
        for link in links_of_second_level(env.tocs[pagename])
    ]
    return sections if len(sections) >= LEAST_CONTENTS else []


def links_of_second_level(toc: nodes.bullet_list) -> Iterator[nodes.reference]:
    """Yield the links to the sections below a page's title."""
    for title in toc:
        for below in title.children[1:]:
            for section in below:
                yield from section.children[0].findall(nodes.reference)


def fill_templates(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Give the templates the pages of the site, and the contents of the page."""
    context["menu"] = menu(app.env)
    is_long_read = doctree is not None and pagename != app.config.root_doc
    context["contents"] = contents(app.env, pagename) if is_long_read else []


def own_files(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    """Leave out the styles and scripts that extensions add to a page."""
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context[kind] if is_own(app, str(file.filename))]


def is_own(app: Sphinx, name: str) -> bool:
    """Whether a file of `_static/` is among those that the project bundles, or builds."""
    name = name.removeprefix("_static/")
    # Extensions append folders of their own, with absolute paths.
    ours = [folder for folder in app.config.html_static_path if not Path(folder).is_absolute()]
    built = {Path(INDEX).name, Path(app.config.html_favicon).name}
    return name in built or any(Path(app.confdir, folder, name).is_file() for folder in ours)


def front_page(page: str) -> str:
    """Return the page `book/index.html` as the site's `index.html`, one folder up.

    The book would put a redirect there, which costs a round trip.
    """

    def moved(link: re.Match[str]) -> str:
        attribute, target = link.groups()
        return f'{attribute}="{target[3:] if target.startswith("../") else f"book/{target}"}"'

    page = re.sub(r'\b(href|src|action)="(?!#|[a-z]+:|/|")([^"]*)"', moved, page)
    return page.replace('href: "../_static', 'href: "_static')


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
    """Move the front page to the top of the site, and remove the files that no page loads."""
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for file in (out / "_static").rglob("*"):
        if file.is_file() and not is_own(app, file.relative_to(out).as_posix()):
            file.unlink()
    old = out / f"{app.config.root_doc}.html"
    (out / "index.html").write_text(front_page(old.read_text("utf-8")), "utf-8")
    old.write_text(MOVED, "utf-8")
    for path in sorted(out.rglob("*.html")):
        page = path.read_text("utf-8")
        moved = lead_to_front_page(page, path.relative_to(out).as_posix())
        if moved != page:
            path.write_text(moved, "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_html_theme(NAME, str(TEMPLATES))
    app.set_translator("html", Translator)
    app.add_node(HideCodeCellNode, override=True, html=(visit_folded, depart_folded))
    app.connect("html-page-context", describe)
    app.connect("html-page-context", preload_font)
    app.connect("html-page-context", fill_templates)
    app.connect("html-page-context", own_files, priority=950)  # when all have been added
    # After the book writes its redirect, before the search for external assets
    app.connect("build-finished", finish, priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
