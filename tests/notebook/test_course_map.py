"""The map of the course, on a page and as text."""

from __future__ import annotations

from cs336_core.notebook.course_map import CourseMap, Part

MAP = CourseMap(
    [
        Part("Basics", "How?", "#basics", {"Words & ids": "words.html", "BPE": "bpe.html"}),
        Part("Data <here>", "What?", "#data"),
    ]
)


def test_a_page_links_to_every_part_and_lecture() -> None:
    html = MAP._repr_html_()
    for link in (
        '<a href="#basics">Basics</a>',
        '<a href="words.html">Words &amp; ids</a>',
        '<a href="#data">Data &lt;here&gt;</a>',
    ):
        assert link in html
    assert html.count("<li") == 2


def test_elsewhere_the_map_is_a_list() -> None:
    text = "1. Basics: How? (Words & ids, BPE)\n2. Data <here>: What?"
    assert repr(MAP) == MAP._repr_markdown_() == text
