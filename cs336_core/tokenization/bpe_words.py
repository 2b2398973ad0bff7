"""Byte pair encoding over counted words, as Sennrich et al. (2016, section 3.2) tell it.

A corpus is cut into words once, and each distinct word is counted once. From then on training reads
the counts, not the corpus: a pair inside a word that occurs five times counts five times. No merge
crosses from one word into the next. Where the paper starts from characters and an end-of-word mark,
this starts from bytes and has no mark, as in the course's assignment.

Where several pairs share the highest count, `tie_break` says which one merges: the greatest pair of
byte strings ("lexicographic"), or the one seen first, reading the words in the order they were
given ("first-seen"). This is the reference that faster trainers are tested against: each merge
counts every pair again. The standard library is enough to run this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from cs336_core.tokenization.params import Merges
from cs336_core.tokenization.text import utf8

TieBreak = Literal["lexicographic", "first-seen"]
Pair = tuple[bytes, bytes]
Word = tuple[bytes, ...]


def split_words(counts: Mapping[str, int] | Mapping[bytes, int]) -> dict[Word, int]:
    """Split each word into its bytes, in the order the words are given.

    Raises `EncodingError` for a word with a lone surrogate, `ValueError` for a negative count.

    >>> split_words({"low": 5})
    {(b'l', b'o', b'w'): 5}
    """
    words: dict[Word, int] = {}
    for text, count in counts.items():
        if count < 0:
            raise ValueError(f"the word {text!r} has count {count}; a count is 0 or more")
        data = utf8(text) if isinstance(text, str) else text
        word = tuple(bytes([byte]) for byte in data)
        words[word] = words.get(word, 0) + count
    return words


def count_word_pairs(words: Mapping[Word, int]) -> dict[Pair, int]:
    """Count every adjacent pair inside a word, as often as the word occurs, in first-seen order.

    >>> count_word_pairs({(b"a", b"b"): 5, (b"a", b"b", b"a"): 2})
    {(b'a', b'b'): 7, (b'b', b'a'): 2}
    """
    counts: dict[Pair, int] = {}
    for word, count in words.items():
        for pair in pairwise(word):
            counts[pair] = counts.get(pair, 0) + count  # @inspect pair
    return counts


def merge_word(word: Sequence[bytes], pair: Pair) -> Word:
    """Join each occurrence of `pair` in `word`, from left to right.

    >>> merge_word([b"a", b"a", b"a"], (b"a", b"a"))
    (b'aa', b'a')
    """
    merged: list[bytes] = []
    i = 0
    while i < len(word):
        if tuple(word[i : i + 2]) == pair:
            merged.append(word[i] + word[i + 1])
            i += 2
        else:
            merged.append(word[i])
            i += 1
    return tuple(merged)


@dataclass(frozen=True)
class WordBPEStep:
    """One merge over counted words, as it happens.

    Attributes:
        counts: every adjacent pair inside a word with its count, in first-seen order.
        pair: the pair that merges, chosen from `candidates` by the tie-break.
        count: how often `pair` occurs.
        candidates: every pair with that same highest count, in first-seen order.
        words: the words after the merge, with their counts.

    """

    counts: dict[Pair, int]
    pair: Pair
    count: int
    candidates: tuple[Pair, ...]
    words: dict[Word, int]


def word_bpe_steps(
    counts: Mapping[str, int] | Mapping[bytes, int],
    num_merges: int,
    tie_break: TieBreak = "lexicographic",
) -> Iterator[WordBPEStep]:
    """Yield one `WordBPEStep` for each merge, at most `num_merges`.

    Ends early when every word that occurs is one token. Raises `ValueError` for a negative
    `num_merges` or an unknown `tie_break`, and as `split_words` does.

    >>> [step.pair for step in word_bpe_steps({"low": 5, "lower": 2}, 2)]
    [(b'o', b'w'), (b'l', b'ow')]
    """
    if num_merges < 0:
        raise ValueError(f"num_merges is {num_merges}; it must be 0 or more")
    if tie_break not in get_args(TieBreak):
        raise ValueError(f'tie_break is {tie_break!r}; it is "lexicographic" or "first-seen"')
    words = split_words(counts)  # @inspect words
    for _ in range(num_merges):
        pairs = count_word_pairs(words)  # @inspect pairs
        count = max(pairs.values(), default=0)  # @inspect count
        if count == 0:
            return
        candidates = tuple(pair for pair in pairs if pairs[pair] == count)  # @inspect candidates
        pair = max(candidates) if tie_break == "lexicographic" else candidates[0]  # @inspect pair
        words = {merge_word(word, pair): words[word] for word in words}  # @inspect words
        yield WordBPEStep(pairs, pair, count, candidates, dict(words))


def train_bpe_words(
    counts: Mapping[str, int] | Mapping[bytes, int],
    num_merges: int,
    tie_break: TieBreak = "lexicographic",
) -> Merges:
    """Learn up to `num_merges` merges from counted words; fewer where nothing is left to merge.

    Raises as `word_bpe_steps` does.

    >>> train_bpe_words({"low": 5, "lower": 2, "widest": 3, "newest": 6}, 3)
    [(b's', b't'), (b'e', b'st'), (b'o', b'w')]
    """
    return [step.pair for step in word_bpe_steps(counts, num_merges, tie_break)]
