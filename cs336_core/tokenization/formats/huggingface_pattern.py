r"""The pattern that splits text into pre-tokens, in a Hugging Face tokenizer.json.

Hugging Face's engine for regular expressions is Oniguruma in Ruby's syntax, which reads some
patterns differently: `$` matches at the end of every line, and `{1,3}+` repeats instead of being
possessive. So each named pattern has a twin that matches the same in that engine, and a pattern
with an ambiguous part is refused. Other patterns are written unchanged. A warning names what
differs for a few characters only, such as `\w`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from cs336_core.tokenization.errors import VocabularyError, quoted
from cs336_core.tokenization.pretokenization.patterns import CL100K, GPT2, PATTERNS, compiled

Json = dict[str, object]

# Pattern here -> pattern there. GPT-2's is also built in there, as ByteLevel's `use_regex`.
TWINS = {
    GPT2: r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    CL100K: (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s++\z|\s*[\r\n]+|\s+(?!\S)|\s+"
    ),
}

_MATCH_ALL = {*PATTERNS.values()}  # every character of every text

# Means the same in both: `\s++` consumes every line end before `$`.
_SAFE = r"\s++$"
_PARTS = re.compile(r"\\[pPxN]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPES = {rf"\{letter}" for letter in "ZGhHNOyYmMg"}  # with a meaning in one of the two, or two
_CLASSES = re.compile(
    r"\[:\^?(?:alnum|digit|punct|word):\]|\\[pP]\{\^?(?:xdigit|word)\}", re.IGNORECASE
)
_CASES = re.compile(
    r"\[:\^?(?:upper|lower):\]|\\[pP]\{\^?(?:L[ult]|upper|lower)\w*\}", re.IGNORECASE
)
_DIFFERENT = {
    "a class such as [:digit:]": _CLASSES,
    r"a flag i for a class such as \p{Lu}": _CASES,
    r"an escape such as \Z or \h": re.compile(r"\\[a-zA-Z]"),
    "an anchor ^ or $": re.compile(r"[\^$]"),
    "a counted repeat followed by +": re.compile(r"\{(?:\d+,?|,\d)\d*\}\+"),
    "a set inside a set": re.compile(r"\[\["),
    "a flag m or s": re.compile(r"\(\?[a-z-]*[ms]"),
}
# Without regard to case, these letters match the same in both: English contractions.
_ENDING = r"'?(?:[stdm]|re|ve|ll|\[[stdm]+\])"
_CONTRACTIONS = re.compile(rf"\(\?i:{_ENDING}(?:\|{_ENDING})*\)")
_WORD_OR_CASE = re.compile(r"(?<!\\)(?:\\\\)*(?:\\[wWbB]|\(\?[a-z]*i)")
_NESTED = re.compile(r"\\.|\[:\w+:\]|(\[|&&)", re.DOTALL)  # captures a set or its intersection


def pre_tokenizer_of(pattern: str | None, splits: Sequence[str] = ()) -> Json:
    r"""Return the pre-tokenizer that splits text by `splits` and then as `pattern` does.

    Raises `VocabularyError` for a pattern that means something else to Hugging Face's engine.

    >>> pre_tokenizer_of(GPT2)
    {'type': 'ByteLevel', 'add_prefix_space': False, 'trim_offsets': True, 'use_regex': True}
    >>> pre_tokenizer_of(r"\w+|.")["pretokenizers"][0]["pattern"]
    {'Regex': '\\w+|.'}
    """
    byte_level: Json = {
        "type": "ByteLevel",
        "add_prefix_space": False,
        "trim_offsets": True,
        "use_regex": pattern == GPT2,
    }
    if pattern is not None and pattern != GPT2:
        splits = [*splits, pattern]
    steps: list[Json] = []
    for split in splits:
        if split not in TWINS:
            check_same_meaning(split)
        regex = {"Regex": TWINS.get(split, split)}
        steps.append({"type": "Split", "pattern": regex, "behavior": "Isolated", "invert": False})
    return {"type": "Sequence", "pretokenizers": [*steps, byte_level]} if steps else byte_level


def patterns_of(pre_tokenizer: object) -> tuple[tuple[str, ...], str | None]:
    r"""Return the patterns that split text before the last one does, and the last one, if any.

    Raises `VocabularyError` unless it is ByteLevel, alone or after Split and Digits, and the
    patterns mean the same here.

    >>> patterns_of([{"type": "Digits", "individual_digits": True}, pre_tokenizer_of(None)])
    ((), '\\p{N}')
    """
    steps = flattened(pre_tokenizer, "pretokenizers")
    kinds = [step.get("type") for step in steps]
    if kinds[-1:] != ["ByteLevel"] or not {*kinds[:-1]} <= {"Split", "Digits"}:
        raise VocabularyError(
            f"the pre-tokenizer is {' then '.join(map(str, kinds)) or 'missing'}; only byte-level "
            "ones can be loaded: ByteLevel, alone or after Split and Digits"
        )
    if steps[-1].get("add_prefix_space") is not False:
        raise VocabularyError(
            "the pre-tokenizer adds a space before each text (ByteLevel, add_prefix_space), which "
            "is not done here; only files without it can be loaded"
        )
    patterns = [pattern_of(step) for step in steps[:-1]]
    if steps[-1].get("use_regex", True):
        patterns.append(GPT2)
    return tuple(patterns[:-1]), patterns[-1] if patterns else None


def pattern_of(step: Json) -> str:
    r"""Return the pattern that splits text as one pre-tokenizer, Split or Digits, does.

    Raises `VocabularyError` for one that does not only split, or whose pattern means something
    else here.

    >>> pattern_of({"type": "Digits", "individual_digits": False})
    '\\p{N}+'
    """
    if step["type"] == "Digits":
        return r"\p{N}" if step.get("individual_digits") else r"\p{N}+"
    match step.get("pattern"):
        case {"Regex": str(regex)}:
            pass
        case {"String": str(text)} if text:
            regex = re.escape(text)
        case other:
            raise VocabularyError(f"the pre-tokenizer Split has no pattern, but {other!r}")
    for here, there in TWINS.items():
        if regex == there:
            regex = here
    behavior, invert = step.get("behavior"), bool(step.get("invert"))
    drops_nothing = (behavior, invert) == ("Removed", True) and regex in _MATCH_ALL
    if behavior != "Isolated" and not drops_nothing:
        raise VocabularyError(
            f"the pre-tokenizer Split has the behavior {behavior}{' and invert' * invert}; it can "
            "be loaded only if it drops and joins nothing: Isolated, or Removed and invert with a "
            "pattern known to match every text"
        )
    if regex not in TWINS:
        check_same_meaning(regex)
    compiled(regex)
    return regex


def difference(patterns: Iterable[str | None]) -> str:
    r"""Return a phrase about patterns that differ there for a few characters, or nothing.

    >>> difference([r"\d+", None]), difference([r"\w+"])[:17]
    ('', 'splits text by \\w')
    """
    given = [_CONTRACTIONS.sub("", pattern) for pattern in patterns if pattern is not None]
    if not any(map(_WORD_OR_CASE.search, given)):
        return ""
    return (
        r"splits text by \w, by \b or without regard to case, which differ between Hugging Face's "
        "engine and here for ¹ ² ³ ¼ ½ ¾, U+200C and U+200D, and for letters such as ß and ﬁ, so "
        "texts with these may get other ids"
    )


def flattened(step: object, key: str) -> list[Json]:
    """Return the steps of a part of the file in order, with every Sequence flattened."""
    if isinstance(step, list):
        return [part for inner in step for part in flattened(inner, key)]
    if not isinstance(step, dict):
        return []
    return flattened(step.get(key), key) if step.get("type") == "Sequence" else [step]


def check_same_meaning(pattern: str) -> None:
    r"""Raise `VocabularyError` if Oniguruma reads `pattern` differently.

    >>> check_same_meaning(r"\d{1,3}+")
    Traceback (most recent call last):
    cs336_core.tokenization.errors.VocabularyError: the pattern '\\d{1,3}+' has a counted ...
    """
    # In escapes and sets these characters have no special meaning.
    bare = _PARTS.sub(
        lambda part: part[0] if part[0] in _ESCAPES else "", pattern.replace(_SAFE, "")
    )
    bare += "".join(_CLASSES.findall(pattern))
    rest = _CONTRACTIONS.sub("", pattern)
    if "(?i" in rest:
        bare += "".join(_CASES.findall(rest))
    sets = [part[0][1:] for part in _PARTS.finditer(pattern) if part[0].startswith("[")]
    if any(match[1] for inside in sets for match in _NESTED.finditer(inside)):
        bare += "[["
    for what, different in _DIFFERENT.items():
        if different.search(bare):
            raise VocabularyError(
                f"the pattern {quoted(pattern)} has {what}, which means one thing to Hugging "
                "Face's engine and another here; rewrite it (the end of the text is "
                "(?![\\s\\S]))"
            )
