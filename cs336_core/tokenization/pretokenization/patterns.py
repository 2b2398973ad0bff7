"""The patterns with which well-known models split text into pre-tokens.

A pattern is a regular expression in the syntax of the `regex` package. Its matches, from left to
right, are the pre-tokens; the text between two matches is a pre-token too, so nothing is lost. No
merge crosses from one pre-token into the next.
"""

from __future__ import annotations

import re

import regex

from cs336_core.tokenization.arguments import utf8
from cs336_core.tokenization.errors import TokenizationError, quoted

# Contractions, words and numbers with the space before them, everything else, white space. From the
# GPT-2 release, with tiktoken's possessive quantifiers, which match the same text faster.
GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"

# GPT-3.5 and GPT-4: contractions in any case, numbers in groups of three, line ends separate.
CL100K = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"
    r"| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)

# GPT-4o: words split where lower case turns to upper case, contractions part of their word.
_UPPER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]"
_LOWER = r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_CONTRACTION = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
O200K = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_CONTRACTION}"
    rf"|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_CONTRACTION}"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

# Llama 3: cl100k with line ends at the end of a text separate too. Qwen 2: digits one by one.
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")

PATTERNS: dict[str, str] = {
    "gpt2": GPT2,
    "cl100k": CL100K,
    "o200k": O200K,
    "llama3": LLAMA3,
    "qwen2": QWEN2,
}

# The number of each pattern's compiled state machine, in `machines.py`. Without a pattern, the
# whole text is one pre-token.
MACHINES: dict[str | None, int] = {None: 0, GPT2: 1, CL100K: 2, O200K: 3, LLAMA3: 4, QWEN2: 5}

# The same patterns by the names of the encodings that use them.
ENCODING_PATTERNS: dict[str, str] = {
    "r50k_base": GPT2,
    "p50k_base": GPT2,
    "p50k_edit": GPT2,
    "cl100k_base": CL100K,
    "o200k_base": O200K,
    "o200k_harmony": O200K,
}
PATTERN_NAMES = (*PATTERNS, *ENCODING_PATTERNS, "none")

# Matches text that can only be a name. As a regular expression, it would match only itself.
_NAME = re.compile(r"(?:[\s./-]*\w[\w\s./-]*)?")

# Skips escapes and sets, and captures a group that calls itself.
_RECURSION = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(\(\?(?:R|[+-]?\d+|&\w+|P>\w+)\))", re.DOTALL
)


def resolve_pattern(pattern: str | None) -> str | None:
    r"""Return the pattern with this name, `None` for "none", or the regular expression itself.

    Text that consists of letters, digits, spaces and ". - / _" is a name, such as "gpt-4.1"; any
    other text is a regular expression. Raises `TokenizationError` for an unknown name, and as
    `compiled` does.

    >>> resolve_pattern("gpt2") == resolve_pattern("r50k_base") == GPT2
    True
    >>> resolve_pattern("none"), resolve_pattern("[a-z]+")
    (None, '[a-z]+')
    >>> resolve_pattern("gpt4")
    Traceback (most recent call last):
    cs336_core.tokenization.errors.TokenizationError: 'gpt4' is not the name of a pattern; ...
    """
    if pattern is None or pattern == "none":
        return None
    known = PATTERNS | ENCODING_PATTERNS
    return known[pattern] if pattern in known else compiled(pattern).pattern


def compiled(pattern: str) -> regex.Pattern[str]:
    """Compile a regular expression.

    Raises `TokenizationError` if it is invalid, calls itself, or looks like a name, and
    `EncodingError` for a lone surrogate.
    """
    utf8(pattern)
    if _NAME.fullmatch(pattern):
        raise TokenizationError(
            f"{quoted(pattern)} is not the name of a pattern; choose one of "
            f"{', '.join(PATTERN_NAMES)}; for a regular expression that matches only this text, "
            f"write {quoted(f'(?:{pattern})')}"
        )
    if any(match[1] for match in _RECURSION.finditer(pattern)):
        raise TokenizationError(
            f"the pattern {quoted(pattern)} has a group that calls itself, which may never end; "
            "write it without recursion"
        )
    try:
        return regex.compile(pattern)
    except regex.error as error:
        reason = str(error)
    except RecursionError:
        reason = "it is nested too deeply"
    raise TokenizationError(f"the pattern {quoted(pattern)} is not a regular expression: {reason}")
