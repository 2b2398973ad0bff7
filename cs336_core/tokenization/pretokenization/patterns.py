"""How well-known models cut text into pre-tokens before they merge anything.

A pattern is a regular expression in the syntax of the `regex` package. Its matches, from left to
right, are the pre-tokens; what lies between two matches is a pre-token too, so nothing is lost. No
merge crosses from one into the next.
"""

from __future__ import annotations

import re

import regex

from cs336_core.tokenization.errors import TokenizationError, quoted
from cs336_core.tokenization.text import utf8

# Contractions, words and numbers with the space before them, everything else, white space. From the
# GPT-2 release; possessive quantifiers as tiktoken writes them, which match the same and faster.
GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"

# GPT-3.5 and GPT-4: contractions in any case, numbers in groups of three, line ends kept apart.
CL100K = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
    r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)

# GPT-4o: words cut where lower case turns to upper case, contractions kept with their word.
_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
O200K = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_CONTRACTION}"
    rf"|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_CONTRACTION}"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

PATTERNS: dict[str, str] = {"gpt2": GPT2, "cl100k": CL100K, "o200k": O200K}

# The same by the names of the encodings that cut text so.
ENCODING_PATTERNS: dict[str, str] = {
    "r50k_base": GPT2,
    "p50k_base": GPT2,
    "cl100k_base": CL100K,
    "o200k_base": O200K,
}
PATTERN_NAMES = (*PATTERNS, *ENCODING_PATTERNS, "none")

# What can only be a name. As regular expressions, these would match nothing but themselves.
_NAME = re.compile(r"(?:[\s./-]*\w[\w\s./-]*)?")

# Escapes and sets are passed over, and a group is what is looked for.
_RECURSION = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(\(\?(?:R|[+-]?\d+|&\w+|P>\w+)\))", re.DOTALL
)


def named(pattern: str | None) -> str | None:
    r"""Return the pattern of that name, `None` for "none", or the regular expression itself.

    A text with nothing but letters, digits, spaces and ". - / _" is a name, such as "gpt-4.1", and
    any other text is a regular expression. Raises `TokenizationError` for a name that is unknown,
    and as `compiled` does.

    >>> named("gpt2") == named("r50k_base") == GPT2, named("none"), named("[a-z]+")
    (True, None, '[a-z]+')
    >>> named("gpt4")
    Traceback (most recent call last):
    cs336_core.tokenization.errors.TokenizationError: 'gpt4' is not the name of a pattern, ...
    """
    if pattern is None or pattern == "none":
        return None
    known = PATTERNS | ENCODING_PATTERNS
    return known[pattern] if pattern in known else compiled(pattern).pattern


def compiled(pattern: str) -> regex.Pattern[str]:
    """Compile a regular expression, which is not a name.

    Raises `TokenizationError` for one that is invalid, calls itself, or reads like a name, and
    `EncodingError` for a lone surrogate.
    """
    utf8(pattern)
    if _NAME.fullmatch(pattern):
        raise TokenizationError(
            f"{quoted(pattern)} is not the name of a pattern, which are "
            f"{', '.join(PATTERN_NAMES)}; for a regular expression that matches this text alone, "
            f"write {quoted(f'(?:{pattern})')}"
        )
    if any(match[1] for match in _RECURSION.finditer(pattern)):
        raise TokenizationError(
            f"the pattern {quoted(pattern)} has a group that calls itself, which may never end; "
            "write it without"
        )
    try:
        return regex.compile(pattern)
    except regex.error as error:
        reason = str(error)
    except RecursionError:
        reason = "it is nested too deeply"
    raise TokenizationError(f"the pattern {quoted(pattern)} is not a regular expression: {reason}")


# What is left of the classes of Unicode in a text that is ASCII.
_IN_ASCII = {
    r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]": "[A-Z]",
    r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]": "[a-z]",
    r"\p{L}\p{N}]": "A-Za-z0-9]",
    r"\p{L}": "[A-Za-z]",
    r"\p{N}": "[0-9]",
}


def in_ascii(pattern: str) -> str:
    r"""Return one of `PATTERNS` as the standard library's `re` takes it, for text that is ASCII.

    With `re.ASCII` it cuts such text as the pattern does, in less than half of the time.

    >>> in_ascii(r" ?\p{L}++| ?[^\s\p{L}\p{N}]++")
    ' ?[A-Za-z]++| ?[^\\sA-Za-z0-9]++'
    """
    for unicode, ascii_only in _IN_ASCII.items():
        pattern = pattern.replace(unicode, ascii_only)
    return pattern
