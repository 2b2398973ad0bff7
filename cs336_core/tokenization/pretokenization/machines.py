r"""Where a pre-token ends: one state machine for each well-known pattern.

A regular expression is a small program that another program interprets for every character. These
functions are the same small programs in plain loops, compiled: each reads a pattern's alternatives
in order, and returns where the first that matches at `begin` ends. A text is split by calling one
again and again, each time from where the last pre-token ended:

>>> import numpy as np
>>> data = np.frombuffer(b"it's 1st", np.uint8)
>>> begin = 0
>>> while begin < len(data):
...     end = next_pretoken(MACHINES[GPT2], data, begin, len(data), character_kinds())
...     print(data[begin:end].tobytes())
...     begin = end
b'it'
b"'s"
b' 1'
b'st'

`data` is valid UTF-8, and positions count its bytes. For the pattern, the text ends at `end`.
"""

from __future__ import annotations

from cs336_core.tokenization.compiled import Bytes, inlined, jit
from cs336_core.tokenization.pretokenization.kinds import (
    LETTER,
    LINE_END,
    LOWER,
    NUMBER,
    OTHER,
    UPPER,
    WHITE,
    character_kinds,
)
from cs336_core.tokenization.pretokenization.patterns import (
    CL100K,
    GPT2,
    LLAMA3,
    MACHINES,
    O200K,
    QWEN2,
)

__all__ = ["MACHINES", "character_kinds", "next_pretoken"]

_LINE_FEED, _CARRIAGE_RETURN = ord("\n"), ord("\r")
_SPACE, _APOSTROPHE, _SLASH = ord(" "), ord("'"), ord("/")
_D, _E, _L, _M, _R, _S, _T, _V = b"delmrstv"
_TO_LOWER = 0x20  # the bit that distinguishes an ASCII letter from its capital
_LONG_S = tuple("ſ".encode())  # it matches s when case is ignored
_GPT2, _CL100K, _O200K = MACHINES[GPT2], MACHINES[CL100K], MACHINES[O200K]
_LLAMA3, _QWEN2 = MACHINES[LLAMA3], MACHINES[QWEN2]


@inlined
def next_pretoken(machine: int, data: Bytes, begin: int, end: int, kinds: Bytes) -> int:
    """Return where the pre-token of `data` that begins at `begin` ends, for a pattern's machine.

    `machine` comes from `MACHINES`, `kinds` from `character_kinds`. Needs `begin < end`.
    """
    if machine == _GPT2:
        return next_gpt2(data, begin, end, kinds)
    if machine == _CL100K:
        return next_cl100k(data, begin, end, kinds)
    if machine == _O200K:
        return next_o200k(data, begin, end, kinds)
    if machine == _LLAMA3:
        return next_llama3(data, begin, end, kinds, 3)
    if machine == _QWEN2:
        return next_llama3(data, begin, end, kinds, 1)
    return end  # no pattern: the whole text


@jit
def next_gpt2(data: Bytes, begin: int, end: int, kinds: Bytes) -> int:
    """Return where the GPT-2 pre-token at `begin` ends."""
    # '(?:[sdmt]|ll|ve|re)
    after = _contraction(data, begin, end, False)
    if after > begin:
        return after
    #  ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++
    first = begin + 1 if data[begin] == _SPACE and begin + 1 < end else begin
    kind = _character(data, first, kinds)[0] & (LETTER | NUMBER | OTHER)
    if kind:
        return _run(data, first, end, kinds, kind)
    # \s++$|\s+(?!\S)|\s
    after, last, _ = _white_space(data, begin, end, kinds)
    return last if after < end and last > begin else after


@jit
def next_cl100k(data: Bytes, begin: int, end: int, kinds: Bytes) -> int:
    """Return where the cl100k pre-token at `begin` ends."""
    after = _contraction_word_number_or_sign(data, begin, end, kinds, 3)
    if after > begin:
        return after
    # \s++$|\s*[\r\n]|\s+(?!\S)|\s
    after, last, line_end = _white_space(data, begin, end, kinds)
    if after == end:
        return after
    if line_end > begin:
        return line_end
    return last if last > begin else after


@jit
def next_llama3(data: Bytes, begin: int, end: int, kinds: Bytes, digits: int) -> int:
    """Return where the pre-token at `begin` ends: of Llama 3 with 3 digits, of Qwen 2 with 1."""
    after = _contraction_word_number_or_sign(data, begin, end, kinds, digits)
    return after if after > begin else _lines(data, begin, end, kinds)


@jit
def next_o200k(data: Bytes, begin: int, end: int, kinds: Bytes) -> int:
    """Return where the o200k pre-token at `begin` ends."""
    # [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|...)?
    kind, after = _character(data, begin, kinds)
    first = begin if kind & (LINE_END | LETTER | NUMBER) else after
    word = _upper_then_lower(data, first, end, kinds)
    if word > first:
        return _contraction(data, word, end, True)
    if first > begin and kind & LOWER:
        # The sign before the word is a mark, which may be a word by itself.
        return _contraction(data, first, end, True)
    # [^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|...)?
    # Here no lower case follows: the first alternative would have matched.
    word = _run(data, first, end, kinds, UPPER)
    if word > first:
        return _contraction(data, word, end, True)
    # \p{N}{1,3}
    if kind & NUMBER:
        return _numbers(data, begin, end, kinds, 3)
    #  ?[^\s\p{L}\p{N}]+[\r\n/]*
    after = _signs(data, begin, end, kinds, _SLASH)
    return after if after > begin else _lines(data, begin, end, kinds)


