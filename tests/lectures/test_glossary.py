"""The glossary defines the terms that the lectures introduce, and names the right lecture."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from book.builder.terms import find, read
from cs336_core.trace.lectures.cells import cells
from cs336_core.trace.lectures.myst import commonmark
from tools.shell.paths import ROOT

LECTURES = {path.stem: path.read_text("utf-8") for path in (ROOT / "lectures").glob("*.py")}
TERMS = read((ROOT / "book" / "terminology.md").read_text("utf-8"), LECTURES)
KNOWN = {name.casefold(): name for term in TERMS for name in term.names}

LONGEST_DEFINITION = 25  # words
LONGEST_TERM = 5  # words; longer emphasis is a clause or the caption of a figure

# Lectures also emphasize words of an example; labels (list items, controls of a figure, parts of a
# name); and words that are stressed.
EXAMPLES = """
    a cat, Att, cat, dog bites man, Hamlet, it, Katze, Macbeth, man bites dog, newest,
    sat, saß, the, unknown, was, widest
"""
LABELS = """
    a draft, a lighter model, after the mask, and, better systems, digits,
    Filter, instruction following, Intuitions, Learning from feedback,
    Mechanics, meta, Mindset, more compute at test time, Selective, shared, tables,
    Transform, whole systems, writing one token
"""
STRESS = """
    adds, after, alone, applied, before, done, grow, how far apart, is, its, kept,
    longer, one, other, store, that scale, time, training, types, uses, why,
    with the space after it
"""
ORDINARY = {
    " ".join(words.split()).casefold() for words in ",".join([EXAMPLES, LABELS, STRESS]).split(",")
}


def test_the_lecture_of_a_term_contains_the_term() -> None:
    prose = {
        lecture: "\n".join(map(plain, sentences(text))).lower()
        for lecture, text in LECTURES.items()
    }
    missing = [
        f"{term.lecture}: {term.names[0]}"
        for term in TERMS
        if not any(re.search(stem(name), prose[term.lecture]) for name in term.names)
    ]
    assert missing == []


def stem(name: str) -> str:
    """Return a pattern for the term within a sentence, in the singular or another form."""
    return re.escape(re.sub(r"(e|er|ion|ing)$", "", name.lower()))


@pytest.mark.parametrize("lecture", sorted(LECTURES))
def test_emphasized_words_are_terms_or_ordinary(lecture: str) -> None:
    found = {words for words in emphasized(LECTURES[lecture]) if len(words.split()) <= LONGEST_TERM}
    missing = {
        words for words in found if not find(words, KNOWN) and words.casefold() not in ORDINARY
    }
    assert missing == set(), "add these to book/terminology.md, or to the ordinary words above"


def test_a_definition_is_one_short_sentence() -> None:
    wrong = [
        term.definition
        for term in TERMS
        if not re.fullmatch(r"[A-Z].*[\w`]\.", term.definition)
        or len(term.definition.split()) > LONGEST_DEFINITION
    ]
    assert wrong == []


def test_a_term_has_a_chinese_name_of_its_own() -> None:
    english = [
        term.names[0]
        for term in TERMS
        if not re.search(r"[\u4e00-\u9fff]", term.chinese)
        and term.chinese.casefold() not in map(str.casefold, term.names)
    ]
    names = [term.chinese for term in TERMS]
    assert english == []
    assert [name for name in names if names.count(name) > 1] == []


def test_the_table_is_in_alphabetical_order() -> None:
    names = [term.names[0].casefold() for term in TERMS]
    assert names == sorted(names)


def sentences(lecture: str) -> Iterator[list[Token]]:
    """Yield the inline tokens of each block of a lecture's prose."""
    prose = "\n\n".join(commonmark(cell.text) for cell in cells(lecture) if cell.kind == "markdown")
    for block in MarkdownIt().parse(prose):
        if block.type == "inline":
            yield block.children or []


def emphasized(lecture: str) -> Iterator[str]:
    """Yield the italic parts of a lecture's prose."""
    for parts in sentences(lecture):
        begins = [i for i, part in enumerate(parts) if part.type == "em_open"]
        ends = [i for i, part in enumerate(parts) if part.type == "em_close"]
        for begin, end in zip(begins, ends, strict=True):
            yield plain(parts[begin + 1 : end])


def plain(parts: list[Token]) -> str:
    """Return the text of inline tokens, in one line."""
    return "".join(" " if part.type == "softbreak" else part.content for part in parts)
