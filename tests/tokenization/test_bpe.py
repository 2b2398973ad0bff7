"""The reference BPE: the lecture's example, and properties of every text."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs336_core.tokenization import (
    BPEParams,
    SpecialTokenError,
    UnknownIdError,
    VocabularyError,
    bpe_steps,
    compression_ratio,
    count_pairs,
    decode,
    encode,
    merge,
    train_bpe,
)
from cs336_core.tokenization.params import special_token_texts

HAT = "the cat in the hat"

# Any text that UTF-8 can hold, and texts of few letters, where pairs repeat and overlap.
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.text("ab", max_size=60),
    st.text("a ü猫", max_size=40),
)
merges = st.integers(0, 30)


def test_the_lectures_example() -> None:
    params = train_bpe(HAT, 3)
    assert params.merges == [(b"t", b"h"), (b"th", b"e"), (b"the", b" ")]
    assert encode(HAT, params) == [258, 99, 97, 116, 32, 105, 110, 32, 258, 104, 97, 116]
    assert compression_ratio(HAT, encode(HAT, params)) == 18 / 12


def test_ties_are_reported_and_the_first_seen_wins() -> None:
    first = next(bpe_steps(HAT, 1))
    tied = [bytes(pair) for pair in first.candidates]
    assert tied == [b"th", b"he", b"e ", b"at"]
    assert bytes(first.pair) == b"th"
    assert first.count == 2


def test_overlapping_pairs_merge_from_the_left() -> None:
    (step,) = bpe_steps("aaa", 1)
    assert (step.count, step.after) == (2, (256, 97))


def test_training_ends_if_no_pair_is_left() -> None:
    assert [step.after for step in bpe_steps("ab", 10)] == [(256,)]
    assert train_bpe("", 10).merges == []
    assert train_bpe("a", 10).merges == []


@given(texts, merges)
def test_decoding_undoes_encoding(text: str, num_merges: int) -> None:
    params = train_bpe(HAT + text, num_merges)
    assert decode(encode(text, params), params) == text


@given(texts, merges)
def test_encoding_the_training_text_gives_the_final_ids_of_training(
    text: str, num_merges: int
) -> None:
    steps = list(bpe_steps(text, num_merges))
    ends_with = list(steps[-1].after) if steps else list(text.encode())
    assert encode(text, train_bpe(text, num_merges)) == ends_with


@given(texts, merges)
def test_every_step_merges_a_most_frequent_pair(text: str, num_merges: int) -> None:
    vocab = {byte: bytes([byte]) for byte in range(256)}
    before = tuple(text.encode())
    for rank, step in enumerate(bpe_steps(text, num_merges)):
        counts = Counter(itertools.pairwise(before))
        assert step.before == before
        assert step.counts == counts
        assert step.count == max(counts.values())
        assert step.candidates == tuple(p for p, n in counts.items() if n == step.count)
        assert step.pair == step.candidates[0]
        assert step.new_id == 256 + rank
        vocab[step.new_id] = vocab[step.pair[0]] + vocab[step.pair[1]]
        assert step.new_token == vocab[step.new_id]
        # Nothing is lost, and what was merged is gone from the sequence but for overlaps.
        assert b"".join(vocab[i] for i in step.after) == text.encode()
        assert len(before) - len(step.after) == step.after.count(step.new_id)
        assert step.pair not in itertools.pairwise(step.after) or step.pair[0] == step.pair[1]
        before = step.after


@given(st.lists(st.integers(0, 3), max_size=40), st.tuples(st.integers(0, 3), st.integers(0, 3)))
def test_merge_equals_replacing_in_a_string(ids: list[int], pair: tuple[int, int]) -> None:
    # str.replace also goes from left to right without overlaps: an oracle that is not ours.
    text = "".join(map(chr, ids)).replace("".join(map(chr, pair)), chr(256))
    assert merge(ids, pair, 256) == [ord(c) for c in text]


@given(st.lists(st.integers(0, 5)))
def test_counts_are_in_first_seen_order(ids: list[int]) -> None:
    assert list(count_pairs(ids)) == list(dict.fromkeys(itertools.pairwise(ids)))


def test_a_cut_character_does_not_raise() -> None:
    params = train_bpe("", 0)
    assert decode("猫".encode()[:2], params) == "\ufffd"


@pytest.mark.parametrize("bad", [-1, 259])
def test_an_unknown_id_is_named(bad: int) -> None:
    with pytest.raises(UnknownIdError, match=rf"id {bad} is not in the vocabulary \(0 to 258\)"):
        decode([104, bad], train_bpe(HAT, 3))


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="num_merges is -1"):
        train_bpe(HAT, -1)
    with pytest.raises(UnicodeEncodeError, match="surrogates not allowed"):
        train_bpe("a\ud800", 1)
    with pytest.raises(ValueError, match="no tokens"):
        compression_ratio("", [])


def test_special_tokens_may_come_from_any_iterable() -> None:
    checked = special_token_texts(iter(["<a>", "<b>"]))
    assert special_token_texts(checked) == checked
    assert BPEParams.trained([], checked) == BPEParams.trained([], ["<a>", "<b>"])


def test_params_that_contradict_each_other_are_refused() -> None:
    good = train_bpe(HAT, 2)
    with pytest.raises(VocabularyError, match=r"merge 1 joins .* no token b'te'"):
        BPEParams(good.vocab, [good.merges[0], (b"t", b"e")])
    with pytest.raises(VocabularyError, match="ids 256 and 300 both stand for b'th'"):
        BPEParams(good.vocab | {300: b"th"}, good.merges)
    without_a_byte = {i: token for i, token in good.vocab.items() if i != 65}
    with pytest.raises(VocabularyError, match="no token for byte 0x41"):
        BPEParams(without_a_byte, good.merges)
    with pytest.raises(SpecialTokenError, match="'<a>' has id 300, which stands for None"):
        BPEParams(good.vocab, good.merges, {"<a>": 300})


@pytest.mark.parametrize(
    ("special", "message"),
    [
        (["<a>", "<a>"], "given twice"),
        ([""], "is empty"),
        (["\ud800"], "lone surrogate"),
        (["x" * 10_001], "is too long; up to 10,000"),
    ],
)
def test_unusable_special_tokens_are_refused(special: list[str], message: str) -> None:
    with pytest.raises(SpecialTokenError, match=message):
        BPEParams.trained([], special)
