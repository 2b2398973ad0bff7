"""The table of terms is read as people write it, and errors name their line."""

from __future__ import annotations

import doctest
import importlib

import pytest

from book.builder.terms import TermError, find, read

HEAD = """\
# Terms

| Term | Also called | Definition | 中文 | Lecture |
|---|:-:|---|---|---|
"""
TOKEN = "| Token | | A piece of text. | 词元 | 02_text |\n"


def test_a_row_is_a_term() -> None:
    row = "|Byte pair encoding|BPE , Pairs| Merges `a` \\| `b`. |字节对编码|  03_bpe |"
    token, pairs = read(f"{HEAD}{TOKEN}{row}\n\nText.\n", {"02_text", "03_bpe"})
    assert token.names == ("Token",)
    assert (pairs.names, pairs.line) == (("Byte pair encoding", "BPE", "Pairs"), 6)
    assert pairs.definition == "Merges `a` \\| `b`."
    assert (pairs.chinese, pairs.lecture) == ("字节对编码", "03_bpe")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1: expected the header | Term | Also called | Definition | 中文 | Lecture |"),
        ("\n| Term | Definition |\n", "line 2: expected the header"),
        (HEAD + "| Token | | Text. | 词元 |", "line 5: expected 5 cells"),
        (HEAD + "Token | | Text. | 词元 | 02_text |", "line 5: expected 5 cells"),
        (HEAD + "| Token | | Text. | 词元 | 02_text", "line 5: expected 5 cells"),
        (HEAD + "| | | Text. | 词元 | 02_text |", "line 5: 'Term' is empty"),
        (HEAD + "| Token | | | 词元 | 02_text |", "line 5: 'Definition' is empty"),
        (HEAD + "| Token | | Text. | | 02_text |", "line 5: '中文' is empty"),
        (HEAD + "| Token | | Text. | 词元 | |", "line 5: 'Lecture' is empty"),
        (HEAD + "| Token | | Text. | 词元 | 99_end |", "line 5: there is no lecture '99_end'"),
        (HEAD + TOKEN + TOKEN, "line 6: 'Token' is already in line 5"),
        (HEAD + TOKEN + TOKEN.replace("Token | ", "Id | token "), "line 6: 'token' is already"),
        (HEAD + TOKEN.replace("| |", "| token |"), "line 5: 'token' is already in line 5"),
    ],
)
def test_errors_name_their_line(text: str, problem: str) -> None:
    with pytest.raises(TermError) as error:
        read(text, {"02_text"})
    assert str(error.value).startswith(problem)


def test_a_term_is_found_in_upper_case_and_plural() -> None:
    known = {"activation": 1, "activations": 2, "key": 3, "layer norm": 4, "loss": 5}
    forms = ["Activation", "activations", "Keys", "layer\nnorms", "LOSS", "los", "keyss", ""]
    assert [find(form, known) for form in forms] == [1, 2, 3, 4, 5, None, None, None]


def test_docstring_examples() -> None:
    assert doctest.testmod(importlib.import_module("book.builder.terms")).failed == 0
