"""The front page lists the lectures with the beginning of each."""

from __future__ import annotations

import io
from pathlib import Path

from bs4 import BeautifulSoup
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

PAGES = {
    "index.md": "# Front\n\n```{lectures}\n```\n\n"
    "```{toctree}\nlectures/two\nlectures/one\nglossary\n```\n",
    "glossary.md": "# Glossary\n",
    "lectures/one.md": "# The *first*\n\nHow to\ncount. *With* care.\n\n"
    "It takes\nabout a minute. Go on.\n",
    "lectures/two.md": "# The second\n\nHow to add.\n\nThen, at last, subtract.\n",
}
ONE = ("The first", "lectures/one.html", "How to count. With care.", "About a minute")
TWO = ("The second", "lectures/two.html", "How to add.", "")


def build(folder: Path) -> list[tuple[str, str, str, str]]:
    """Build the pages; return title, address, text and time of each card."""
    warnings = io.StringIO()
    extensions = {
        "extensions": ["myst_parser", "book.sphinx_ext.lecture_list"],
        "source_suffix": {".md": "markdown"},  # other books in this process change the default
    }
    folders = [str(folder), None, str(folder / "html"), str(folder / "trees")]
    with docutils_namespace():
        Sphinx(*folders, "html", extensions, status=None, warning=warnings).build()
    assert warnings.getvalue() == ""
    page = BeautifulSoup((folder / "html" / "index.html").read_text("utf-8"), "html.parser")
    cards = []
    for card in page.select(".lecture-card"):
        (link,) = card.select(".lecture-title a")
        title, text, *time = (paragraph.text for paragraph in card.select("p"))
        assert title == link.text
        cards.append((link.text, str(link["href"]), text, time[0] if time else ""))
        assert len(card.select("svg")) == (title == "The second")
        assert [em.text for em in card.select("em")] == (["With"] if "With" in text else [])
    return cards


def test_lectures_are_listed_in_the_order_of_the_contents(tmp_path: Path) -> None:
    (tmp_path / "book" / "cards").mkdir(parents=True)
    (tmp_path / "book" / "cards" / "two.svg").write_text('<svg aria-hidden="true"></svg>', "utf-8")
    for name, text in PAGES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert build(tmp_path) == [TWO, ONE]
    changed = PAGES["lectures/one.md"].replace("How to\ncount", "How not to count")
    (tmp_path / "lectures" / "one.md").write_text(changed, "utf-8")
    assert build(tmp_path)[1][2] == "How not to count. With care."
