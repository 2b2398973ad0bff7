"""A pattern is a name or a regular expression; neither is mistaken for the other."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.errors import TokenizationError
from cs336_core.tokenization.formats.encodings import ENCODING_NAMES
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.patterns import (
    CL100K,
    GPT2,
    O200K,
    PATTERN_NAMES,
    PATTERNS,
    compiled,
    resolve_pattern,
)
from cs336_core.tokenization.pretokenization.split import split


def test_every_encoding_names_its_pattern() -> None:
    assert set(ENCODING_NAMES) <= set(PATTERN_NAMES)
    assert [resolve_pattern(name) for name in ("gpt2", "r50k_base", "p50k_base")] == [GPT2] * 3
    assert [resolve_pattern(name) for name in ("cl100k", "cl100k_base")] == [CL100K] * 2
    assert [resolve_pattern(name) for name in ("o200k", "o200k_base")] == [O200K] * 2
    assert resolve_pattern("none") is resolve_pattern(None) is None


@pytest.mark.parametrize(
    "name", ["cl100k_base ", "GPT2", "gpt4", "gpt-4.1", "meta-llama/Llama-3", "auto", "猫", ""]
)
def test_an_unknown_name_is_not_a_regular_expression(name: str) -> None:
    with pytest.raises(TokenizationError, match=r"not the name of a pattern.*gpt2.*o200k_base"):
        resolve_pattern(name)
    with pytest.raises(TokenizationError, match="not the name of a pattern"):
        BPETokenizer(BPEParams.trained([], pattern=name))


@pytest.mark.parametrize(
    "pattern", [" ", ".", "(?:gpt4)", r"\w", r"\(?R|[(?R)]", "a|b", "(a)(?=b)", "(?i:a)", *[GPT2]]
)
def test_anything_else_is_a_regular_expression(pattern: str) -> None:
    assert resolve_pattern(pattern) == pattern
    assert compiled(pattern) == regex.compile(pattern)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("(", r"'\(' is not a regular expression: missing \)"),
        (r"\p{Foo}", "unknown property"),
        ("(?{1})", "unknown extension"),
        (r"\L<x>", "undefined named list"),
        ("(" * 5000, r"\(5,000 characters\) is not a regular expression: .* nested too deeply"),
        ("(?R)?a", "calls itself"),
        ("(?<x>a(?&x)?)", "calls itself"),
        ("(a|(?1))", "calls itself"),
        ("[\ud83d]", "lone surrogate"),
    ],
)
def test_unusable_expressions(pattern: str, message: str) -> None:
    for use in (
        resolve_pattern,
        compiled,
        lambda given: BPETokenizer(BPEParams.trained([], (), given)),
    ):
        with pytest.raises(TokenizationError, match=message) as caught:
            use(pattern)
        assert len(str(caught.value)) < 300


@pytest.mark.parametrize("pattern", [None, r"\d+", "a(b)?", *PATTERNS.values()])
@given(st.text("ab1 \n'é猫", max_size=12) | st.text(max_size=12))
def test_splitting_loses_nothing(pattern: str | None, text: str) -> None:
    parts = split(text, pattern)
    assert "".join(parts) == text
    assert all(parts)
