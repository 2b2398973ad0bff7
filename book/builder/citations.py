"""Writes citations for traces and notebooks as the pages show them: Gage [1994], [Gage, 1994]."""

from __future__ import annotations

from functools import cache
from typing import Any

from pybtex.database import parse_file  # type: ignore[import-untyped]
from pybtex.richtext import Text  # type: ignore[import-untyped]

from book.builder.cards import described
from cs336_core.trace.lectures.myst import link, literal
from tools.shell.paths import ROOT

REFERENCES = ROOT / "book" / "references.bib"
PUBLISHERS = ("journal", "booktitle", "publisher", "institution")


def cite(role: str, keys: list[str], page: str | None = None) -> str:
    """Return a citation as Markdown; an unknown key stays as it is (and the book fails).

    The name of a work links to the work. One that is not on the web links to the references of
    `page`, if there is a page.

    >>> print(cite("cite:t", ["gage1994"]), cite("cite:p", ["nosuch"]))
    Gage &#91;1994&#93; &#91;nosuch, ?&#93;
    """
    works = sorted(_names(key) for key in keys)
    if role in ("cite:t", "cite:ct"):
        shown = [
            f"{literal(authors)} &#91;{_linked(year, key, page)}&#93;"
            for authors, year, key in works
        ]
        return ", ".join(shown)
    names = (_linked(f"{authors}, {year}", key, page) for authors, year, key in works)
    return f"&#91;{', '.join(names)}&#93;"


def author_names(entry: Any) -> str:
    """Return the authors of a work by their last names: up to two, or the first and "et al."."""
    # As text: braces in BibTeX hold the parts of one name together.
    last = [" ".join(map(str, person.rich_last_names)) for person in entry.persons["author"]]
    return f"{last[0]} et al." if len(last) > 2 else " and ".join(last)


def card(entry: Any) -> str:
    """Return what the card of a work shows: title, authors, where and when it was published."""
    title = str(Text.from_latex(entry.fields["title"]))
    authors = ", ".join(map(full_name, entry.persons["author"])).replace(", others", " and others")
    published = [entry.fields[name] for name in PUBLISHERS if name in entry.fields]
    source = str(Text.from_latex(", ".join([*published[:1], entry.fields["year"]])))
    return described(title, authors, source)


def full_name(person: Any) -> str:
    """Return a name as it is spoken: Philip Gage."""
    parts = (
        *(person.rich_first_names + person.rich_middle_names),
        *(person.rich_prelast_names + person.rich_last_names + person.rich_lineage_names),
    )
    return " ".join(map(str, parts))


def _names(key: str) -> tuple[str, str, str]:
    """Return the authors, the year and the key of a work, in the order of citations."""
    entry = _entries().get(key)
    return (author_names(entry), entry.fields["year"], key) if entry else (key, "?", key)


def _linked(text: str, key: str, page: str | None) -> str:
    """Return a name of a work as a link with its card, as text if it has no address."""
    entry = _entries().get(key)
    address = entry.fields.get("url", page and f"{page}#references") if entry else None
    return link(literal(text), address, card(entry)) if address else literal(text)


@cache
def _entries() -> Any:
    return parse_file(str(REFERENCES), bib_format="bibtex", encoding="utf-8").entries
