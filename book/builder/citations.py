"""Writes citations as the pages have them: Gage [1994], [Gage, 1994]."""

from __future__ import annotations

from functools import cache
from typing import Any

from pybtex.database import parse_file  # type: ignore[import-untyped]

from cs336_core.trace.lectures.myst import literal
from tools.shell.paths import ROOT

REFERENCES = ROOT / "book" / "references.bib"


def cite(role: str, keys: list[str]) -> str:
    """Return a citation as Markdown; an unknown key stays as it is, and fails the book.

    >>> print(cite("cite:t", ["gage1994"]), cite("cite:p", ["deepseekv2"]))
    Gage &#91;1994&#93; &#91;DeepSeek-AI et al., 2024&#93;
    """
    entries = _entries()
    names = sorted(
        (authors(entries[key]), entries[key].fields["year"]) if key in entries else (key, "?")
        for key in keys
    )
    if role in ("cite:t", "cite:ct"):
        return ", ".join(literal(f"{who} [{year}]") for who, year in names)
    return literal(f"[{', '.join(f'{who}, {year}' for who, year in names)}]")


def authors(entry: Any) -> str:
    """Return who wrote something, by last names: all of two, of more the first."""
    # As text: in BibTeX, braces keep together what is one name.
    last = [" ".join(map(str, person.rich_last_names)) for person in entry.persons["author"]]
    return f"{last[0]} et al." if len(last) > 2 else " and ".join(last)


@cache
def _entries() -> Any:
    return parse_file(str(REFERENCES), bib_format="bibtex", encoding="utf-8").entries
