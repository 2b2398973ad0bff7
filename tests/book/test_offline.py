"""External assets are found in pages and styles; the front page is moved to the root."""

from __future__ import annotations

from pathlib import Path

import pytest

from book.sphinx_ext.offline import external_assets
from book.sphinx_ext.theme import front_page


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example/x.js"></script>',
        "<script src=//cdn.example/x.js></script>",
        "<IMG SRC='HTTP://cdn.example/x.png'>",
        '<img src="a.png" srcset="a.png 1x, https://cdn.example/b.png 2x">',
        '<link rel="stylesheet" href="https://cdn.example/x.css">',
        '<link href="https://cdn.example" rel="x preconnect">',
        '<iframe src="https://cdn.example"></iframe>',
        "<style>@import 'https://cdn.example/x.css';</style>",
        "<style>p { background: url( //cdn.example/x.png ) }</style>",
        '<p style="background: url(https://cdn.example/x.png)">',
        '<svg><image href="https://cdn.example/x.png"/></svg>',
        '<video poster="https://cdn.example/x.png"></video>',
    ],
)
def test_external_assets_are_found(tmp_path: Path, page: str) -> None:
    (tmp_path / "page.html").write_text(page, "utf-8")
    assert len(list(external_assets(tmp_path / "page.html"))) == 1


@pytest.mark.parametrize(
    "page",
    [
        '<a href="https://example.org">a link that a reader follows</a>',
        '<link rel="canonical" href="https://example.org/">',
        '<script src="../_static/x.js"></script>',
        '<img src="data:image/png;base64,AA//BB">',
        '<svg xmlns="http://www.w3.org/2000/svg"><use href="#a"/></svg>',
        "<code>&lt;script src=&quot;https://example.org&quot;&gt;</code>",
        "<script>// https://example.org</script>",
    ],
)
def test_links_and_local_assets_are_allowed(tmp_path: Path, page: str) -> None:
    (tmp_path / "page.html").write_text(page, "utf-8")
    assert list(external_assets(tmp_path / "page.html")) == []


def test_external_assets_in_styles_are_found(tmp_path: Path) -> None:
    style = tmp_path / "x.css"
    style.write_text('@import url("https://cdn.example/a.css"); p { src: url(fonts/x.woff2) }')
    assert list(external_assets(style)) == ["https://cdn.example/a.css"]


def test_the_front_page_is_moved_to_the_root() -> None:
    page = (
        '<html lang="en"><a href="../lectures/03_bpe.html#a">'
        '<a href="other.html"><a href="#here"><a href="https://example.org">'
        '<img src="../_static/x">'
    )
    assert front_page(page) == (
        '<html lang="en"><a href="lectures/03_bpe.html#a">'
        '<a href="book/other.html"><a href="#here"><a href="https://example.org">'
        '<img src="_static/x">'
    )
