"""WordPiece, the tokenizer of BERT: merges by score, and takes the longest piece that fits.

Its training was never published by its authors. This is the rule that is commonly described: like
byte pair encoding, but the pair that merges is not the most frequent one. It is the one that occurs
most often in proportion to how often its two halves occur. Pieces within a word begin with `##`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

INSIDE = "##"
UNKNOWN = "[UNK]"

Pair = tuple[str, str]


@dataclass(frozen=True)
class WordPieceStep:
    """One merge: the pair, how often it and its halves occur, its score, and the new piece."""

    pair: Pair
    count: int
    halves: tuple[int, int]
    score: float
    piece: str


def letters_of(word: str) -> list[str]:
    """Split a word into its characters.

    >>> letters_of("low")
    ['l', '##o', '##w']
    """
    return [letter if i == 0 else INSIDE + letter for i, letter in enumerate(word)]


def joined(pair: Pair) -> str:
    """Return the piece that a pair merges into.

    >>> joined(("l", "##o")), joined(("##e", "##s"))
    ('lo', '##es')
    """
    return pair[0] + pair[1].removeprefix(INSIDE)


def wordpiece_steps(counts: Mapping[str, int], num_merges: int) -> Iterator[WordPieceStep]:
    """Yield one step for each merge, at most `num_merges`; of equal scores, the first seen wins.

    >>> [step.piece for step in wordpiece_steps({"hug": 10, "pug": 5, "hugs": 5}, 2)]
    ['hu', 'pu']
    """
    words = [(letters_of(word), count) for word, count in counts.items()]
    for _ in range(num_merges):
        pieces: Counter[str] = Counter()
        pairs: Counter[Pair] = Counter()
        for word, count in words:
            for piece in word:
                pieces[piece] += count
            for pair in pairwise(word):
                pairs[pair] += count
        if not pairs:
            return
        scores = {pair: n / (pieces[pair[0]] * pieces[pair[1]]) for pair, n in pairs.items()}
        best = max(scores, key=scores.__getitem__)
        halves = (pieces[best[0]], pieces[best[1]])
        yield WordPieceStep(best, pairs[best], halves, scores[best], joined(best))
        words = [(_merged(word, best), count) for word, count in words]


def _merged(word: Sequence[str], pair: Pair) -> list[str]:
    """Merge each occurrence of a pair in a word, from left to right."""
    merged: list[str] = []
    for piece in word:
        if merged and (merged[-1], piece) == pair:
            merged[-1] = joined(pair)
        else:
            merged.append(piece)
    return merged


def train_wordpiece(counts: Mapping[str, int], num_merges: int) -> list[str]:
    """Return the vocabulary: the characters in sorted order, then a piece for each merge.

    >>> train_wordpiece({"low": 5}, 1)
    ['##o', '##w', 'l', 'lo']
    """
    letters = {letter for word in counts for letter in letters_of(word)}
    learned = [step.piece for step in wordpiece_steps(counts, num_merges)]
    return list(dict.fromkeys([*sorted(letters), *learned]))


def encode_wordpiece(word: str, vocab: Collection[str]) -> list[str]:
    """Split a word from left to right, each time into the longest piece that fits.

    A word that no piece fits at some point is unknown as a whole.

    >>> encode_wordpiece("hugs", ["h", "hu", "##g", "##gs"]), encode_wordpiece("hat", ["h"])
    (['hu', '##gs'], ['[UNK]'])
    """
    pieces: list[str] = []
    start = 0
    while start < len(word):
        prefix = INSIDE if start else ""
        for end in range(len(word), start, -1):
            if prefix + word[start:end] in vocab:  # @inspect end
                pieces.append(prefix + word[start:end])
                start = end
                break
        else:
            return [UNKNOWN]
    return pieces
