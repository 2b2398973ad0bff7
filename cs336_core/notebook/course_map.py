"""The course as a picture: its parts in order, each with its question and its lectures."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cs336_core.notebook.theme import css_color

# Styles are inline, since a notebook has no style sheet of the site.
_MAP = "display:flex;flex-wrap:wrap;gap:0.625rem;margin:1rem 0;padding:0;list-style:none"
_PART = (
    "min-width:0;margin:0;padding:0.75rem 0.875rem;border-radius:8px;"
    f"border:1px solid {css_color('line')};border-top:3px solid {css_color('accent')}"
)
_NAME = "display:block;font-weight:600"
_QUESTION = f"display:block;margin:2px 0 6px;font-size:0.875rem;color:{css_color('quiet')}"
_LECTURES = "display:flex;flex-wrap:wrap;gap:0 0.5rem;font-size:0.9375rem;line-height:1.75"
_ARROW = f'<span aria-hidden="true" style="color:{css_color("quiet")}">→</span>'


@dataclass(frozen=True)
class Part:
    """A part of the course.

    Attributes:
        name: its name.
        question: the question that it answers.
        address: where the page explains it, for example `#part-data`.
        lectures: title -> address of each lecture.

    """

    name: str
    question: str
    address: str
    lectures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CourseMap:
    """The parts of the course, as cards on a page and as a list elsewhere.

    >>> CourseMap([Part("Data", "What does a model read?", "#data", {"Crawls": "crawls.html"})])
    1. Data: What does a model read? (Crawls)
    """

    parts: Sequence[Part]

    def __repr__(self) -> str:
        lines = []
        for number, part in enumerate(self.parts, 1):
            lectures = f" ({', '.join(part.lectures)})" if part.lectures else ""
            lines.append(f"{number}. {part.name}: {part.question}{lectures}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        cards = []
        for number, part in enumerate(self.parts, 1):
            name = f'<a href="{html.escape(part.address)}">{html.escape(part.name)}</a>'
            lectures = _ARROW.join(
                f'<a href="{html.escape(address)}">{html.escape(title)}</a>'
                for title, address in part.lectures.items()
            )
            size = "flex:1 1 100%" if lectures else "flex:1 1 9rem"
            cards.append(
                f'<li style="{size};{_PART}"><span style="{_NAME}">{number}. {name}</span>'
                f'<span style="{_QUESTION}">{html.escape(part.question)}</span>'
                f'<span style="{_LECTURES}">{lectures}</span></li>'
            )
        return f'<ol style="{_MAP}" role="list">{"".join(cards)}</ol>'

    def _repr_markdown_(self) -> str:
        return repr(self)
