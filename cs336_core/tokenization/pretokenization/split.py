"""Splits text into pre-tokens by any regular expression: the reference for the state machines."""

from __future__ import annotations

import regex

from cs336_core.tokenization.word_level import segments


def split(text: str, pattern: str | regex.Pattern[str] | None) -> list[str]:
    r"""Split `text` into pre-tokens: the matches of `pattern` and the text between them.

    Raises `regex.error` for an invalid pattern.

    >>> split("a1 b22", r"\d+")
    ['a', '1', ' b', '22']
    """
    if pattern is None:
        return [text] if text else []
    compiled = regex.compile(pattern) if isinstance(pattern, str) else pattern
    if not compiled.groups:  # the fast way, if the matches are the whole text
        found: list[str] = compiled.findall(text)
        if sum(map(len, found)) == len(text) and all(found):
            return found
    return [part for _, part in segments(text, compiled)]
