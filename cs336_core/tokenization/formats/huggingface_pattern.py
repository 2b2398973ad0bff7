r"""The pattern that splits text into pre-tokens, in a Hugging Face tokenizer.json.

Hugging Face's engine for regular expressions is Oniguruma in Ruby's syntax, which reads some
patterns differently: `$` matches at the end of every line, and `{1,3}+` repeats instead of being
possessive. So each named pattern has a twin that matches the same in that engine, and a pattern
with an ambiguous part is refused. Other patterns are written unchanged; only their `\w` matches
² ³ ¹ ¼ ½ ¾ there and not here.
"""

from __future__ import annotations

import re
from pathlib import Path

from cs336_core.tokenization.errors import VocabularyError, quoted
from cs336_core.tokenization.formats.checks import errors_naming
from cs336_core.tokenization.pretokenization.patterns import CL100K, GPT2, compiled

Json = dict[str, object]

# Pattern here -> pattern there. GPT-2's is also built in there, as ByteLevel's `use_regex`.
TWINS = {
    GPT2: r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    CL100K: (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
        r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s++\z|\s*[\r\n]+|\s+(?!\S)|\s+"
    ),
}

# Means the same in both: `\s++` consumes every line end before `$`.
_SAFE = r"\s++$"
_PARTS = re.compile(r"\\[pPxN]\{[^}]*\}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_DIFFERENT = {
    "an anchor ^ or $": re.compile(r"[\^$]"),
    r"an anchor \Z or a class \h": re.compile(r"\\[ZhH]"),
    "a counted repeat followed by +": re.compile(r"\{(?:\d+,?|,\d)\d*\}\+"),
    "a flag m or s": re.compile(r"\(\?[a-z-]*[ms]"),
}


def pre_tokenizer_of(pattern: str | None) -> Json:
    r"""Return the pre-tokenizer that splits text as `pattern` does.

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
    if pattern is None or pattern == GPT2:
        return byte_level
    if pattern not in TWINS:
        check_same_meaning(pattern)
    split: Json = {
        "type": "Split",
        "pattern": {"Regex": TWINS.get(pattern, pattern)},
        "behavior": "Isolated",
        "invert": False,
    }
    return {"type": "Sequence", "pretokenizers": [split, byte_level]}


def pattern_of(path: Path, pre_tokenizer: object) -> str | None:
    """Return the pattern that splits text as this pre-tokenizer does, `None` for no pattern.

    Raises `VocabularyError`, with the file, unless it is ByteLevel, alone or after one Split by a
    regular expression that means the same here.
    """
    steps = _steps(pre_tokenizer)
    kinds = [step.get("type") for step in steps]
    if kinds not in (["ByteLevel"], ["Split", "ByteLevel"]):
        raise VocabularyError(
            f"{path}: the pre-tokenizer is {' then '.join(map(str, kinds)) or 'missing'}; only "
            "byte-level ones can be loaded: ByteLevel alone, or one Split before it"
        )
    byte_level = steps[-1]
    if byte_level.get("add_prefix_space") is not False:
        raise VocabularyError(
            f"{path}: the pre-tokenizer adds a space before each text (add_prefix_space), which "
            "is not done here; only files without it can be loaded"
        )
    if len(steps) == 1:
        return GPT2 if byte_level.get("use_regex", True) else None
    split = steps[0]
    pattern = split.get("pattern")
    regex = pattern.get("Regex") if isinstance(pattern, dict) else None
    if (
        not isinstance(regex, str)
        or (split.get("behavior"), split.get("invert")) != ("Isolated", False)
        or byte_level.get("use_regex", True) is not False
    ):
        raise VocabularyError(
            f"{path}: the pre-tokenizer has to be one Split by a Regex, Isolated and not inverted, "
            "then ByteLevel with use_regex false; this one splits text in another way"
        )
    for here, there in TWINS.items():
        if regex == there:
            return here
    with errors_naming(path):
        check_same_meaning(regex)
        compiled(regex)
    return regex


def _steps(pre_tokenizer: object) -> list[Json]:
    """Return the pre-tokenizers in order, with every Sequence flattened."""
    if not isinstance(pre_tokenizer, dict):
        return []
    if pre_tokenizer.get("type") != "Sequence":
        return [pre_tokenizer]
    inner = pre_tokenizer.get("pretokenizers")
    return [step for part in inner for step in _steps(part)] if isinstance(inner, list) else []


def check_same_meaning(pattern: str) -> None:
    r"""Raise `VocabularyError` if Oniguruma reads `pattern` differently.

    >>> check_same_meaning(r"\d{1,3}+")
    Traceback (most recent call last):
    cs336_core.tokenization.errors.VocabularyError: the pattern '\\d{1,3}+' has a counted ...
    """
    # In escapes and sets these characters have no special meaning; only \Z, \h and \H remain.
    bare = _PARTS.sub(
        lambda part: part[0] if part[0] in {r"\Z", r"\h", r"\H"} else "",
        pattern.replace(_SAFE, ""),
    )
    for what, different in _DIFFERENT.items():
        if different.search(bare):
            raise VocabularyError(
                f"the pattern {quoted(pattern)} has {what}, which means one thing to Hugging "
                "Face's engine and another here; rewrite it (the end of the text is "
                "(?![\\s\\S]))"
            )