# Parts of several patterns. Those that may match nothing return `begin` then.


@inlined
def _contraction_word_number_or_sign(
    data: Bytes, begin: int, end: int, kinds: Bytes, digits: int
) -> int:
    # '(?i:[sdmt]|ll|ve|re)
    after = _contraction(data, begin, end, True)
    if after > begin:
        return after
    # [^\r\n\p{L}\p{N}]?\p{L}+
    kind, after = _character(data, begin, kinds)
    first = begin if kind & (LINE_END | LETTER | NUMBER) else after
    word = _run(data, first, end, kinds, LETTER)
    if word > first:
        return word
    # \p{N}{1,3}
    if kind & NUMBER:
        return _numbers(data, begin, end, kinds, digits)
    #  ?[^\s\p{L}\p{N}]+[\r\n]*
    return _signs(data, begin, end, kinds, _LINE_FEED)


@inlined
def _contraction(data: Bytes, begin: int, end: int, any_case: bool) -> int:
    """Return where `'(?:[sdmt]|ll|ve|re)` ends."""
    if begin + 1 >= end or data[begin] != _APOSTROPHE:
        return begin
    one = data[begin + 1]
    if any_case:
        if one == _LONG_S[0] and data[begin + 2] == _LONG_S[1]:
            return begin + 3
        one |= _TO_LOWER
    if one in (_S, _D, _M, _T):
        return begin + 2
    if begin + 2 < end:
        two = data[begin + 2] | (_TO_LOWER if any_case else 0)
        if one == two == _L or (one in (_V, _R) and two == _E):
            return begin + 3
    return begin


@inlined
def _upper_then_lower(data: Bytes, begin: int, end: int, kinds: Bytes) -> int:
    r"""Return where `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+` ends."""
    after_both = at = begin  # the end of the last character that is in both sets
    while at < end:
        kind, after = _character(data, at, kinds)
        if not kind & UPPER:
            # The first set has taken all it can; the second goes on from here.
            return _run(data, at, end, kinds, LOWER) if kind & LOWER else after_both
        at = after
        if kind & LOWER:
            after_both = at
    return after_both  # the first set gives back characters until one is in the second


@inlined
def _numbers(data: Bytes, begin: int, end: int, kinds: Bytes, most: int) -> int:
    r"""Return where `\p{N}{1,most}` ends."""
    for _ in range(most):
        if begin == end:
            break
        kind, after = _character(data, begin, kinds)
        if not kind & NUMBER:
            break
        begin = after
    return begin


@inlined
def _signs(data: Bytes, begin: int, end: int, kinds: Bytes, sign: int) -> int:
    r"""Return where ` ?[^\s\p{L}\p{N}]+[\r\n/]*` ends, with any `sign` in place of the slash."""
    first = begin + 1 if data[begin] == _SPACE else begin
    after = _run(data, first, end, kinds, OTHER)
    if after == first:
        return begin
    while after < end and (
        data[after] == _LINE_FEED or data[after] == _CARRIAGE_RETURN or data[after] == sign
    ):
        after += 1
    return after


@inlined
def _lines(data: Bytes, begin: int, end: int, kinds: Bytes) -> int:
    r"""Return where `\s*[\r\n]+|\s+(?!\S)|\s+` ends."""
    after, last, line_end = _white_space(data, begin, end, kinds)
    if line_end > begin:
        return line_end
    return last if after < end and last > begin else after


@inlined
def _white_space(data: Bytes, begin: int, end: int, kinds: Bytes) -> tuple[int, int, int]:
    """Return where white space ends, where its last character begins, and its last line end."""
    last = after_line_end = begin
    while begin < end:
        kind, after = _character(data, begin, kinds)
        if not kind & WHITE:
            break
        last, begin = begin, after
        if kind & LINE_END:
            after_line_end = after
    return begin, last, after_line_end


@inlined
def _run(data: Bytes, begin: int, end: int, kinds: Bytes, flags: int) -> int:
    """Return where the characters with one of these flags end."""
    while begin < end:
        kind, after = _character(data, begin, kinds)
        if not kind & flags:
            break
        begin = after
    return begin


@inlined
def _character(data: Bytes, begin: int, kinds: Bytes) -> tuple[int, int]:
    """Return the kind of the character at `begin`, and where it ends."""
    byte = data[begin]
    if byte < 0x80:
        return kinds[byte], begin + 1
    if byte < 0xE0:
        return kinds[(byte & 0x1F) << 6 | data[begin + 1] & 0x3F], begin + 2
    code = (data[begin + 1] & 0x3F) << 6 | data[begin + 2] & 0x3F
    if byte < 0xF0:
        return kinds[(byte & 0x0F) << 12 | code], begin + 3
    return kinds[(byte & 0x07) << 18 | code << 6 | data[begin + 3] & 0x3F], begin + 4
