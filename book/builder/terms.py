"""Reads book/terminology.md, the table of the course's terms."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from book.builder.cards import described

COLUMNS = ("Term", "Also called", "Definition", "中文", "Lecture")
OPTIONAL = "Also called"
_MARKUP = re.compile(r"\{[\w:]+\}(?=`)|(?<!\\)[`*$]|\\(?=\W)")
_RULE = re.compile(r":?-+:?$")
_T = TypeVar("_T")


class TermError(ValueError):
    """An invalid line of the table."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(f"line {line}: {problem}")
        self.line = line


@dataclass(frozen=True)
class Term:
    """A row of the table.

    Attributes:
        names: the term, then its other names.
        definition: one sentence of MyST.
        chinese: the Chinese name.
        lecture: the lecture that explains it, such as "03_bpe".
        line: its line in the file, from 1.

    """

    names: tuple[str, ...]
    definition: str
    chinese: str
    lecture: str
    line: int


def read(text: str, lectures: Container[str]) -> list[Term]:
    """Return the terms of the table, in the order of its rows.

    Every line with a `|` in it is a row. Raises `TermError` for a row with the wrong number of
    cells, an empty cell, a name that another row has, or a lecture that is not in `lectures`.

    >>> table = '''
    ... | Term  | Also called | Definition       | 中文 | Lecture         |
    ... |-------|-------------|------------------|------|-----------------|
    ... | Token |             | A piece of text. | 词元 | 02_tokenization |
    ... '''
    >>> read(table, {"02_tokenization"})[0].names
    ('Token',)
    """
    rows = [
        (number, [cell.strip() for cell in re.split(r"(?<!\\)\|", f" {line.strip()} ")])
        for number, line in enumerate(text.splitlines(), 1)
        if "|" in line
    ]
    header = "| " + " | ".join(COLUMNS) + " |"
    if not rows or tuple(rows[0][1][1:-1]) != COLUMNS:
        raise TermError(rows[0][0] if rows else 1, f"expected the header {header}")
    taken: dict[str, int] = {}
    terms = []
    for number, cells in rows[1:]:
        if len(cells) != len(COLUMNS) + 2 or cells[0] or cells[-1]:
            raise TermError(number, f"expected {len(COLUMNS)} cells between bars, like {header}")
        if all(_RULE.match(cell) for cell in cells[1:-1]):
            continue
        term = _term(number, dict(zip(COLUMNS, cells[1:-1], strict=True)), lectures)
        for name in term.names:
            if name.casefold() in taken:
                first = taken[name.casefold()]
                raise TermError(number, f"{name!r} is already in line {first}; name it once")
            taken[name.casefold()] = number
        terms.append(term)
    return terms


def _term(line: int, row: Mapping[str, str], lectures: Container[str]) -> Term:
    """Return a row as a term."""
    for column in COLUMNS:
        if not row[column] and column != OPTIONAL:
            raise TermError(line, f"{column!r} is empty; only {OPTIONAL!r} may be")
    if row["Lecture"] not in lectures:
        problem = f"there is no lecture {row['Lecture']!r}; name a file of lectures/ without .py"
        raise TermError(line, problem)
    others = filter(None, (name.strip() for name in row[OPTIONAL].split(",")))
    return Term((row["Term"], *others), row["Definition"], row["中文"], row["Lecture"], line)


def anchor(name: str) -> str:
    """Return the anchor of a name in the glossary.

    >>> anchor("Zipf's law")
    'term-Zipf-s-law'
    """
    return "term-" + re.sub(r"[^\w.]+", "-", name).strip("-")


def card(term: Term) -> str:
    """Return what the card of a term shows: its names, its definition, its Chinese name."""
    first, *others = term.names
    names = f"{first} ({', '.join(others)})" if others else first
    is_english = term.chinese.casefold() in map(str.casefold, term.names)
    return described(names, _MARKUP.sub("", term.definition), "" if is_english else term.chinese)


def by_name(terms: Iterable[Term]) -> dict[str, tuple[str, Term]]:
    """Return the names of terms, in lower case -> the anchor of the name, and the term."""
    return {name.casefold(): (anchor(name), term) for term in terms for name in term.names}


def find(words: str, known: Mapping[str, _T]) -> _T | None:
    """Return the value of `known` for a term in any case, singular or plural.

    >>> find("Hidden states", {"hidden state": 1}), find("states", {"hidden state": 1})
    (1, None)
    """
    key = " ".join(words.casefold().replace("\u2019", "'").split())  # pages have curly quotes
    return known.get(key, known.get(key.removesuffix("s")))
