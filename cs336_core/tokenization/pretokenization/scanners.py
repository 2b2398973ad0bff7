"""Where the pre-tokens of the GPT-2, cl100k and o200k patterns begin, for a whole text at once.

A regular expression finds one pre-token after another. But the cuts of these three patterns depend
only on a character's kind and on its neighbors, so a few operations on arrays find all cuts
together: first a cut wherever the family of characters changes (letters, numbers, white space, the
rest), then a correction for each special rule of the pattern. Tests compare the result with that of
`regex` and the patterns in `patterns.py`, cut for cut.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import regex
from numpy.typing import NDArray

from cs336_core.tokenization.pretokenization.char_classes import (
    EDGE_FAMILY,
    LETTER,
    LETTER_FAMILY,
    LOWER,
    MARK,
    NEWLINE,
    NUMBER_FAMILY,
    OTHER_FAMILY,
    UPPER,
    WHITE,
    WHITE_FAMILY,
    Characters,
    characters,
    families_of,
)
from cs336_core.tokenization.pretokenization.patterns import CL100K, GPT2, O200K

Flags = NDArray[np.bool_]
Positions = NDArray[np.int64]

_SPACE, _APOSTROPHE, _SLASH = ord(" "), ord("'"), ord("/")
_LONG_S = 0x17F  # the long s, which matches s if case is ignored


def starts(data: bytes, find: Callable[[Characters], Flags]) -> Positions:
    """Return the byte offsets in `data` at which pre-tokens begin; an edge is a pre-token too.

    `find` is `gpt2`, `cl100k` or `o200k`.

    >>> starts(b"it's 1st", gpt2).tolist()
    [0, 2, 4, 6]
    """
    if not data:
        return np.zeros(0, np.int64)
    chars = characters(data)
    begins = find(chars)
    if chars.first_bytes is not None:
        of_characters, begins = begins, np.zeros(len(data), np.bool_)
        begins[chars.first_bytes] = of_characters
    return np.flatnonzero(begins)


def gpt2(chars: Characters) -> Flags:
    """Return for each character whether a pre-token of the GPT-2 pattern begins there."""
    begins = _family_changes(chars)
    after_white = _last_white_stands_alone(chars, begins)
    # A space, unlike other white space, goes with what follows it.
    begins[1:] &= ~(after_white & (chars.codes[:-1] == _SPACE))
    quotes, lengths = _contractions(chars, begins, any_case=False)
    begins[quotes + 1] = False
    _begin(begins, quotes + 1 + lengths)
    return begins


def cl100k(chars: Characters) -> Flags:
    """Return for each character whether a pre-token of the cl100k pattern begins there."""
    begins = _family_changes(chars)
    _white_space_goes_with_what_follows(chars, begins, whole_at_end=True)
    line_ends = _line_ends_after_punctuation(chars)
    begins[line_ends] = False
    _begin(begins, _next_that_is_not(chars.kinds == NEWLINE, line_ends))
    quotes, lengths = _contractions(chars, begins, any_case=True)
    _one_sign_goes_with_letters(chars, begins)
    _begin(begins, quotes + 1 + lengths)
    _numbers_in_threes(chars, begins)
    return begins


def o200k(chars: Characters) -> Flags:
    """Return for each character whether a pre-token of the o200k pattern begins there."""
    chars = _marks_in_caseless_words_are_letters(chars)
    kinds, families = chars.kinds, chars.families
    begins = _family_changes(chars)
    _white_space_goes_with_what_follows(chars, begins, whole_at_end=False)
    begins[1:] |= (kinds[1:] == UPPER) & (kinds[:-1] == LOWER)
    _line_ends_and_slashes_go_with_punctuation(chars, begins)
    _one_sign_goes_with_letters(chars, begins)
    _contractions_go_with_their_word(chars, begins)
    _numbers_in_threes(chars, begins)
    # Words that mix letters of several kinds remain: `regex` splits those.
    caseless = (kinds == LETTER) & (families == LETTER_FAMILY)
    letters = families == LETTER_FAMILY
    mixed = letters[1:] & letters[:-1] & (caseless[1:] != caseless[:-1])
    hard = kinds == MARK
    hard[1:] |= mixed
    if hard.any():
        _cut_by_regex(chars, begins, np.flatnonzero(hard), O200K)
    return begins


FINDERS: dict[str, Callable[[Characters], Flags]] = {GPT2: gpt2, CL100K: cl100k, O200K: o200k}


def _family_changes(chars: Characters) -> Flags:
    """Begin a pre-token at every character whose family differs from that of its predecessor."""
    families = chars.families
    begins = np.ones(len(families), np.bool_)
    np.not_equal(families[1:], families[:-1], out=begins[1:])
    begins |= families == EDGE_FAMILY
    return begins


def _begin(begins: Flags, positions: Positions) -> None:
    """Begin a pre-token at each position that is inside the text."""
    begins[positions[positions < len(begins)]] = True


def _last_white_stands_alone(chars: Characters, begins: Flags) -> Flags:
    r"""Cut off the last character of white space before other text, as `\s+(?!\S)` leaves it.

    Returns for each character but the first whether the one before it is such a character.
    """
    families = chars.families
    after_white: Flags = (
        (families[:-1] == WHITE_FAMILY) & begins[1:] & (families[1:] != EDGE_FAMILY)
    )
    begins[:-1] |= after_white
    return after_white


def _white_space_goes_with_what_follows(
    chars: Characters, begins: Flags, *, whole_at_end: bool
) -> None:
    r"""Split white space as cl100k and o200k do.

    A run of white space is cut after its last line end, `\s*[\r\n]`; of what remains of it, the
    last character goes with letters, and with punctuation if it is a space. With `whole_at_end`, a
    run at the end of the text stays whole, `\s++$`.
    """
    codes, kinds, families = chars.codes, chars.kinds, chars.families
    white = families == WHITE_FAMILY
    before_text = white[:-1] & begins[1:] & (families[1:] != EDGE_FAMILY)
    last_white = before_text & (kinds[:-1] == WHITE)
    begins[:-1] |= last_white
    absorbs = families[1:] == LETTER_FAMILY
    absorbs |= (families[1:] == OTHER_FAMILY) & (codes[:-1] == _SPACE)
    begins[1:] &= ~(last_white & absorbs)

    newline = kinds == NEWLINE
    indents = np.flatnonzero(newline[:-1] & (kinds[1:] == WHITE)) + 1
    if not len(indents):
        return
    run_ends = np.append(np.flatnonzero(white[:-1] & ~white[1:]) + 1, len(kinds))
    run_end = run_ends[np.searchsorted(run_ends, indents)]
    newlines = np.append(np.flatnonzero(newline), len(kinds))
    next_newline = newlines[np.searchsorted(newlines, indents)]
    cut = next_newline >= run_end
    if whole_at_end:
        cut &= np.append(families, EDGE_FAMILY)[run_end] != EDGE_FAMILY
    begins[indents[cut]] = True


def _line_ends_after_punctuation(chars: Characters) -> Positions:
    r"""Return the line ends right after punctuation, which `[^\s\p{L}\p{N}]+[\r\n]*` matches."""
    return np.flatnonzero((chars.families[:-1] == OTHER_FAMILY) & (chars.kinds[1:] == NEWLINE)) + 1


def _next_that_is_not(flags: Flags, positions: Positions) -> Positions:
    """Return for each position the next one at which `flags` is false."""
    ends = np.append(np.flatnonzero(flags[:-1] & ~flags[1:]) + 1, len(flags))
    return ends[np.searchsorted(ends, positions, side="right")]


def _one_sign_goes_with_letters(chars: Characters, begins: Flags) -> None:
    r"""Join letters with one sign before them, if it begins a pre-token: `[^\r\n\p{L}\p{N}]?`."""
    families = chars.families
    begins[1:] &= ~(begins[:-1] & (families[:-1] == OTHER_FAMILY) & (families[1:] == LETTER_FAMILY))


def _numbers_in_threes(chars: Characters, begins: Flags) -> None:
    r"""Split runs of numbers after every third character: `\p{N}{1,3}`."""
    numbers = np.flatnonzero(chars.families == NUMBER_FAMILY)
    if not len(numbers):
        return
    first = np.append(True, np.diff(numbers) != 1)
    run_start = np.maximum.accumulate(np.where(first, numbers, 0))
    begins[numbers[(numbers - run_start) % 3 == 0]] = True


def _contractions(
    chars: Characters, begins: Flags, *, any_case: bool
) -> tuple[Positions, Positions]:
    """Return the apostrophes that begin a contraction ('s, 'll) and its number of letters."""
    quotes = np.flatnonzero(begins & (chars.codes == _APOSTROPHE))
    lengths = _contraction_lengths(chars, quotes, any_case=any_case)
    found = lengths > 0
    return quotes[found], lengths[found]


def _contraction_lengths(chars: Characters, quotes: Positions, *, any_case: bool) -> Positions:
    """Return how many letters after each apostrophe form a contraction with it: 0, 1 or 2."""
    padded = np.append(chars.codes, np.zeros(2, chars.codes.dtype))
    one, two = padded[quotes + 1], padded[quotes + 2]
    if any_case:
        one, two = _lower(one), _lower(two)
    single = np.isin(one, np.frombuffer(b"sdmt", np.uint8))
    double = ((one == ord("l")) & (two == ord("l"))) | (
        ((one == ord("v")) | (one == ord("r"))) & (two == ord("e"))
    )
    lengths: Positions = np.where(single, 1, np.where(double, 2, 0))
    return lengths


def _lower(codes: NDArray[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    """Convert the letters that occur in contractions to lower case."""
    upper = (codes >= ord("A")) & (codes <= ord("Z"))
    lowered = np.where(upper, codes + 32, codes)
    return np.where(lowered == _LONG_S, ord("s"), lowered)


def _marks_in_caseless_words_are_letters(chars: Characters) -> Characters:
    """Treat combining marks in words of letters without case as such letters.

    Most words in Hindi or Thai have marks, and o200k's rules do not distinguish the two.
    """
    kinds = chars.kinds
    if not (kinds == MARK).any():
        return chars
    in_run = (kinds == LETTER) | (kinds == MARK)
    first = in_run.copy()
    first[1:] &= ~in_run[:-1]
    run_starts = np.flatnonzero(first)
    run_of = np.cumsum(first) - 1
    begins_with_letter = kinds[run_starts] == LETTER
    kinds = kinds.copy()
    marks = np.flatnonzero(kinds == MARK)
    kinds[marks[begins_with_letter[run_of[marks]]]] = LETTER
    return chars._replace(kinds=kinds, families=families_of(kinds))


def _line_ends_and_slashes_go_with_punctuation(chars: Characters, begins: Flags) -> None:
    r"""Join punctuation with the line ends and slashes after it: `[\r\n/]*`."""
    line_ends = _line_ends_after_punctuation(chars)
    taken = (chars.kinds == NEWLINE) | (chars.codes == _SLASH)
    rest = _next_that_is_not(taken, line_ends)
    # No pre-token begins inside a joined stretch: +1 at its start, -1 at its end, then sum up.
    depth = np.zeros(len(begins) + 1, np.int32)
    np.add.at(depth, line_ends, 1)
    np.add.at(depth, rest, -1)
    begins &= np.cumsum(depth[:-1]) == 0
    _begin(begins, rest)


def _contractions_go_with_their_word(chars: Characters, begins: Flags) -> None:
    """Join a word with the contraction after it: o200k does not split `don't`."""
    codes, families = chars.codes, chars.families
    quotes = np.flatnonzero((codes[1:] == _APOSTROPHE) & (families[:-1] == LETTER_FAMILY)) + 1
    lengths = _contraction_lengths(chars, quotes, any_case=True)
    quotes, lengths = quotes[lengths > 0], lengths[lengths > 0]
    ends = quotes + 1 + lengths
    # In a's't the second contraction does not follow a word, since the first has taken the s; in
    # a's't's the third follows one again.
    chained = np.flatnonzero(quotes[1:] == ends[:-1]) + 1
    taken = np.ones(len(quotes), np.bool_)
    for i in chained.tolist():
        taken[i] = not taken[i - 1]
    quotes, lengths, ends = quotes[taken], lengths[taken], ends[taken]
    begins[quotes] = False
    begins[quotes + 1] = False
    begins[quotes[lengths == 2] + 2] = False
    _begin(begins, ends)


def _cut_by_regex(chars: Characters, begins: Flags, hard: Positions, pattern: str) -> None:
    """Split the stretches of text that contain a position of `hard` again, with `regex`."""
    families, kinds = chars.families, chars.kinds
    # White space (but not a line end) after other text is always a cut, whatever the context.
    certain = (kinds[1:] == WHITE) & (families[:-1] != WHITE_FAMILY)
    certain |= (families[1:] == EDGE_FAMILY) | (families[:-1] == EDGE_FAMILY)
    cuts = np.concatenate(([0], np.flatnonzero(certain) + 1, [len(kinds)]))
    stretches = np.unique(np.searchsorted(cuts, hard, side="right") - 1)
    find = regex.compile(pattern).finditer
    for begin, end in zip(cuts[stretches].tolist(), cuts[stretches + 1].tolist(), strict=True):
        text = chars.codes[begin:end].astype(np.uint32).tobytes().decode("utf-32-le")
        begins[begin:end] = False
        begins[[begin + match.start() for match in find(text)]] = True
