"""The standard library's `re` splits ASCII text as the patterns do."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cs336_core.tokenization.pretokenization.patterns import PATTERNS, in_ascii
from cs336_core.tokenization.pretokenization.split import split


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=list(PATTERNS))
@given(
    st.text(st.characters(max_codepoint=127), max_size=30) | st.text("aA'sStT1 \n\t/!", max_size=30)
)
@example("".join(map(chr, range(128))) * 2)
@settings(max_examples=1000)
def test_the_pattern_for_ascii_cuts_as_the_pattern_does(pattern: str, text: str) -> None:
    found = re.compile(in_ascii(pattern), re.ASCII).findall(text)
    assert found == split(text, pattern)
