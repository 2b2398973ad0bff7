"""The unigram model: it knows how often each token occurs and ignores the context.

Its perplexity on a text follows from the counts alone. It is also a tokenizer (Kudo, 2018): of all
ways to split a word into pieces, take the most probable one. Training begins with too many pieces,
estimates their probabilities by expectation maximization (EM), and removes those that the words can
best do without. SentencePiece does the same, a fifth of the pieces at a time; here it is one piece.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

Pieces = dict[str, float]  # piece -> its probability

_LEAST = 1e-3  # no piece has a smaller count: one of probability 0 would be gone for good


def unigram_perplexity(ids: Sequence[int]) -> float:
    """Return the perplexity of `ids` under their own frequencies.

    Guessing the ids one by one is as hard as guessing among this many equally likely ids. 1.0 means
    no surprise at all. Raises `ValueError` if there are no tokens.

    >>> unigram_perplexity([7, 7, 7, 7]), unigram_perplexity([1, 2, 3, 4])
    (1.0, 4.0)
    """
    if not ids:
        raise ValueError("no tokens: a perplexity needs at least one")
    probabilities = [count / len(ids) for count in Counter(ids).values()]
    return math.exp(-sum(p * math.log(p) for p in probabilities))


def best_split(word: str, pieces: Mapping[str, float]) -> tuple[list[str], float]:
    """Return the most probable split of a word, and its log probability (Viterbi).

    The best split of the first `end` characters ends with some piece, before which comes the best
    split of what remains. So it takes one pass. Raises `ValueError` if no pieces spell the word.

    >>> best_split("aab", {"a": 0.5, "b": 0.25, "ab": 0.25})[0]
    ['a', 'ab']
    """
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for end in range(1, len(word) + 1):
        candidates = [
            (best[start][0] + math.log(pieces[word[start:end]]), [*best[start][1], word[start:end]])
            for start in range(end)
            if word[start:end] in pieces
        ]
        best.append(max(candidates, key=lambda split: split[0], default=(-math.inf, [])))
    log_probability, split = best[-1]
    if log_probability == -math.inf:
        raise ValueError(f"no pieces spell {word!r}")
    return split, log_probability


def all_pieces(counts: Mapping[str, int]) -> Pieces:
    """Return every substring of the words, with its relative frequency: where training begins.

    >>> all_pieces({"ab": 3})
    {'a': 0.3333333333333333, 'ab': 0.3333333333333333, 'b': 0.3333333333333333}
    """
    found: Counter[str] = Counter()
    for word, count in counts.items():
        for start in range(len(word)):
            for end in range(start + 1, len(word) + 1):
                found[word[start:end]] += count
    return _normalized(found)


def expected_counts(
    counts: Mapping[str, int], pieces: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    """Return how often each piece is used, averaged over all splits, and the bits of the words.

    Each split of a word counts by its probability. `before[i]` is the probability of its first i
    characters, `after[i]` that of the rest, both summed over all splits.

    >>> expected_counts({"ab": 4}, {"a": 0.5, "b": 0.25, "ab": 0.125})
    ({'a': 2.0, 'b': 2.0, 'ab': 2.0}, 8.0)
    """
    used: dict[str, float] = dict.fromkeys(pieces, 0.0)
    bits = 0.0
    for word, count in counts.items():
        n = len(word)
        before, after = [1.0] + [0.0] * n, [0.0] * n + [1.0]
        spans = [(i, j) for i in range(n) for j in range(i + 1, n + 1) if word[i:j] in pieces]
        for i, j in sorted(spans, key=lambda span: span[1]):
            before[j] += before[i] * pieces[word[i:j]]
        for i, j in reversed(spans):
            after[i] += pieces[word[i:j]] * after[j]
        for i, j in spans:
            used[word[i:j]] += count * before[i] * pieces[word[i:j]] * after[j] / before[n]
        bits -= count * math.log2(before[n])
    return used, bits


def pruned(counts: Mapping[str, int], pieces: Mapping[str, float], size: int) -> Pieces:
    """Return the `size` pieces that remain when the least useful ones are removed one by one.

    Each removal follows one round of EM. Then the piece whose loss lengthens the words by the
    fewest bits is removed. Single characters stay, so that any word can be spelled.
    """
    current = dict(pieces)
    while True:
        used, _ = expected_counts(counts, current)
        current = _normalized({piece: max(n, _LEAST) for piece, n in used.items()})
        removable = [piece for piece in current if len(piece) > 1]
        if len(current) <= size or not removable:
            return current
        costs = {piece: expected_counts(counts, _without(current, piece))[1] for piece in removable}
        current = _without(current, min(costs, key=costs.__getitem__))


def _without(pieces: Mapping[str, float], removed: str) -> Pieces:
    return {piece: probability for piece, probability in pieces.items() if piece != removed}


def _normalized(counts: Mapping[str, float]) -> Pieces:
    total = sum(counts.values())
    return {piece: count / total for piece, count in counts.items()}
