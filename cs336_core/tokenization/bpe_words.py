"""Byte pair encoding over counted words, as Sennrich et al. (2016, section 3.2) describe it.

The corpus is split into words once, and each distinct word is stored once with its count. From then
on training reads the counts, not the corpus: a pair inside a word that occurs five times counts
five times. No merge crosses from one word into the next. The paper starts from characters and an
end-of-word symbol; this module starts from bytes and has no such symbol, like the course's
assignment.

If several pairs share the highest count, `tie_break` decides which one merges: the greatest pair of
byte strings ("lexicographic"), or the pair seen first, with the words in the given order
("first-seen"). Faster trainers are tested against this module, which recounts every pair for each
merge. It needs the standard library only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

from cs336_core.tokenization.arguments import utf8
from cs336_core.tokenization.params import Merges, TokenPair

TieBreak = Literal["lexicographic", "first-seen"]
Word = tuple[bytes, ...]


def split_words(counts: Mapping[str, int] | Mapping[bytes, int]) -> dict[Word, int]:
    """Split each word into its bytes, in the given order.

    Raises `EncodingError` for a word with a lone surrogate, `ValueError` for a negative count.

    >>> split_words({"low": 5})
    {(b'l', b'o', b'w'): 5}
    """
    words: dict[Word, int] = {}
    for text, count in counts.items():
        if count < 0:
            raise ValueError(f"the word {text!r} has count {count}; it must be 0 or more")
        data = utf8(text) if isinstance(text, str) else text
        word = tuple(bytes([byte]) for byte in data)
        words[word] = words.get(word, 0) + count
    return words


def count_word_pairs(words: Mapping[Word, int]) -> dict[TokenPair, int]:
    """Count every adjacent pair in every occurrence of every word, in first-seen order.

    >>> count_word_pairs({(b"a", b"b"): 5, (b"a", b"b", b"a"): 2})
    {(b'a', b'b'): 7, (b'b', b'a'): 2}
    """
    counts: dict[TokenPair, int] = {}
    for word, count in words.items():
        for pair in pairwise(word):
            counts[pair] = counts.get(pair, 0) + count  # @inspect pair
    return counts


def merge_word(word: Sequence[bytes], pair: TokenPair) -> Word:
    """Merge each occurrence of `pair` in `word`, from left to right.

    >>> merge_word([b"a", b"a", b"a"], (b"a", b"a"))
    (b'aa', b'a')
    """
    merged: list[bytes] = []
    for token in word:
        if merged and (merged[-1], token) == pair:
            merged[-1] += token
        else:
            merged.append(token)
    return tuple(merged)


@dataclass(frozen=True)
class WordBPEStep:
    """One merge over counted words, as it happens.

    Attributes:
        counts: every adjacent pair inside a word with its count, in first-seen order.
        pair: the pair that merges, chosen from `candidates` by the tie-break.
        count: how often `pair` occurs.
        candidates: every pair with the highest count, in first-seen order.
        words: the words after the merge, with their counts.

    """

    counts: dict[TokenPair, int]
    pair: TokenPair
    count: int
    candidates: tuple[TokenPair, ...]
    words: dict[Word, int]


def word_bpe_steps(
    counts: Mapping[str, int] | Mapping[bytes, int],
    num_merges: int,
    tie_break: TieBreak = "lexicographic",
) -> Iterator[WordBPEStep]:
    """Yield one `WordBPEStep` for each merge, at most `num_merges`.

    Ends early when every word is a single token. Raises `ValueError` for a negative `num_merges` or
    an unknown `tie_break`, and as `split_words` does.

    >>> [step.pair for step in word_bpe_steps({"low": 5, "lower": 2}, 2)]
    [(b'o', b'w'), (b'l', b'ow')]
    """
    if num_merges < 0:
        raise ValueError(f"num_merges is {num_merges}; it must be 0 or more")
    if tie_break not in get_args(TieBreak):
        raise ValueError(f'tie_break is {tie_break!r}; it must be "lexicographic" or "first-seen"')
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
    """Learn up to `num_merges` merges from counted words; fewer if no pair is left to merge.

    Raises as `word_bpe_steps` does.

    >>> train_bpe_words({"low": 5, "lower": 2, "widest": 3, "newest": 6}, 3)
    [(b's', b't'), (b'e', b'st'), (b'o', b'w')]
    """
    return [step.pair for step in word_bpe_steps(counts, num_merges, tie_break)]
