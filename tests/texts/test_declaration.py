"""The same paragraph in every language, and nothing else."""

from __future__ import annotations

import re
import unicodedata

from cs336_core.texts.declaration import ARTICLE_2


def test_the_declaration_is_one_paragraph_in_each_language() -> None:
    assert len(set(ARTICLE_2.values())) == len(ARTICLE_2) == 24
    assert "language, religion" in ARTICLE_2["English"]
    for text in ARTICLE_2.values():
        assert text == text.strip()
        invisible = {char for char in text if unicodedata.category(char)[0] == "C"}
        assert invisible <= {"\u200c", "\u200d"}  # the joiner and non-joiner of letters
        assert not re.search(r"[<>&]|  ", text)
