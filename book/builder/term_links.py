"""Links the terms in the prose of a trace to the glossary, as the pages do."""

from __future__ import annotations

from book.builder.terms import Term, TermError, by_name, card, find, read
from cs336_core.trace.lectures.myst import link, text_of
from tools.shell.paths import ROOT

TERMINOLOGY = ROOT / "book" / "terminology.md"
GLOSSARY = "book/glossary.html"


def known_terms() -> dict[str, tuple[str, Term]]:
    """Return the terms of the glossary by their names, none if its table has an error.

    (An error in the table fails the build of the book.)
    """
    lectures = {path.stem for path in (ROOT / "lectures").glob("*.py")}
    try:
        return by_name(read(TERMINOLOGY.read_text("utf-8"), lectures))
    except TermError:
        return {}


class TermLinks:
    """Links `{term}` and the first mention of each term that a lecture emphasizes."""

    def __init__(self, known: dict[str, tuple[str, Term]]) -> None:
        self._known = known
        self._linked: set[str] = set()

    def __call__(self, role: str, text: str) -> str:
        """Return a term, or words that may be one, as Markdown."""
        shown = text_of(role, text)
        target = text.rpartition("<")[2].removesuffix(">") if role == "term" else text
        found = find(target, self._known)
        if found is None or (role == "emphasis" and found[0] in self._linked):
            return shown
        anchor, term = found
        self._linked.add(anchor)
        return link(shown, f"{GLOSSARY}#{anchor}", card(term))
