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
        unseen = {each for each in text if unicodedata.category(each)[0] == "C"}
        assert unseen <= {"\u200c", "\u200d"}  # which join letters, or keep them apart
        assert not re.search(r"[<>&]|  ", text)
