"""The vectorized pre-tokenizers cut where `regex` does, for any text."""

from __future__ import annotations

import re
from itertools import chain

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cs336_core.tokenization.pretokenization.patterns import PATTERNS, in_ascii
from cs336_core.tokenization.pretokenization.scanners import FINDERS, starts
from cs336_core.tokenization.pretokenization.spans import split, split_spans

# Every kind of character that a pattern distinguishes, and characters easily confused with them.
TRICKY = (
    "aAbBsStTlLvVeErRdDmM''''’’  \t\n\r\n//!.,1234６²½Ⅷ\u00a0\u3000\u2028\x0b\x1c\x85猫あア"
    "नमสとी्ِé\u0301\u0308ñÉǅʰªſKπΣ🌍👩\u200d\U0001f1e9İıßﬀ"
)
texts = st.one_of(
    st.text(st.sampled_from(TRICKY), max_size=16),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text("a'sS \n/!1", max_size=16),
)


def cuts_by_regex(pattern: str, documents: list[str]) -> list[int]:
    cuts, begin = [], 0
    for i, text in enumerate(documents):
        if i:
            cuts.append(begin)  # the edge
            begin += 1
        for match in regex.finditer(pattern, text):
            cuts.append(begin)
            begin += len(match.group().encode())
    return cuts


@pytest.mark.parametrize("name", PATTERNS)
@given(st.lists(texts, min_size=1, max_size=3))
@example(["it's 'Sure DON'T a's't's 's's"])
@example(["a\n  b\n\n  ", "!\n/\n//x  !\n \n", "12345 678"])
@settings(max_examples=1000)
def test_cuts_are_those_of_regex(name: str, documents: list[str]) -> None:
    pattern = PATTERNS[name]
    data = b"\xff".join(text.encode() for text in documents)
    assert starts(data, FINDERS[pattern]).tolist() == cuts_by_regex(pattern, documents)


@pytest.mark.parametrize("name", PATTERNS)
def test_every_character_between_letters_and_by_itself(name: str) -> None:
    pattern = PATTERNS[name]
    characters = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
    text = " 1".join(f"{c}a{c}'" for c in characters)
    assert starts(text.encode(), FINDERS[pattern]).tolist() == cuts_by_regex(pattern, [text])


@pytest.mark.parametrize("pattern", [None, r"\d+", *PATTERNS.values()])
@given(texts)
def test_nothing_is_lost(pattern: str | None, text: str) -> None:
    assert "".join(split(text, pattern)) == text
    spans = split_spans(text.encode(), pattern)
    parts = [spans.texts(spans.of_width(width)) for width in (0, 1, 2, 4, 8)]
    assert sorted(chain.from_iterable(parts)) == sorted(
        part.encode() for part in split(text, pattern)
    )


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=list(PATTERNS))
@given(
    st.text(st.characters(max_codepoint=127), max_size=30) | st.text("aA'sStT1 \n\t/!", max_size=30)
)
@example("".join(map(chr, range(128))) * 2)
@settings(max_examples=1000)
def test_the_pattern_for_ascii_cuts_as_the_pattern_does(pattern: str, text: str) -> None:
    found = re.compile(in_ascii(pattern), re.ASCII).findall(text)
    assert found == split(text, pattern)
