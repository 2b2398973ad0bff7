"""WordPiece and the unigram model: training by hand, encoding against Hugging Face tokenizers."""

from __future__ import annotations

import math
import random
from itertools import product

import pytest
from tokenizers import Tokenizer, models

from cs336_core.tokenization.unigram import all_pieces, best_split, expected_counts, pruned
from cs336_core.tokenization.wordpiece import (
    UNKNOWN,
    encode_wordpiece,
    train_wordpiece,
    wordpiece_steps,
)
from tests.tokenization.small import PAPER

WORDS = ["".join(letters) for n in range(1, 7) for letters in product("lowe", repeat=n)]
SOME = random.Random(336).sample(WORDS, 300)


def test_wordpiece_merges_what_occurs_together_most() -> None:
    """The score of a pair is its count, divided by the counts of both halves."""
    first, second, third = wordpiece_steps(PAPER, 3)
    assert (first.pair, first.count, first.halves) == (("w", "##i"), 3, (3, 3))
    assert first.score == pytest.approx(3 / (3 * 3))
    assert (second.piece, third.piece) == ("wid", "lo")
    assert third.score == pytest.approx(7 / (7 * 7))
    assert len(list(wordpiece_steps({"ab": 1}, 9))) == 1  # nothing is left to merge
    assert [step.piece for step in wordpiece_steps({"aaa": 1}, 1)] == ["aa"]


def test_wordpiece_encodes_as_hugging_face_does() -> None:
    vocab = train_wordpiece({**PAPER, "slow": 1}, 12)
    ids = {piece: i for i, piece in enumerate([UNKNOWN, *vocab])}
    oracle = Tokenizer(models.WordPiece(ids, unk_token=UNKNOWN))
    for word in [*SOME, "lowest", "newer", "hat"]:
        assert encode_wordpiece(word, vocab) == oracle.encode(word).tokens


def test_the_best_split_is_that_of_hugging_face() -> None:
    pieces = pruned(PAPER, all_pieces(PAPER), 20)
    scores = [(piece, math.log(probability)) for piece, probability in pieces.items()]
    oracle = Tokenizer(models.Unigram(scores, None, False))
    for word in [*SOME, "lowest", "newer"]:
        assert best_split(word, pieces)[0] == oracle.encode(word).tokens
    with pytest.raises(ValueError, match="no pieces spell 'hat'"):
        best_split("hat", pieces)


def test_expected_counts_average_over_all_splits() -> None:
    pieces = all_pieces({"newest": 6})
    used, bits = expected_counts({"newest": 6}, pieces)
    splits = [split for split in _splits("newest") if all(piece in pieces for piece in split)]
    weights = [math.prod(pieces[piece] for piece in split) for split in splits]
    assert bits == pytest.approx(-6 * math.log2(sum(weights)))
    for piece in pieces:
        times = sum(w * split.count(piece) for w, split in zip(weights, splits, strict=True))
        assert used[piece] == pytest.approx(6 * times / sum(weights))


def _splits(word: str) -> list[list[str]]:
    """Return every way to split a word."""
    if not word:
        return [[]]
    ends = range(1, len(word) + 1)
    return [[word[:end], *rest] for end in ends for rest in _splits(word[end:])]


def test_pruning_keeps_the_characters_and_the_useful_pieces() -> None:
    start = all_pieces(PAPER)
    kept = pruned(PAPER, start, 20)
    assert len(kept) == 20
    assert {*"lowernidst"} < kept.keys()
    assert sum(kept.values()) == pytest.approx(1)
    assert best_split("lowest", kept)[0] == ["low", "est"]
    assert best_split("newer", kept)[0] == ["new", "er"]
    assert len(pruned(PAPER, start, 0)) == 10  # a character is never removed
