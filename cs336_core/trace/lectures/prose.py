"""Writes the prose of a lecture as Markdown, with its computed values filled in."""

from __future__ import annotations

from collections.abc import Callable

from cs336_core.trace.lectures.cells import Cell
from cs336_core.trace.lectures.myst import Role, commonmark, literal, text_of

Cite = Callable[[str, list[str]], str]  # the name of a role, the keys of references -> Markdown
Document = Callable[[str], str]  # the text of a {doc} role, which names a page -> Markdown


def has_steps(cell: Cell) -> bool:
    """Whether a cell appears in a trace: it is neither empty nor removed from the page."""
    return not cell.removed and (cell.kind == "code" or bool(commonmark(cell.text)))


def keys_in_brackets(role: str, keys: list[str]) -> str:
    r"""Return a citation that shows the keys of its references.

    >>> print(keys_in_brackets("cite:p", ["byt5", "blt_2024"]))
    &#91;byt5, blt\_2024&#93;
    """
    return literal(f"[{', '.join(keys)}]")


def title_or_target(text: str) -> str:
    """Return the title that a `{doc}` role gives to a page, or else the name of the page.

    >>> title_or_target("The lecture <03_bpe>"), title_or_target("bpe")
    ('The lecture', 'bpe')
    """
    return text_of("doc", text)


def prose(
    cell: Cell,
    value: Callable[[str], str],
    cite: Cite = keys_in_brackets,
    document: Document = title_or_target,
    term: Role = text_of,
) -> str:
    """Return the Markdown of a cell of prose.

    Args:
        cell: the cell.
        value: returns the text of an `{eval}` expression.
        cite: returns a citation.
        document: returns a link to a page.
        term: returns a term of the glossary, from a role `term` or from words that are emphasized
            (a role `emphasis`), which may be a term.

    """

    def role(name: str, text: str) -> str:
        if name == "eval":
            return literal(value(text))
        if name.startswith("cite"):
            return cite(name, [key.strip() for key in text.split(",")])
        if name == "doc":
            return document(text)
        if name in ("term", "emphasis"):
            return term(name, text)
        return text_of(name, text)

    return commonmark(cell.text, role)
