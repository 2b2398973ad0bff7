"""The glossary page is built from the table of terms, and pages link to its entries."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from bs4.element import Tag
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

TABLE = """\
# Terms

| Term | Also called | Definition | 中文 | Lecture |
|---|---|---|---|---|
| Zipf's law | | Of $x$ & *y*. | 齐普夫定律 | text |
| Byte pair encoding | BPE | Merges pairs. | 字节对编码 | text |
| id | | A number. | id | text |
"""
PAGES = {
    "index.md": "# Front\n\n```{toctree}\nglossary\nlectures/text\n```\n",
    "glossary.md": "# Glossary\n\nNo *id* links here.\n\n```{terminology} terms.md\n```\n",
    "lectures/text.md": """\
# All about an *id*

The *vocabulary* has *ids*, and an *id* has a row. [See *BPE*](#here), then *BPE*; *Zipf's laws*.

{term}`zipf's law` and {term}`it <Byte pair encoding>`.

## Here
""",
}


def build(folder: Path, table: str) -> str:
    """Build the pages into `folder/html`; return Sphinx's warnings."""
    for name, text in {**PAGES, "terms.md": table}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    warnings = io.StringIO()
    settings = {
        "extensions": ["myst_parser", "book.sphinx_ext.glossary"],
        "source_suffix": {".md": "markdown"},  # other books in this process change the default
        "exclude_patterns": ["terms.md"],
        "myst_enable_extensions": ["dollarmath"],
        "myst_heading_anchors": 2,
        "nitpicky": True,
    }
    folders = [str(folder), None, str(folder / "html"), str(folder / "trees")]
    with docutils_namespace():
        Sphinx(*folders, "html", settings, status=None, warning=warnings).build()
    return warnings.getvalue()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages."""
    folder = tmp_path_factory.mktemp("book")
    assert build(folder, TABLE) == ""
    return folder / "html"


def article(page: Path) -> Tag:
    """Return the main part of a page, without the links beside its headings."""
    main = BeautifulSoup(page.read_text("utf-8"), "html.parser").select_one("div.body")
    assert main is not None
    for link in main.select(".headerlink"):
        link.decompose()
    return main


def test_an_entry_has_names_a_chinese_name_a_definition_and_a_lecture(site: Path) -> None:
    glossary = article(site / "glossary.html").select_one("dl.glossary")
    assert glossary is not None
    assert [name.text for name in glossary.select("dt")] == [
        "Byte pair encoding", "BPE", "id", "Zipf’s law"
    ]  # fmt: skip
    first = glossary.select("dd")[0]
    assert first.text.split("\n") == ["字节对编码", "Merges pairs. All about an id", ""]
    assert [text.text for text in first.select("[lang=zh]")] == ["字节对编码"]
    assert [link["href"] for link in first.select("a")] == ["lectures/text.html"]
    assert glossary.select("dd")[1].text.split("\n") == ["A number. All about an id", ""]
    assert glossary.select("dd")[2].select("em")[0].text == "y"


def test_a_page_links_the_first_emphasized_mention_of_each_term(site: Path) -> None:
    links = [
        (link.text, str(link["href"]).partition("#term-")[2])
        for link in article(site / "lectures" / "text.html").select("a[href*='#term-']")
    ]
    assert links == [
        ("ids", "id"),
        ("BPE", "BPE"),  # the occurrence that is not a link already
        ("Zipf’s laws", "Zipf-s-law"),
        ("zipf’s law", "Zipf-s-law"),
        ("it", "Byte-pair-encoding"),
    ]
    assert article(site / "glossary.html").select("p a[href*='#term-']") == []


def test_an_invalid_table_fails_the_build_with_its_line(tmp_path: Path) -> None:
    warnings = build(tmp_path, TABLE + TABLE.splitlines()[-1])
    assert "glossary.md:5: ERROR: terms.md: line 8: 'id' is already in line 7" in warnings
