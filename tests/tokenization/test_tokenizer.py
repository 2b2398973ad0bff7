"""Encoding: equal to tiktoken, reversible for every text, constant in memory."""

from __future__ import annotations

import json
import random
from pathlib import Path
from pydoc_data.topics import topics

import numpy as np
import pytest
import tiktoken
from hypothesis import given, settings
from hypothesis import strategies as st

from cs336_core.tokenization import (
    BPETokenizer,
    SpecialTokenError,
    VocabularyError,
    load_encoding,
    train,
)
from cs336_core.tokenization.formats import encodings
from tests.tokenization.peers import tiktoken_of

NAMES = ("r50k_base", "p50k_base", "cl100k_base", "o200k_base")
ALL = "<|endoftext|>"
# Ids that tiktoken gave, by text and encoding.
KNOWN_IDS = json.loads(Path(__file__).with_name("known_ids.json").read_text("utf-8"))

TRICKY = "aAsStTlLdD''’  \t\n\r/!.,123६²\u00a0\u3000猫あนมसी्é\u0301ñÉǅʰſ🌍👩\u200d"
texts = st.one_of(
    st.text(st.sampled_from(TRICKY), max_size=40),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.lists(
        st.sampled_from([ALL, "<|endofprompt|>", "<|fim_prefix|>", "<|end", "oftext|>", " the"]),
        max_size=6,
    ).map("".join),
)


@pytest.fixture(scope="module", params=NAMES)
def both(request: pytest.FixtureRequest) -> tuple[BPETokenizer, tiktoken.Encoding]:
    return load_encoding(request.param), tiktoken_of(request.param)


@given(text=texts)
@settings(max_examples=300)
def test_ids_are_those_of_tiktoken(both: tuple[BPETokenizer, tiktoken.Encoding], text: str) -> None:
    ours, theirs = both
    ids = ours.encode_ordinary(text)
    assert ids == theirs.encode_ordinary(text)
    assert ours.decode(ids) == text
    assert ours.encode(text, allowed_special="all") == theirs.encode(text, allowed_special="all")
    assert ours._encoder.encode_to_array(text).tolist() == ids  # as a longer text is encoded


def test_long_texts(both: tuple[BPETokenizer, tiktoken.Encoding]) -> None:
    ours, theirs = both
    random.seed(3)
    words = ["the", " Don't", "猫", " ", "\n\n", "12345", " naïve", "()[]", "नमस्ते", "x" * 300]
    text = "".join(random.choice(words) for _ in range(200_000))
    assert ours.encode_ordinary(text) == theirs.encode_ordinary(text)


def test_every_character_is_encoded_as_by_tiktoken(
    both: tuple[BPETokenizer, tiktoken.Encoding],
) -> None:
    ours, theirs = both
    text = " a".join(chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000)
    assert ours.encode_ordinary(text) == theirs.encode_ordinary(text)


@pytest.mark.parametrize(("text", "ids"), KNOWN_IDS.items())
def test_known_ids(text: str, ids: dict[str, list[int]]) -> None:
    assert {name: load_encoding(name).encode_ordinary(text) for name in ids} == ids


@pytest.mark.parametrize(
    ("name", "size"),
    [("gpt2", 50257), ("p50k_base", 50281), ("cl100k_base", 100277), ("o200k_base", 200019)],
)
def test_vocabulary_sizes(name: str, size: int) -> None:
    assert load_encoding(name).vocab_size == size


LONG = "the cat and the naïve hat " * 400


@pytest.fixture(scope="module")
def small() -> BPETokenizer:
    corpus = [topics["objects"], "the cat in the hat, the naïve 猫 猫 and the bat " * 20]
    return BPETokenizer(train(corpus, 300, ["<a>", "<a><b>"]))


def test_special_tokens_are_refused_allowed_or_ordinary(small: BPETokenizer) -> None:
    text = "the<a><b>cat"
    with pytest.raises(SpecialTokenError, match=r"'<a><b>' at position 3"):
        small.encode(text)
    both = small.encode(text, allowed_special="all")
    assert both[both.index(299)] == 299  # the longest wins
    only_a = small.encode(text, allowed_special={"<a>"}, disallowed_special=())
    assert 298 in only_a
    assert 299 not in only_a
    ordinary = small.encode(text, disallowed_special=())
    assert max(ordinary) < 298
    assert {small.decode(ids) for ids in (both, only_a, ordinary)} == {text}


