"""Writes citations for traces and notebooks as the pages show them: Gage [1994], [Gage, 1994]."""

from __future__ import annotations

from functools import cache
from typing import Any

from pybtex.database import parse_file  # type: ignore[import-untyped]

from cs336_core.trace.lectures.myst import literal
from tools.shell.paths import ROOT

REFERENCES = ROOT / "book" / "references.bib"


def cite(role: str, keys: list[str]) -> str:
    """Return a citation as Markdown; an unknown key stays as it is (and the book fails).

    >>> print(cite("cite:t", ["gage1994"]), cite("cite:p", ["deepseekv2"]))
    Gage &#91;1994&#93; &#91;DeepSeek-AI et al., 2024&#93;
    """
    entries = _entries()
    names = sorted(
        (author_names(entries[key]), entries[key].fields["year"]) if key in entries else (key, "?")
        for key in keys
    )
    if role in ("cite:t", "cite:ct"):
        return ", ".join(literal(f"{authors} [{year}]") for authors, year in names)
    return literal(f"[{', '.join(f'{authors}, {year}' for authors, year in names)}]")


def author_names(entry: Any) -> str:
    """Return the authors of a work by their last names: up to two, or the first and "et al."."""
    # As text: braces in BibTeX hold the parts of one name together.
    last = [" ".join(map(str, person.rich_last_names)) for person in entry.persons["author"]]
    return f"{last[0]} et al." if len(last) > 2 else " and ".join(last)


@cache
def _entries() -> Any:
    return parse_file(str(REFERENCES), bib_format="bibtex", encoding="utf-8").entries
