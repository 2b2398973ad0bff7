"""BPE over counted words: the paper's corpus, and properties of every corpus."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs336_core.tokenization.bpe import train_bpe
from cs336_core.tokenization.bpe_words import TieBreak, train_bpe_words, word_bpe_steps
from cs336_core.tokenization.errors import EncodingError
from tests.tokenization.small import PAPER

corpora = st.dictionaries(st.text("abé", max_size=8), st.integers(0, 4), max_size=6)
tie_breaks = st.sampled_from(["lexicographic", "first-seen"])


def spaced(merges: list[tuple[bytes, bytes]]) -> list[str]:
    return [f"{left.decode()} {right.decode()}" for left, right in merges]


def test_the_papers_corpus() -> None:
    assert spaced(train_bpe_words(PAPER, 12)) == [
        "s t", "e st", "o w", "l ow", "w est", "n e", "ne west", "w i", "wi d", "wid est",
        "low e", "lowe r",
    ]  # fmt: skip
    assert spaced(train_bpe_words(PAPER, 3, "first-seen")) == ["e s", "es t", "l o"]


def test_training_ends_if_every_word_is_one_token() -> None:
    *_, last = word_bpe_steps(PAPER, 1000)
    assert list(last.words) == [(word.encode(),) for word in PAPER]
    assert train_bpe_words({}, 5) == train_bpe_words({"a": 9, "": 3}, 5) == []
    assert train_bpe_words({"ab": 0}, 5) == []


def test_a_step_reports_ties() -> None:
    first = next(word_bpe_steps(PAPER, 1))
    assert (first.pair, first.count) == ((b"s", b"t"), 9)
    assert first.candidates == ((b"e", b"s"), (b"s", b"t"))
    assert first.counts[b"l", b"o"] == 7
    assert first.words[b"w", b"i", b"d", b"e", b"st"] == 3


def test_no_merge_crosses_from_word_to_word() -> None:
    assert train_bpe_words({"a": 5, "b": 5}, 3) == []


def test_bytes_and_text_are_the_same_words() -> None:
    assert train_bpe_words({"é": 2}, 1) == train_bpe_words({"é".encode(): 2}, 1)


@given(corpora, tie_breaks)
def test_each_step_merges_a_pair_with_the_highest_count(
    corpus: dict[str, int], tie_break: TieBreak
) -> None:
    before = {tuple(bytes([byte]) for byte in word.encode()): n for word, n in corpus.items()}
    for step in word_bpe_steps(corpus, 50, tie_break):
        # Counted in another way: every occurrence of every word.
        counts = Counter(
            pair for word, n in before.items() for _ in range(n) for pair in pairwise(word)
        )
        assert Counter(step.counts) == counts
        assert step.count == counts[step.pair] == max(counts.values())
        assert {pair for pair, n in counts.items() if n == step.count} == set(step.candidates)
        greatest = max(step.candidates)
        assert step.pair == (greatest if tie_break == "lexicographic" else step.candidates[0])
        assert [b"".join(word) for word in step.words] == [word.encode() for word in corpus]
        assert list(step.words.values()) == list(corpus.values())
        before = step.words


@given(st.text("abc", max_size=30), st.integers(0, 20))
def test_training_on_one_word_agrees_with_the_reference(text: str, num_merges: int) -> None:
    merges = train_bpe_words({text: 1}, num_merges, "first-seen")
    assert merges == train_bpe(text, num_merges).merges


@given(corpora, tie_breaks)
def test_no_two_merges_produce_the_same_token(corpus: dict[str, int], tie_break: TieBreak) -> None:
    merged = [left + right for left, right in train_bpe_words(corpus, 50, tie_break)]
    assert len(set(merged)) == len(merged)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="num_merges is -1"):
        train_bpe_words(PAPER, -1)
    with pytest.raises(ValueError, match="tie_break is 'last'"):
        train_bpe_words(PAPER, 1, "last")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'low' has count -5"):
        train_bpe_words({"low": -5}, 1)
    with pytest.raises(EncodingError, match="position 0"):
        train_bpe_words({"\ud83d": 1}, 1)