@given(text=texts, size=st.integers(1, 20))
def test_other_ways_to_encode_give_the_same_ids(small: BPETokenizer, text: str, size: int) -> None:
    text = text.replace("<|", "<a>")
    ids = small.encode(text, allowed_special="all")
    assert small.encode_to_numpy(text, allowed_special="all").tolist() == ids
    assert small.encode_batch([text, ""], allowed_special="all") == [ids, []]
    parts = [text[i : i + size] for i in range(0, len(text), size)]
    assert list(small.encode_iterable(parts, allowed_special="all")) == ids
    stream = small.stream_decoder()
    assert "".join(map(stream.feed, ids)) + stream.finish() == text


def test_a_stream_of_text_is_cut_into_pieces_with_the_same_ids(small: BPETokenizer) -> None:
    text = "the cat in the hat,\n\nthe naïve 猫<a><b> and\n  the bat " * 30_000
    lines = text.splitlines(keepends=True)
    ids = small.encode(text, allowed_special="all")
    assert list(small.encode_iterable(lines, allowed_special="all")) == ids


@given(text=texts)
def test_offsets_name_the_characters_of_each_token(small: BPETokenizer, text: str) -> None:
    ids, offsets = small.encode_with_offsets(text)
    assert ids == small.encode(text)
    assert len(ids) == len(offsets)
    for token_id, (begin, end) in zip(ids, offsets, strict=True):
        assert small.params.vocab[token_id] in text[begin:end].encode()
    assert {i for begin, end in offsets for i in range(begin, end)} == set(range(len(text)))


@given(st.lists(st.integers(0, 299)))
def test_any_ids_decode(small: BPETokenizer, ids: list[int]) -> None:
    assert small.decode_bytes(ids) == b"".join(small.params.vocab[i] for i in ids)
    stream = small.stream_decoder()
    assert "".join(map(stream.feed, ids)) + stream.finish() == small.decode(ids)


def test_half_a_character_is_never_returned(small: BPETokenizer) -> None:
    stream = small.stream_decoder()
    assert [stream.feed(byte) for byte in "é".encode()] == ["", "é"]
    assert stream.feed(0xC3) + stream.finish() == "\ufffd"
    with pytest.raises(UnicodeDecodeError):
        small.decode([0xC3], errors="strict")


@pytest.mark.parametrize("letters", ["a", "ab", "qz猫"])
def test_a_long_pretoken(letters: str) -> None:
    random.seed(1)
    text = "".join(random.choice(letters) for _ in range(20_000))
    assert load_encoding("gpt2").encode(text) == tiktoken_of("r50k_base").encode(text)


@pytest.mark.parametrize(
    "text",
    ["", "the hat", LONG, "<a>", "the<a>hat", f"the<a>{LONG}<a><b>", f"<a><a>{LONG}hat<a>"],
    ids=len,
)
def test_lists_and_arrays_hold_the_same_ids(small: BPETokenizer, text: str) -> None:
    ids, array = (
        encode(text, allowed_special="all") for encode in (small.encode, small.encode_to_numpy)
    )
    assert all(type(token_id) is int for token_id in ids)
    assert (array.dtype, array.shape) == (np.int64, (len(ids),))
    assert array.tolist() == ids
    assert small.decode(ids) == text


def test_an_unknown_encoding() -> None:
    with pytest.raises(VocabularyError, match="unknown encoding 'gpt5'; choose one of gpt2"):
        load_encoding("gpt5")


def test_a_rank_file_that_is_not_the_original(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "r50k_base.tiktoken").write_bytes(b"AA== 0\n")
    monkeypatch.setattr(encodings, "RANKS", tmp_path)
    with pytest.raises(VocabularyError, match="not the original rank file"):
        load_encoding("gpt2")
