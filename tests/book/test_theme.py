"""The theme's pages: their menu, their contents, the files that they load, what is published."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

FRONT = """\
# Front

```{toctree}
:caption: Lectures
/long
/short
```

## A

## B

## C
"""
PAGES = {
    "book/index.md": FRONT,
    "long.md": "# Long\n\n## One `x`\n\n### Deeper\n\n## Two\n\n## Three\n\n| a |\n|---|\n| 1 |\n",
    "short.md": "# Short\n\n## Only\n",
    "assets/site.css": "body { color: red }",
    "icon.svg": "<svg/>",
}
SETTINGS = {
    "extensions": ["myst_parser", "sphinx_design", "book.sphinx_ext.theme"],
    "source_suffix": {".md": "markdown"},  # other books in this process change the default
    "root_doc": "book/index",
    "html_theme": "cs336",
    "html_theme_options": {"repository_url": "https://example.org/course"},
    "html_static_path": ["assets"],
    "html_css_files": ["site.css"],
    "html_favicon": "icon.svg",
    "html_title": "The course",
    "html_use_index": False,
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages."""
    folder = tmp_path_factory.mktemp("theme")
    for name, text in PAGES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    folders = [str(folder), None, str(folder / "html"), str(folder / "trees")]
    with docutils_namespace():
        Sphinx(*folders, "html", SETTINGS, status=None).build()
    return folder / "html"


def page(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")


def test_the_menu_has_all_pages_and_marks_its_own(site: Path) -> None:
    menu = page(site, "long").select("header nav a")
    assert [link.text for link in menu] == ["Long", "Short"]
    assert [link.get("aria-current") for link in menu] == ["page", None]


def test_long_pages_have_contents(site: Path) -> None:
    links = page(site, "long").select("nav.contents li a")
    assert [link.text for link in links] == ["One x", "Two", "Three"]
    assert [link["href"] for link in links] == ["#one-x", "#two", "#three"]
    assert not page(site, "short").select(".contents, .contents-bar")
    assert not page(site, "index").select(".contents, .contents-bar")


def test_pages_load_the_files_of_the_project_only(site: Path) -> None:
    found = page(site, "long")
    styles = [str(link["href"]).partition("?")[0] for link in found.select("[rel=stylesheet]")]
    assert styles == ["_static/site.css"]
    assert not found.select("script[src]")
    kept = {file.name for file in (site / "_static").rglob("*") if file.is_file()}
    assert kept == {"site.css", "icon.svg"}


def test_every_page_links_to_the_repository(site: Path) -> None:
    for name in ("index", "long", "short", "search"):
        link = page(site, name).select_one("footer [href='https://example.org/course']")
        assert link is not None
        assert link.text == "Source"


def test_tables_scroll_in_boxes(site: Path) -> None:
    assert page(site, "long").select_one(".table-box > table td").text == "1"  # type: ignore[union-attr]
